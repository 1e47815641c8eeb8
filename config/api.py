"""The API: one router for all rooms, its document and its errors."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.views import exception_handler as default_handler

from assignments import api as assignments
from courses import api as courses
from ethics import api as ethics
from footage.problems import Problem
from generation import api as generation
from grading import api as grading
from ledger import api as ledger
from ui.errors import Refused

ROOMS = (courses, assignments, generation, ethics, grading, ledger)

schema = SpectacularAPIView.as_view(permission_classes=[AllowAny])
docs = SpectacularSwaggerSplitView.as_view(url_name="api_schema", permission_classes=[AllowAny])


def router_urls() -> list[URLPattern | URLResolver]:
    router = DefaultRouter()
    for room in ROOMS:
        room.register(router)
    return router.urls


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer refusals with their sentence; leave the rest to the framework."""
    if isinstance(exc, Refused):
        return Response({"detail": str(exc.sentence)}, status=exc.status_code)
    if isinstance(exc, Problem):
        return Response({"detail": gettext(exc.template) % exc.params}, status=400)
    return default_handler(exc, context)
