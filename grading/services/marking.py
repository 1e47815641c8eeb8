"""Marking: drafts are saved as often as wanted, a finished marking is logged and stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from assignments.models import Submission
from assignments.templatetags.briefs import listed
from grading.domain.rubric import is_allowed, to_points
from grading.models import Criterion, Mark, Marking
from grading.permissions import can_mark_as
from grading.queries.marking import line_of
from ledger import services as ledger
from ui.errors import Refused, require


class MarkingFinished(Refused):
    """The marking is finished; marks that were given stand."""


class MarkedBySomebodyElse(Refused):
    """Another teacher of the same role marks this submission."""


class ChangedMeanwhile(Refused):
    """The marking was saved in another window after this one was opened."""


class WrongPoints(Refused):
    """Points the criterion can't give."""


class UnknownCriterion(Refused):
    """The rubric has no such criterion."""


class MarksMissing(Refused):
    """Criteria of one's own without points."""


@transaction.atomic
def save_marks(
    *,
    submission: Submission,
    role: str,
    points: Mapping[str, Decimal],
    comments: Mapping[str, str],
    comment: str,
    by: User,
    now: datetime,
    seen: datetime | None = None,
) -> Marking:
    """Save a draft as a whole and return it: what is not in `points` and `comments` is taken back.

    Args:
        points: By slug of the criterion, 0 to its points, at most two decimals. Criteria of the other teacher
            may be marked too; then both count by the brief's weight.
        comments: By slug of the criterion.
        seen: `updated_at` of the draft the person looked at; another one in the row refuses the change.

    Raises:
        MarkingFinished, MarkedBySomebodyElse, ChangedMeanwhile, UnknownCriterion, WrongPoints
    """
    require(can_mark_as(by, submission, role))
    criteria = {each.slug: each for each in submission.work.brief.criteria.all()}
    _check(criteria, points, {**points, **comments})
    marking = _draft_of(submission, role=role, by=by, now=now)
    if seen is not None and marking.updated_at != seen:
        raise ChangedMeanwhile(
            _(
                "These marks were changed in another window. "
                "Look at what stands now, then enter your change again."
            )
        )
    _write(marking, criteria, points, comments)
    marking.comment, marking.updated_at = comment.strip(), now
    marking.save(update_fields=["comment", "updated_at"])
    return marking


@transaction.atomic
def finish_marking(*, marking: Marking, by: User, now: datetime) -> Marking:
    """Close the marking, log it as `grade.given` and return it.

    Raises:
        MarkingFinished: It was finished before, perhaps in another window.
        MarkedBySomebodyElse: It is not theirs.
        MarksMissing: A criterion the role owns has no points.
    """
    submission = marking.submission
    require(can_mark_as(by, submission, marking.role))
    row = Marking.objects.select_for_update().get(pk=marking.pk)
    _require_open(row, by)
    marks = {mark.criterion.slug: mark for mark in row.marks.select_related("criterion")}
    _require_own_marks(submission.work.brief.criteria.filter(owner=row.role), marks)
    entry = ledger.append(
        kind="grade.given",
        subject=f"submission:{submission.uuid}",
        payload={
            "marking": str(row.uuid),
            "role": row.role,
            "points": {slug: str(mark.points) for slug, mark in marks.items() if mark.points is not None},
            "comments": {slug: mark.comment for slug, mark in marks.items() if mark.comment},
            "comment": row.comment,
        },
        actor=by.pseudonym,
        now=now,
    )
    row.finished_at, row.updated_at, row.ledger_index = now, now, entry.index
    row.save(update_fields=["finished_at", "updated_at", "ledger_index"])
    return row


def _check(criteria: Mapping[str, Criterion], points: Mapping[str, Decimal], named: Iterable[str]) -> None:
    unknown = sorted(slug for slug in named if slug not in criteria)
    if unknown:
        raise UnknownCriterion(
            _("The rubric has no criterion “%(slug)s”. Load the page again to see the rubric as it is.")
            % {"slug": unknown[0]}
        )
    for slug, value in points.items():
        if not is_allowed(line_of(criteria[slug]), Decimal(value)):
            raise WrongPoints(
                _("“%(title)s” takes 0 to %(most)s points with at most two decimals, not %(points)s.")
                % {"title": criteria[slug].title, "most": criteria[slug].points, "points": value}
            )


def _draft_of(submission: Submission, *, role: str, by: User, now: datetime) -> Marking:
    Marking.objects.get_or_create(
        submission=submission, role=role, defaults={"marker": by, "updated_at": now}
    )
    marking = Marking.objects.select_for_update().get(submission=submission, role=role)
    _require_open(marking, by)
    return marking


def _require_open(marking: Marking, by: User) -> None:
    if marking.marker_id != by.pk:
        raise MarkedBySomebodyElse(
            _("%(name)s marks this film as %(role)s. There is one marking per role.")
            % {"name": marking.marker, "role": marking.get_role_display()}
        )
    if marking.finished_at is not None:
        raise MarkingFinished(
            _("Your marking is finished, and finished marks stand. A change goes by way of an appeal.")
        )


def _write(
    marking: Marking,
    criteria: Mapping[str, Criterion],
    points: Mapping[str, Decimal],
    comments: Mapping[str, str],
) -> None:
    said = {slug: words.strip() for slug, words in comments.items() if words.strip()}
    named = [slug for slug in criteria if slug in points or slug in said]
    marking.marks.exclude(criterion__slug__in=named).delete()
    Mark.objects.bulk_create(
        [
            Mark(
                marking=marking,
                criterion=criteria[slug],
                points=to_points(Decimal(points[slug])) if slug in points else None,
                comment=said.get(slug, ""),
            )
            for slug in named
        ],
        update_conflicts=True,
        unique_fields=["marking", "criterion"],
        update_fields=["points", "comment"],
    )


def _require_own_marks(own: Iterable[Criterion], marks: Mapping[str, Mark]) -> None:
    missing = [each.title for each in own if each.slug not in marks or marks[each.slug].points is None]
    if missing:
        raise MarksMissing(
            ngettext(
                "One criterion of yours has no points yet: %(titles)s.",
                "%(count)s criteria of yours have no points yet: %(titles)s.",
                len(missing),
            )
            % {"count": len(missing), "titles": listed(missing)}
        )
