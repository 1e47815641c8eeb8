"""What is done about assessments now and then: another trust list reaches old cuts, unused traces go."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from assignments.models import Cut
from ethics.backends.keeping import forget
from ethics.backends.trust import anchors_sha256
from ethics.choices import AssessmentState
from ethics.models import Assessment
from ethics.queries.trust import cuts_read_with_others

UNUSED = timedelta(days=60)
"""Traces of films that nobody has judged for so long are deleted; they can be made again."""

MOST_AT_ONCE = 50
"""So many cuts are measured again per sweep, so that a new trust list doesn't hold up the newest films."""


def sweep_trust(*, now: datetime) -> list[str]:
    """Queue cuts whose files were read with other certificates, and return the ids of their new assessments."""
    digest = anchors_sha256()
    cuts = list(cuts_read_with_others(digest).values_list("pk", flat=True)[:MOST_AT_ONCE])
    queued = (_queued_again(cut, digest, now=now) for cut in cuts)
    return [uuid for uuid in queued if uuid]


@transaction.atomic
def _queued_again(cut_id: int, digest: str, *, now: datetime) -> str:
    """Queue one cut unless somebody else just did; empty then."""
    cut = Cut.objects.select_for_update(of=("self",)).get(pk=cut_id)
    last = cut.assessments.order_by("-number").first()
    if last is None or last.state != AssessmentState.DONE or last.anchors_sha256 == digest:
        return ""
    again = Assessment.objects.create(cut=cut, number=last.number + 1, created_at=now)
    return str(again.uuid)


def forget_traces(*, now: datetime, unused: timedelta = UNUSED) -> int:
    """Delete kept traces that nobody has used for so long; return how many files went."""
    return forget(Path(settings.TRACES_DIR), before=now - unused)
