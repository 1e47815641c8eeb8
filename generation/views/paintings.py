"""Painting a mask or a pose over the picture a tool begins with."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import PersonRequest, signed_in
from assignments.queries import works_visible_to
from generation.domain.tools import TOOLS
from generation.services.paintings import NoPainting, keep_painting


@signed_in
@require_POST
def painting_keep(request: PersonRequest, uuid: UUID, slug: str) -> HttpResponse:
    """Keep what was painted, and answer with it as a card to choose."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    tool = TOOLS.get(slug)
    wanted = tool.media_input(request.POST.get("use", "")) if tool else None
    file = request.FILES.get("painting")
    if wanted is None or not wanted.drawn_on or file is None:
        raise Http404
    try:
        media = keep_painting(work=work, use=wanted.use, file=file, by=request.user, now=timezone.now())
    except NoPainting as refusal:
        return HttpResponse(
            refusal.sentence, status=refusal.status_code, content_type="text/plain; charset=utf-8"
        )
    return render(request, "generation/painted.html", {"media": media, "wanted": wanted})
