"""Marking: drafts, finishing, independence of the two teachers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from grading.choices import MarkerRole
from grading.models import Criterion, Mark, Marking
from grading.queries.marking import markings_visible_to, marks_of
from grading.services.marking import (
    ChangedMeanwhile,
    MarkedBySomebodyElse,
    MarkingFinished,
    MarksMissing,
    UnknownCriterion,
    WrongPoints,
    finish_marking,
    save_marks,
)
from ledger.models import Entry
from tests.factories import NOW, make_administrator, make_enrolment, make_finished_assessment
from tests.grading.rubrics import make_marked, mark

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
ACADEMIC, MENTOR = MarkerRole.ACADEMIC, MarkerRole.MENTOR


def points_in(marking: Marking) -> dict[str, Decimal | None]:
    return dict(marking.marks.values_list("criterion__slug", "points"))


def save(marked, **fields):
    given = {"role": ACADEMIC, "points": {}, "comments": {}, "comment": "", "by": marked.bob, "now": NOW}
    return save_marks(submission=marked.submission, **{**given, **fields})


def test_a_draft_is_saved_as_a_whole(marked):
    save(
        marked,
        points={"story": Decimal(42), "craft": Decimal(10)},
        comments={"story": " earned "},
        comment="yes",
    )
    marking = save(marked, points={"story": Decimal("40.5")}, comments={"craft": "later"}, comment="no")

    assert points_in(marking) == {"story": Decimal("40.50"), "craft": None}
    assert dict(marking.marks.values_list("criterion__slug", "comment")) == {"story": "", "craft": "later"}
    assert (Marking.objects.count(), marking.comment, marking.finished_at) == (1, "no", None)


@pytest.mark.parametrize("points", ["60.01", "-1", "1.005", "NaN"])
def test_points_the_criterion_cannot_give_are_refused_and_the_draft_stays(marked, points):
    save(marked, points={"story": Decimal(30)})

    with pytest.raises(WrongPoints, match="0 to 60"):
        save(marked, points={"story": Decimal(points)})
    assert points_in(Marking.objects.get()) == {"story": Decimal(30)}


def test_a_criterion_of_another_rubric_is_refused(marked):
    with pytest.raises(UnknownCriterion, match="spectacle"):
        save(marked, points={"spectacle": Decimal(1)})
    assert not Marking.objects.exists()


def test_only_the_teacher_of_the_role_marks(marked):
    admin = make_administrator()
    for person in (marked.alice, marked.mona, marked.charlie, admin):
        with pytest.raises(PermissionDenied):
            save(marked, by=person)
    assert not Marking.objects.exists()


def test_a_second_instructor_does_not_take_over_a_marking(marked):
    save(marked, points={"story": Decimal(30)})
    other = make_enrolment(marked.course, role="instructor").user

    with pytest.raises(MarkedBySomebodyElse):
        save(marked, by=other, points={"story": Decimal(1)})
    assert points_in(Marking.objects.get()) == {"story": Decimal(30)}


def test_two_windows_do_not_overwrite_each_other(marked):
    opened = save(marked, points={"story": Decimal(30)}).updated_at
    save(marked, points={"story": Decimal(50)}, seen=opened, now=NOW + timedelta(seconds=5))

    with pytest.raises(ChangedMeanwhile):
        save(marked, points={"story": Decimal(10)}, seen=opened, now=NOW + timedelta(seconds=9))
    assert points_in(Marking.objects.get()) == {"story": Decimal(50)}


def test_finishing_logs_the_marks_without_a_name(marked):
    marking = mark(marked, ACADEMIC, {"story": "42.5"}, comment="It earns its silence.")

    entry = Entry.objects.get(index=marking.ledger_index)
    assert (entry.kind, entry.subject) == ("grade.given", f"submission:{marked.submission.uuid}")
    assert entry.body["actor"] == marked.bob.pseudonym
    assert entry.opening.payload["points"] == {"story": "42.50"}
    assert set(entry.body) == {"kind", "subject", "actor", "at", "payload"}


def test_finishing_needs_points_for_every_criterion_of_ones_own(marked):
    Criterion.objects.create(
        brief=marked.brief,
        slug="ethics",
        position=3,
        points=10,
        owner=ACADEMIC,
        title_en="Ethics",
        title_zh="伦理",
    )
    marking = save(marked, points={"story": Decimal(30)}, comments={"ethics": "ask about the release"})

    with pytest.raises(MarksMissing, match="Ethics"):
        finish_marking(marking=marking, by=marked.bob, now=NOW)
    marking.refresh_from_db()
    assert (marking.finished_at, Entry.objects.count()) == (None, 0)


def test_a_finished_marking_stands(marked):
    marking = mark(marked, ACADEMIC, {"story": "42"})

    with pytest.raises(MarkingFinished):
        save(marked, points={"story": Decimal(60)})
    with pytest.raises(MarkingFinished):
        finish_marking(marking=marking, by=marked.bob, now=NOW)
    assert points_in(marking) == {"story": Decimal(42)}
    assert Entry.objects.filter(kind="grade.given").count() == 1


def test_nobody_finishes_for_another(marked):
    marking = mark(marked, ACADEMIC, {"story": "42"}, finish=False)

    for person in (marked.alice, marked.mona, marked.charlie):
        with pytest.raises(PermissionDenied):
            finish_marking(marking=marking, by=person, now=NOW)


def test_a_teacher_sees_the_others_marks_only_when_both_are_finished(marked):
    academic = mark(marked, ACADEMIC, {"story": "42", "craft": "10"}, comment="secret of Bob")
    assert list(markings_visible_to(marked.mona)) == []

    mentor = mark(marked, MENTOR, {"craft": "30"}, finish=False)
    assert list(markings_visible_to(marked.mona)) == [mentor]
    assert list(markings_visible_to(marked.bob)) == [academic]

    finish_marking(marking=mentor, by=marked.mona, now=NOW)
    assert set(markings_visible_to(marked.mona)) == {academic, mentor} == set(markings_visible_to(marked.bob))


def test_the_makers_see_marks_when_both_are_finished_and_strangers_never(marked):
    mark(marked, ACADEMIC, {"story": "42"})
    assert list(markings_visible_to(marked.alice)) == []

    mark(marked, MENTOR, {"craft": "30"})
    assert markings_visible_to(marked.alice).count() == 2
    assert list(markings_visible_to(marked.charlie)) == []


def test_marks_of_one_film_do_not_come_out_with_those_of_another(marked):
    other = make_marked(bob=None)
    mark(other, ACADEMIC, {"story": "1"})
    mark(other, MENTOR, {"craft": "1"})
    mark(marked, ACADEMIC, {"story": "42"})

    assert list(markings_visible_to(marked.mona)) == []


def test_a_rubric_of_one_teacher_waits_for_nobody_else(marked):
    Criterion.objects.filter(owner=MENTOR).delete()
    academic = mark(marked, ACADEMIC, {"story": "42"})

    assert list(markings_visible_to(marked.alice)) == [academic]
    assert marks_of(marked.submission, None).are_out is True


def test_a_draft_counts_for_nothing(marked):
    mark(marked, ACADEMIC, {"story": "42"})
    mark(marked, MENTOR, {"story": "10", "craft": "40"}, finish=False)

    marks = marks_of(marked.submission, None)
    assert (marks.are_out, marks.agreement.total, marks.agreement.missing) == (False, Decimal(42), ("craft",))
    assert (marks.state_of(ACADEMIC), marks.state_of(MENTOR)) == ("finished", "begun")


@pytest.mark.parametrize(
    ("over_cap", "verdict", "final"),
    [("scale", "over", "60.00"), ("scale", "open", "72.00"), ("ask", "over", "72.00")],
)
def test_the_mark_is_scaled_only_where_the_brief_says_so_and_the_film_is_over(
    marked, over_cap, verdict, final
):
    type(marked.brief).objects.update(over_cap=over_cap)
    assessment = make_finished_assessment(marked.submission.cut, lo=0.5, hi=0.6, verdict=verdict)
    mark(marked, ACADEMIC, {"story": "42"})
    mark(marked, MENTOR, {"craft": "30"})
    marked.submission.refresh_from_db()

    submission = type(marked.submission).objects.get(pk=marked.submission.pk)
    assert marks_of(submission, assessment).agreement.final == Decimal(final)


def test_marks_of_a_criterion_that_is_marked_keep_it_in_the_rubric(marked):
    mark(marked, ACADEMIC, {"story": "42"})

    assert Mark.objects.filter(criterion__slug="story").count() == 1
