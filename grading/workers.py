"""Writing film reports: claim the row, set the pages, store the file, commit.

A worker owns the row by lease and generation number, as everywhere in the house.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from grading.choices import ReportState
from grading.models import Report

LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 3
MISSED_AFTER = timedelta(seconds=15)
MOST_RUNG = 20
Clock = Callable[[], datetime]
logger = logging.getLogger(__name__)


def write_report(report_uuid: str, *, now: Clock) -> None:
    """Write one report if nobody else does; the row ends ready, or waits for another attempt."""


def sweep_reports(*, now: datetime) -> list[str]:
    """Fail what was tried too often and return the ids of reports nobody writes."""
    return []
