"""Live progress as server-sent events (WHATWG HTML §9.2)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import cast
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, StreamingHttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, signed_in
from accounts.models import User
from generation.models import Job
from generation.queries import jobs_visible_to
from generation.serializers import progress_report

LOOK_EVERY_SECONDS = 0.5
SLOWER_WHILE_WAITING = 4
"""A place in the queue takes several queries and changes slowly."""
LOOKS_BETWEEN_COMMENTS = 20
MOST_LOOKS = 20 * 60 * 2
"""Twenty minutes of rendering; the browser comes back by itself when the job still runs."""


@signed_in  # type: ignore[arg-type]  # login_required takes coroutines, as the stubs of `View` do not
@require_safe
async def job_events(request: PersonRequest, uuid: UUID) -> StreamingHttpResponse:
    """Stream the job's progress until it is finished, the person leaves, or the time is up."""
    user = cast("User", await request.auser())
    job = await jobs_visible_to(user).filter(uuid=uuid).values_list("pk", flat=True).afirst()
    if job is None:
        raise Http404
    looks = MOST_LOOKS if isinstance(request, ASGIRequest) else 1  # a threaded server must not be held up
    events = progress_events(job, language=translation.get_language() or "en", looks=looks)
    headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(events, content_type="text/event-stream", headers=headers)


async def progress_events(
    job: int, *, language: str, looks: int, every: float = LOOK_EVERY_SECONDS
) -> AsyncIterator[str]:
    """Yield an event for every change of the job with this primary key, the last one when it is finished.

    A comment is sent now and then, so that a browser that has left is noticed and proxies keep the line open.
    """
    last = ""
    for look in range(looks):
        report = await sync_to_async(_report)(job, language)
        words = json.dumps(report, ensure_ascii=False)
        if words != last:
            last = words
            yield f"data: {words}\n\n"
        elif look % LOOKS_BETWEEN_COMMENTS == 0:
            yield ": still here\n\n"
        if report["done"]:
            return
        if look + 1 < looks:
            await asyncio.sleep(every if report["value"] is not None else every * SLOWER_WHILE_WAITING)


def _report(job: int, language: str) -> dict[str, object]:
    with translation.override(language):
        return progress_report(Job.objects.get(pk=job))
