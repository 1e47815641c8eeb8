"""Reads: all measurings of all cuts of a work, with what changed from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from assignments.models import Media, SetLog, Work
from ethics.choices import AssessmentState
from ethics.domain.changes import Change, Event, Facts, changes
from ethics.domain.deciding import Standing
from ethics.models import Admission, Assessment, Decision, Declaration
from ethics.queries.deciding import standing_of
from ethics.queries.searched import SEARCHED_ROLES

MOST_MEASURES = 60
MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class Measure:
    """One measuring in a history.

    Attributes:
        standing: Its picture as measured and as decided; None until it is done.
        changes: Against the finished measuring before it.
    """

    assessment: Assessment
    standing: Standing | None
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class _Record:
    """What people did to a work, each with its time, oldest first."""

    events: list[tuple[datetime, Event]]

    def between(self, start: datetime, end: datetime) -> list[Event]:
        found: dict[str, list[str]] = {}
        for at, event in self.events:
            if start < at <= end:
                found.setdefault(event.code, []).extend(event.names)
        return [Event(code, tuple(names[:MOST_NAMES])) for code, names in found.items()]


def measures_of(work: Work) -> list[Measure]:
    """The latest sixty measurings of a work, newest first; the number of queries does not grow with them."""
    rows = Assessment.objects.filter(cut__work=work).select_related("cut__film", "cut__work__brief")
    shown = list(rows.defer("heats").order_by("-created_at", "-pk")[:MOST_MEASURES])
    decisions = list(Decision.objects.filter(assessment__cut__work=work).select_related("assessment__cut").order_by("pk"))  # fmt: skip
    record = _record(work, decisions)
    measures: list[Measure] = []
    last: Assessment | None = None
    for assessment in reversed(shown):
        if assessment.state != AssessmentState.DONE or not assessment.document:
            measures.append(Measure(assessment, None, []))
            continue
        measures.append(_measure(assessment, last, record, decisions))
        last = assessment
    return measures[::-1]


def _measure(
    assessment: Assessment, last: Assessment | None, record: _Record, decisions: Sequence[Decision]
) -> Measure:
    events = record.between(_time(last), _time(assessment)) if last else []
    before = _facts(last) if last else None
    own = [one for one in decisions if one.assessment.cut.film_id == assessment.cut.film_id]
    return Measure(assessment, standing_of(assessment, own), changes(before, _facts(assessment), events))


def _time(assessment: Assessment) -> datetime:
    return assessment.finished_at or assessment.created_at


def _facts(assessment: Assessment) -> Facts:
    document: dict[str, Any] = assessment.document or {}
    return Facts(
        version=assessment.cut.version,
        film=assessment.cut.film.sha256,
        ruleset=document.get("ruleset", ""),
        cap=Fraction(str(document.get("verdict", {}).get("cap", assessment.cut.work.brief.picture_cap))),
        share=(assessment.share_low or 0.0, assessment.share_high or 0.0),
        degree=(assessment.hcid_low or 0.0, assessment.hcid_high or 0.0),
    )


def _record(work: Work, decisions: Sequence[Decision]) -> _Record:
    media = Media.objects.filter(work=work, role__in=SEARCHED_ROLES).values_list("created_at", "name", "role")
    declared = Declaration.objects.filter(cut__work=work).values_list("created_at", flat=True)
    admitted = Admission.objects.filter(cut__work=work).values_list("created_at", "withdrawn_at")
    logged = SetLog.objects.filter(work=work, countersigned_at__isnull=False)
    events = [
        (at, Event("generated" if role == "generated" else "media", (name,))) for at, name, role in media
    ]
    events += [(at, Event("declaration")) for at in declared]
    events += [(at, Event("admission")) for at, _ in admitted]
    events += [(at, Event("withdrawal")) for _, at in admitted if at]
    events += [(at, Event("set_log")) for at in logged.values_list("countersigned_at", flat=True) if at]
    events += [(one.created_at, Event("decision")) for one in decisions]
    return _Record(sorted(events, key=lambda pair: pair[0]))
