"""Decisions on what the measure leaves open, appeals and their answers: who may, what is kept, what is logged."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from ethics.choices import AppealState, Ruling
from ethics.domain.verdict import Result
from ethics.models import Appeal, Assessment, Decision
from ethics.queries.deciding import (
    appeals_waiting_for,
    blocks_hand_in,
    grounds_for,
    news_for_makers,
    segment_at,
    standing_of,
)
from ethics.services import deciding
from ethics.services.wording import TooLong
from ledger.models import Entry, Opening
from tests.ethics.rooms import make_room, measure
from tests.factories import NOW, make_course, make_cut, make_enrolment

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture
def room():
    return make_room()


def decide(room, by, ruling=Ruling.HUMAN, **fields):
    facts = {
        "assessment": room.assessment, "plane": "picture", "start": Fraction(3), "end": Fraction(4),
        "ruling": ruling, "reason": "I stood beside the camera.", "grounds": [f"seen-{room.rush.pk}"],
        "seen": Decision.objects.count(), "now": NOW,
    }  # fmt: skip
    return deciding.decide_segment(by=by, **{**facts, **fields})


def appeal(room, by, decision=None, words="The rush shows it."):
    return deciding.appeal(assessment=room.assessment, decision=decision, words=words, by=by, now=NOW)


def answer(appeal, by, state=AppealState.UPHELD, **fields):
    return deciding.answer_appeal(
        appeal=appeal, state=state, answer="I looked again.", by=by, now=NOW, **fields
    )


# ---------------------------------------------------------------- decisions
def test_a_decision_stands_beside_the_measured_document_and_in_the_ledger(room):
    before = json.dumps(Assessment.objects.get(pk=room.assessment.pk).document, sort_keys=True)

    made = decide(room, room.bob)

    found = standing_of(room.assessment)
    assert (found.measured.share.low, found.measured.share.high) == (Fraction(1, 4), Fraction(1, 2))
    assert (found.decided.share.low, found.decided.share.high) == (Fraction(1, 4), Fraction(1, 4))
    assert (found.measured_result, found.result) == (Result.OPEN, Result.WITHIN)
    assert json.dumps(Assessment.objects.get(pk=room.assessment.pk).document, sort_keys=True) == before
    entry = Entry.objects.get(index=made.ledger_index)
    assert (entry.kind, entry.subject) == ("assessment.overridden", f"assessment:{room.assessment.uuid}")


def test_the_ledger_keeps_no_words_of_people(room):
    made = decide(room, room.bob)
    kept = json.dumps(Opening.objects.get(entry_id=made.ledger_index).payload)
    assert "camera" not in kept
    assert '"ruling": "human"' in kept


@pytest.mark.parametrize("who", ["alice", "mia", "charlie", "ada"])
def test_only_instructors_of_the_course_decide(room, who):
    with pytest.raises(PermissionDenied):
        decide(room, getattr(room, who))
    assert Decision.objects.count() == 0


def test_an_instructor_who_is_in_the_crew_does_not_decide_on_the_own_film(room):
    room.work.crew.members.create(user=room.bob, film_role="sound")
    with pytest.raises(PermissionDenied):
        decide(room, room.bob)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"reason": "  "}, deciding.NoReason),
        ({"reason": "no " * 2000}, TooLong),
        ({"ruling": "perhaps"}, deciding.NoReason),
        ({"grounds": []}, deciding.NoEvidence),
        ({"grounds": ["seen-0"]}, deciding.NoEvidence),
        ({"start": Fraction(0), "end": Fraction(1)}, deciding.NothingOpen),
        ({"start": Fraction(2), "end": Fraction(4)}, deciding.NothingOpen),
        ({"start": Fraction(4), "end": Fraction(3)}, deciding.NothingOpen),
        ({"plane": "smell"}, deciding.NothingOpen),
        ({"seen": 7}, deciding.Outdated),
    ],
)
def test_what_can_not_be_decided_is_refused_and_leaves_nothing(room, fields, refusal):
    entries = Entry.objects.count()
    with pytest.raises(refusal):
        decide(room, room.bob, **fields)
    assert (Decision.objects.count(), Entry.objects.count()) == (0, entries)


def test_leaving_open_needs_a_reason_but_no_evidence_and_takes_a_ruling_back(room):
    decide(room, room.bob)
    decide(room, room.bea, Ruling.OPEN, grounds=[])
    assert standing_of(room.assessment).is_decided is False


def test_of_two_teachers_who_saw_the_same_page_the_second_is_told(room):
    decide(room, room.bob, seen=0)
    with pytest.raises(deciding.Outdated):
        decide(room, room.bea, Ruling.AI, seen=0)


def test_a_decision_on_an_older_measure_is_refused_and_earlier_ones_live_on(room):
    decide(room, room.bob)
    newer = measure(room.cut, room.rush)
    with pytest.raises(deciding.Outdated):
        decide(room, room.bea, Ruling.AI)
    assert standing_of(newer).is_decided is True


def test_a_decision_is_about_the_film_and_not_about_another_one(room):
    decide(room, room.bob)
    again = measure(make_cut(room.work, film=room.cut.film), room.rush)
    other = measure(make_cut(room.work), room.rush)
    assert [standing_of(one).is_decided for one in (again, other)] == [True, False]


def test_the_database_refuses_to_change_or_remove_a_decision(room):
    made = decide(room, room.bob)
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=made.pk).update(ruling=Ruling.AI)
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()
    assert Decision.objects.get(pk=made.pk).ruling == Ruling.HUMAN


def test_evidence_below_grade_one_is_not_offered(room):
    segment = segment_at(room.assessment, "picture", Fraction(3), Fraction(4))
    offered = grounds_for(room.assessment, segment)
    assert [(ground.key, ground.grade) for ground in offered] == [(f"seen-{room.rush.pk}", 1)]


def test_a_film_that_was_decided_to_keep_the_cap_may_be_handed_in_and_the_other_way_round():
    room = make_room(over_cap="block", picture_cap="0.3")
    assert blocks_hand_in(room.cut) is False
    decide(room, room.bob, Ruling.AI)
    assert blocks_hand_in(room.cut) is True
    decide(room, room.bea, Ruling.HUMAN)
    assert blocks_hand_in(room.cut) is False


def test_decisions_and_answers_are_told_to_the_crew(room):
    made = decide(room, room.bob)
    answered = answer(appeal(room, room.alice, made), room.bea)
    for maker in (room.alice, room.anton):
        assert news_for_makers(maker, now=NOW) == ([made], [answered])
    assert news_for_makers(room.charlie, now=NOW) == ([], [])


# ---------------------------------------------------------------- appeals
def test_an_appeal_waits_for_everybody_who_may_answer_it(room):
    opened = appeal(room, room.alice, decide(room, room.bob))
    waiting = {
        name: list(appeals_waiting_for(getattr(room, name))) for name in ("bob", "bea", "ada", "mia", "alice")
    }
    assert waiting == {"bob": [], "bea": [opened], "ada": [opened], "mia": [], "alice": []}


def test_an_appealed_verdict_is_answered_by_somebody_who_decided_nothing_before(room):
    decide(room, room.bob)
    opened = appeal(room, room.alice)
    assert [list(appeals_waiting_for(room.bob)), list(appeals_waiting_for(room.bea))] == [[], [opened]]
    with pytest.raises(PermissionDenied):
        answer(opened, room.bob)
    assert answer(opened, room.bea).state == AppealState.UPHELD


@pytest.mark.parametrize("who", ["bob", "charlie", "mia"])
def test_only_makers_appeal(room, who):
    with pytest.raises(PermissionDenied):
        appeal(room, getattr(room, who))


def test_an_assessment_is_appealed_once(room):
    deciding.withdraw_appeal(appeal=appeal(room, room.alice), by=room.anton, now=NOW)
    with pytest.raises(deciding.AppealedBefore):
        appeal(room, room.anton)


def test_an_appeal_without_words_is_refused(room):
    with pytest.raises(deciding.NoReason):
        appeal(room, room.alice, words=" \n")


def test_a_long_appeal_is_refused_and_not_cut_short(room):
    with pytest.raises(TooLong):
        appeal(room, room.alice, words="no " * 2000)
    assert Appeal.objects.count() == 0


def test_a_decision_on_another_film_can_not_be_appealed_here(room):
    made = decide(room, room.bob)
    other = measure(make_cut(room.work), room.rush)
    with pytest.raises(deciding.NothingOpen):
        deciding.appeal(assessment=other, decision=made, words="No.", by=room.alice, now=NOW)


def test_changing_a_decision_writes_a_new_one_of_the_one_who_answers(room):
    opened = appeal(room, room.alice, decide(room, room.bob, Ruling.AI))
    closed = answer(
        opened, room.ada, AppealState.CHANGED, ruling=Ruling.HUMAN, grounds=[f"seen-{room.rush.pk}"]
    )
    assert closed.state == AppealState.CHANGED
    assert list(Decision.objects.order_by("pk").values_list("ruling", "created_by__username")) == [
        ("ai", "bob"),
        ("human", "ada"),
    ]
    assert standing_of(room.assessment).result is Result.WITHIN


def test_the_same_ruling_again_is_no_change(room):
    opened = appeal(room, room.alice, decide(room, room.bob, Ruling.AI))
    with pytest.raises(deciding.NothingChanged):
        answer(opened, room.bea, AppealState.CHANGED, ruling=Ruling.AI, grounds=[f"seen-{room.rush.pk}"])
    assert Appeal.objects.get().state == AppealState.OPEN


def test_a_verdict_is_changed_by_what_has_happened_since(room):
    opened = appeal(room, room.alice)
    with pytest.raises(deciding.NothingChanged):
        answer(opened, room.bea, AppealState.CHANGED)
    measure(room.cut, room.rush)
    assert answer(opened, room.bea, AppealState.CHANGED).state == AppealState.CHANGED


@pytest.mark.parametrize("end", ["answered", "withdrawn"])
def test_a_closed_appeal_stays_closed(room, end):
    opened = appeal(room, room.alice)
    if end == "answered":
        answer(opened, room.bea)
    else:
        deciding.withdraw_appeal(appeal=opened, by=room.alice, now=NOW)
    entries = Entry.objects.count()
    with pytest.raises(deciding.NotOpen), transaction.atomic():
        answer(opened, room.ada)
    with pytest.raises(deciding.NotOpen), transaction.atomic():
        deciding.withdraw_appeal(appeal=opened, by=room.alice, now=NOW)
    assert Entry.objects.count() == entries


def test_opening_and_closing_an_appeal_are_logged(room):
    closed = answer(appeal(room, room.alice), room.bea)
    kinds = Entry.objects.filter(index__in=[closed.ledger_index, closed.answer_index]).order_by("index")
    assert [entry.kind for entry in kinds] == ["assessment.appealed", "appeal.answered"]


def test_an_instructor_of_another_course_sees_no_appeal(room):
    appeal(room, room.alice)
    make_enrolment(make_course(), room.charlie, "instructor")
    assert list(appeals_waiting_for(room.charlie)) == []
