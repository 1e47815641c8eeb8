"""Measuring again by itself, when what is known of a work's material has changed."""

from __future__ import annotations

from datetime import datetime

from assignments.choices import MediaState
from assignments.models import Cut, Work
from ethics.models import Assessment
from ethics.services import queue_assessment


def measure_anew(work: Work, *, now: datetime) -> Assessment | None:
    """Put the newest cut of a work in line; None when there is none whose film is ready.

    A cut that is being measured just now is looked at again when that is finished.
    """
    cuts = Cut.objects.filter(work=work, film__state=MediaState.READY)
    cut = cuts.select_related("work__brief__module", "film", "timeline").order_by("-version").first()
    return queue_assessment(cut=cut, now=now) if cut else None
