"""The grading room over HTTP."""

from rest_framework.routers import BaseRouter


def register(router: BaseRouter) -> None:
    """Add this room's addresses to the API."""
