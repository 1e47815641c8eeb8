"""Addresses of the streaming tests: one view that refuses at once, one that reads its upload."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.access import anonymous_allowed
from assignments.backends.uploads import StoreUploadHandler


@anonymous_allowed
def refuse(request: HttpRequest) -> HttpResponse:
    return HttpResponse("no", status=403)


@anonymous_allowed
def take(request: HttpRequest) -> HttpResponse:
    request.upload_handlers = [StoreUploadHandler(request)]
    stored = request.FILES["file"].keep()
    return HttpResponse(f"{stored.sha256} {stored.size_bytes} {request.POST['note']}")


@anonymous_allowed
def read(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.read())))


urlpatterns = [path("refuse/", refuse), path("take/", take), path("read/", read)]
