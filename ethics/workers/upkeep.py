"""What is done about assessments now and then: another trust list or cap reaches old cuts, unused traces go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from assignments.models import Cut
from ethics.backends.keeping import forget
from ethics.backends.trust import anchors_sha256
from ethics.choices import AssessmentState
from ethics.models import Assessment
from ethics.queries.outdated import cuts_read_with_others, cuts_under_another_cap

UNUSED = timedelta(days=60)
"""Traces of films that nobody has judged for so long are deleted; they can be made again."""

MOST_AT_ONCE = 50
"""So many cuts are measured again per sweep, so that a new trust list doesn't hold up the newest films."""


def sweep_trust(*, now: datetime) -> list[str]:
    """Queue cuts whose files were read with other certificates, and return the ids of their new assessments."""
    cuts = cuts_read_with_others(anchors_sha256()).values_list("pk", flat=True)
    return _queued_again(list(cuts[:MOST_AT_ONCE]), now=now)


def sweep_caps(*, now: datetime) -> list[str]:
    """Queue cuts whose brief has another cap now, and return the ids of their new assessments."""
    return _queued_again(cuts_under_another_cap()[:MOST_AT_ONCE], now=now)


def _queued_again(cuts: Sequence[int], *, now: datetime) -> list[str]:
    queued = (_queued(cut, now=now) for cut in cuts)
    return [uuid for uuid in queued if uuid]


@transaction.atomic
def _queued(cut_id: int, *, now: datetime) -> str:
    """Queue one cut unless somebody else just did; empty then."""
    cut = Cut.objects.select_for_update(of=("self",)).get(pk=cut_id)
    last = cut.assessments.order_by("-number").defer("document", "heats").first()
    if last is None or last.state != AssessmentState.DONE:
        return ""
    again = Assessment.objects.create(cut=cut, number=last.number + 1, created_at=now)
    return str(again.uuid)


def forget_traces(*, now: datetime, unused: timedelta = UNUSED) -> int:
    """Delete kept traces that nobody has used for so long; return how many files went."""
    return forget(Path(settings.TRACES_DIR), before=now - unused)
