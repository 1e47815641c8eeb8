"""Reads: what people decided of a film, beside what was measured; appeals that wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from assignments.choices import MediaRole, MediaState, OverCap
from assignments.models import Cut, Media
from assignments.queries import cuts_visible_to
from courses.choices import Role
from courses.models import Course
from ethics.choices import AppealState
from ethics.domain.deciding import Decided, Ruling, Standing, is_decidable, standing
from ethics.domain.segments import Grade, Segment
from ethics.domain.stored import segments_of
from ethics.domain.verdict import Result
from ethics.models import Appeal, Assessment, Decision
from ethics.queries import standing_assessment
from footage.evidence import Evidences

PICTURE = "picture"
TOLD_FOR = timedelta(days=14)
SEEN = "seen"
"""Kind of the evidence that a teacher looked at a file together with the crew."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A piece of evidence that a decision may rest on.

    Attributes:
        key: Names it in a form.
        grade: At least 1.
        source: Id of the medium it is about; empty for none of the work's own.
        note: English sentence for a reader of the ledger.
    """

    key: str
    kind: str
    grade: int
    source: str
    note: str

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "grade": self.grade, "source": self.source, "note": self.note}


def decisions_on(cut: Cut) -> QuerySet[Decision]:
    """All decisions on a cut's film, oldest first, whichever measuring of it they were made on."""
    return (
        Decision.objects.filter(assessment__cut__film=cut.film_id)
        .select_related("created_by", "assessment")
        .order_by("pk")
    )


def decided(decision: Decision) -> Decided:
    """A row as the value that the measure computes with."""
    return Decided(decision.plane, Fraction(decision.start), Fraction(decision.end), Ruling(decision.ruling))


def standing_of(
    assessment: Assessment, decisions: Iterable[Decision] | None = None, *, plane: str = PICTURE
) -> Standing:
    """A plane of a finished assessment as measured and with what people decided, beside each other.

    The verdict is the picture's; other planes are shown by their shares.
    """
    rows = decisions_on(assessment.cut) if decisions is None else decisions
    document = assessment.document or {"planes": {}}
    return standing(
        segments_of(document, plane),
        [decided(row) for row in rows],
        plane=plane,
        cap=Fraction(assessment.cut.work.brief.picture_cap),
    )


def blocks_hand_in(cut: Cut) -> bool:
    """Whether the brief refuses films over the cap and this cut, with what was decided, is proven to be over it."""
    if cut.work.brief.over_cap != OverCap.BLOCK:
        return False
    found = standing_assessment(cut)
    if found is None or not found.document or not found.document.get("planes"):
        return found is not None and found.verdict == Result.OVER
    return standing_of(found).result is Result.OVER


def segment_at(assessment: Assessment, plane: str, start: Fraction, end: Fraction) -> Segment | None:
    """The measured segment that holds a stretch and is open to a decision; None when there is none."""
    found = segments_of(assessment.document or {"planes": {}}, plane)
    holding = (one for one in found if one.start <= start < end <= one.end)
    return next((one for one in holding if is_decidable(one)), None)


def grounds_for(assessment: Assessment, segment: Segment) -> list[Ground]:
    """Evidence of grade 1 and more that a decision on a segment may name, strongest first.

    What was matched in the segment, what the work's own files say of their making, and files a teacher has looked at
    together with the crew.
    """
    media = list(_material_of(assessment))
    names = {str(one.uuid): one.name for one in media}
    found = [*_matched(segment, names), *_attached(media), *map(_seen, media)]
    return sorted(found, key=lambda ground: -ground.grade)


def _material_of(assessment: Assessment) -> QuerySet[Media]:
    media = Media.objects.filter(work=assessment.cut.work_id, state=MediaState.READY)
    return media.exclude(role=MediaRole.FILM).select_related("reference").order_by("pk")


def _matched(segment: Segment, names: dict[str, str]) -> list[Ground]:
    return [
        Ground(f"match-{number}-{place}", item.kind, item.grade, use.id if use.id in names else "", item.note)
        for number, use in enumerate(segment.sources)
        for place, item in enumerate(use.evidence)
        if item.grade >= Grade.ATTACHED
    ]


def _attached(media: Iterable[Media]) -> list[Ground]:
    grounds = []
    for one in media:
        stored = getattr(one, "reference", None)
        findings = Evidences.from_json(stored.evidences).findings if stored and stored.evidences else ()
        grounds += [
            Ground(f"file-{one.pk}-{place}", f"{item.kind}-{item.says}", item.grade, str(one.uuid), item.note)
            for place, item in enumerate(findings)
            if item.grade >= Grade.ATTACHED and item.says in {"ai", "mixed", "human"}
        ]
    return grounds


def _seen(media: Media) -> Ground:
    note = "The teacher has looked at this file together with the crew."
    return Ground(f"seen-{media.pk}", SEEN, Grade.ATTACHED, str(media.uuid), note)


# ---------------------------------------------------------------- appeals
def appeals_visible_to(user: User) -> QuerySet[Appeal]:
    """Appeals about visible cuts, newest first."""
    return (
        Appeal.objects.filter(assessment__cut__in=cuts_visible_to(user).order_by().values("pk"))
        .select_related(
            "assessment__cut__work__brief__module__course",
            "assessment__cut__work__crew",
            "assessment__cut__work__owner",
            "assessment__cut__film",
            "decision__created_by",
            "opened_by",
            "answered_by",
        )
        .order_by("-opened_at", "-pk")
    )


def courses_decided_by(user: User) -> QuerySet[Course]:
    """Courses in which the person may answer appeals: those they instruct, all of them for an administrator."""
    if user.is_staff:
        return Course.objects.all()
    return Course.objects.filter(enrolments__user=user, enrolments__role=Role.INSTRUCTOR)


def appeals_before(user: User) -> QuerySet[Appeal]:
    """Appeals of the courses in which the person may answer any, newest first."""
    courses = courses_decided_by(user).order_by().values("pk")
    return appeals_visible_to(user).filter(assessment__cut__work__brief__module__course__in=courses)


def appeals_waiting_for(user: User) -> QuerySet[Appeal]:
    """Open appeals of those courses that rest on no decision of the person's own, oldest first."""
    own = Decision.objects.filter(
        assessment__cut__film=OuterRef("assessment__cut__film"),
        created_by=user,
        created_at__lte=OuterRef("opened_at"),
    )
    waiting = appeals_before(user).filter(state=AppealState.OPEN).exclude(decision__created_by=user)
    return waiting.exclude(Exists(own), decision__isnull=True).order_by("opened_at", "pk")


def news_for_makers(user: User, *, now: datetime) -> tuple[list[Decision], list[Appeal]]:
    """What was decided and answered of a person's own works lately, newest first."""
    mine = Q(assessment__cut__work__owner=user) | Q(assessment__cut__work__crew__members__user=user)
    since = now - TOLD_FOR
    decisions = Decision.objects.filter(mine, created_at__gte=since).select_related(
        "assessment__cut__work", "assessment__cut__film", "created_by"
    )
    answers = Appeal.objects.filter(mine, answered_at__gte=since).exclude(state=AppealState.WITHDRAWN)
    answers = answers.select_related("assessment__cut__work", "assessment__cut__film", "answered_by")
    return list(decisions.order_by("-pk")), list(answers.order_by("-answered_at"))
