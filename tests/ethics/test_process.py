"""Script, decision log and rating: kept in versions, logged, and used by the next measuring."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from assignments.choices import MediaRole
from courses.choices import Role
from ethics.choices import LogOutcome
from ethics.models import Assessment, LogNote, Rating, ScriptVersion
from ethics.queries.records import latest_notes, records_of
from ethics.services import process
from ledger.models import Entry
from tests.factories import NOW, make_cut, make_enrolment, make_media, make_user, make_work, someone_of

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture
def work(db):
    return make_work()


@pytest.fixture
def teacher(work):
    return make_enrolment(work.brief.module.course, make_user("bob"), Role.INSTRUCTOR).user


def saved(work, text, **more):
    return process.save_script(work=work, text=text, by=someone_of(work), now=NOW, **more)


def noted(work, what="The drone shot", why="It looked like an advertisement.", **more):
    given = {"outcome": LogOutcome.REJECTED, "by": someone_of(work), "now": NOW, **more}
    return process.write_note(work=work, what=what, why=why, **given)


def test_a_script_is_kept_version_by_version_in_the_ledger(work):
    first, second = saved(work, "A pier.\r\n"), saved(work, "A pier. Night.", seen=1)

    entry = Entry.objects.get(index=second.ledger_index)
    assert [(one.number, one.text) for one in (first, second)] == [(1, "A pier."), (2, "A pier. Night.")]
    assert (entry.kind, entry.opening.payload["characters"]) == ("script.saved", 14)


def test_saving_the_same_text_again_keeps_no_second_version(work):
    assert saved(work, "A pier.").pk == saved(work, "A pier.  \n", seen=0).pk
    assert Entry.objects.filter(kind="script.saved").count() == 1


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(work):
    saved(work, "A pier.")
    other = work.crew.members.order_by("pk").last().user
    with pytest.raises(process.ScriptMovedOn):
        process.save_script(work=work, text="Another pier.", by=other, now=NOW, seen=0)
    assert ScriptVersion.objects.get().text == "A pier."


def test_ones_own_editor_may_lag_behind_itself(work):
    saved(work, "A pier.")
    assert saved(work, "A pier. Night.", seen=0).number == 2


@pytest.mark.parametrize("text", ["", " \n ", "a" * (process.MOST_LETTERS + 1)])
def test_no_text_and_too_much_text_are_refused(work, text):
    with pytest.raises(process.BadScript):
        saved(work, text)


def test_only_makers_write_the_script_and_the_log(work, teacher):
    with pytest.raises(PermissionDenied):
        process.save_script(work=work, text="A pier.", by=teacher, now=NOW)
    with pytest.raises(PermissionDenied):
        noted(work, by=teacher)


def test_a_corrected_line_of_the_log_keeps_what_stood_before(work):
    noted(work)
    noted(work, what="The night lamp", why="The AI version flickered.", outcome=LogOutcome.CHANGED)
    corrected = noted(work, why="It looked like an advertisement, twice.", line=1)

    assert [(note.line, note.version) for note in latest_notes(work)] == [(1, 2), (2, 1)]
    assert LogNote.objects.get(line=1, version=1).why == "It looked like an advertisement."
    assert Entry.objects.get(index=corrected.ledger_index).opening.payload["version"] == 2


def test_a_line_that_says_nothing_is_refused(work):
    for what, why in (("", "why"), ("what", " ")):
        with pytest.raises(process.BadNote):
            noted(work, what, why)
    with pytest.raises(process.BadNote):
        noted(work, line=7)


def test_what_stands_cannot_be_changed_in_the_database(work, teacher):
    saved(work, "A pier.")
    noted(work)
    process.rate(work=work, marks={"talk": 3}, reason="Good.", by=teacher, now=NOW)
    for model, change in (
        (ScriptVersion, {"text": "Mine."}),
        (LogNote, {"why": "Other."}),
        (Rating, {"reason": "x"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(**change)


def test_a_rating_becomes_the_term_of_reflection_and_has_the_cut_measured_again(work, teacher):
    cut = make_cut(work, film=make_media(work, MediaRole.FILM, facts={"duration": "1"}))

    process.rate(work=work, marks={"reasons": 4, "talk": 1}, reason="Knows why.", by=teacher, now=NOW)

    term = records_of(cut).reflection
    assert (term.value.low, term.value.high) == (0.625, 0.625)
    assert Assessment.objects.get().cut_id == cut.pk
    later = NOW + timedelta(days=1)
    process.rate(work=work, marks={"reasons": 4}, reason="Said more.", by=teacher, now=later)
    assert records_of(cut).reflection.value.low == 1
    assert Rating.objects.count() == 2


@pytest.mark.parametrize(
    ("marks", "reason"),
    [({}, "x"), ({"talk": 5}, "x"), ({"talk": -1}, "x"), ({"style": 2}, "x"), ({"talk": 2}, "")],
)
def test_marks_out_of_range_and_without_a_reason_are_refused(work, teacher, marks, reason):
    with pytest.raises(process.BadRating):
        process.rate(work=work, marks=marks, reason=reason, by=teacher, now=NOW)


def test_makers_and_teachers_of_other_courses_rate_nothing(work):
    for by in (someone_of(work), make_enrolment(make_work().brief.module.course, role=Role.INSTRUCTOR).user):
        with pytest.raises(PermissionDenied):
            process.rate(work=work, marks={"talk": 3}, reason="x", by=by, now=NOW)
