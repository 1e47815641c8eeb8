"""The gallery: every component with material as it occurs, in both languages and both themes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from ui import samples


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    theme = request.GET.get("theme", "")
    context = samples.everything() | {"theme": theme if theme in {"light", "dark"} else ""}
    return render(request, "ui/gallery.html", context)


@require_safe
def gallery_room(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/gallery_room.html", samples.everything())


@require_POST
def gallery_upload(request: HttpRequest) -> JsonResponse:
    """Take the gallery's uploads and keep nothing of them."""
    return JsonResponse({"ok": bool(request.FILES), "url": ""})


for _view in (gallery, gallery_room, gallery_upload):
    _view.access = "anonymous"  # type: ignore[attr-defined]  # shows no one's data
