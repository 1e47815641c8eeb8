"""Pages of decisions, appeals, declarations and the history: for crew, teachers and strangers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.urls import reverse

from ethics.choices import AppealState
from ethics.models import Admission, Appeal, Assessment, Decision, Declaration
from ethics.services.admitting import admit_stretch
from tests.ethics.rooms import make_room, measure
from tests.ethics.test_deciding import answer, appeal, decide
from tests.factories import NOW, make_cut, make_media, make_submission

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
APPEALS, HISTORY = 5, 9
PEOPLE = ["alice", "bob", "bea", "mia", "ada", "charlie"]


@pytest.fixture
def room():
    return make_room()


def page(client, user, name, *args, **query):
    client.force_login(user)
    return client.get(reverse(f"ethics:{name}", args=args), query)


def statuses(client, room, name, *args):
    return {who: page(client, getattr(room, who), name, *args).status_code for who in PEOPLE}


def decision_data(room, **fields):
    said = {"ruling": "human", "grounds": [f"seen-{room.rush.pk}"], "reason": "I was there."}
    return {**said, "start": "3", "end": "4", "seen": 0, **fields}


def post(client, user, name, *args, **data):
    client.force_login(user)
    return client.post(reverse(f"ethics:{name}", args=args), data)


# ---------------------------------------------------------------- deciding
def test_who_may_open_the_page_to_decide(client, room):
    found = statuses(client, room, "segment_decide", room.assessment.uuid, "picture", 2)
    assert found == {"alice": 403, "bob": 200, "bea": 200, "mia": 403, "ada": 403, "charlie": 404}


@pytest.mark.parametrize(("plane", "index"), [("picture", 0), ("picture", 1), ("picture", 9), ("smell", 0)])
def test_there_is_nothing_to_decide_on_what_is_proven_or_not_there(client, room, plane, index):
    assert page(client, room.bob, "segment_decide", room.assessment.uuid, plane, index).status_code == 404


def test_a_teacher_decides_and_everybody_sees_both_intervals(client, room):
    address = room.assessment.uuid, "picture", 2

    answered = post(client, room.bob, "segment_decide", *address, **decision_data(room))

    assert answered.url == reverse("ethics:assessment_detail", args=[room.assessment.uuid])
    shown = page(client, room.alice, "assessment_detail", room.assessment.uuid).content.decode()
    assert "as measured" in shown
    assert "with decisions" in shown
    assert "I was there." in shown
    assert "A001.mov together with the crew" in shown


def test_what_was_typed_stays_when_something_is_missing(client, room):
    answered = post(
        client,
        room.bob,
        "segment_decide",
        room.assessment.uuid,
        "picture",
        2,
        **decision_data(room, grounds=[]),
    )
    words = answered.content.decode()
    assert answered.status_code == 422
    assert "Name what the decision rests on" in words
    assert "I was there." in words
    assert Decision.objects.count() == 0


def test_a_moment_that_is_no_number_is_refused(client, room):
    data = decision_data(room, start="1/0")
    answered = post(client, room.bob, "segment_decide", room.assessment.uuid, "picture", 2, **data)
    assert answered.status_code == 422


def test_the_segment_offers_the_decision_to_those_who_may_make_it(client, room):
    link = reverse("ethics:segment_decide", args=[room.assessment.uuid, "picture", 2])
    panels = {
        who: page(
            client, getattr(room, who), "segment_panel", room.assessment.uuid, "picture", 2
        ).content.decode()
        for who in ("alice", "bob")
    }
    assert {who: link in panel for who, panel in panels.items()} == {"alice": False, "bob": True}


def test_a_decision_on_a_voice_is_shown_with_the_voice_and_leaves_the_picture_alone(client, room):
    document = room.assessment.document
    document["planes"]["voice"] = {**document["planes"]["picture"]}
    Assessment.objects.filter(pk=room.assessment.pk).update(document=document)
    room.assessment.refresh_from_db()
    decide(room, room.bob, plane="voice")
    shown = page(client, room.alice, "assessment_detail", room.assessment.uuid).content.decode()
    assert "Voice: as measured <b>25–50" in shown
    assert "standing-both" not in shown


def test_other_rooms_show_the_interval_with_decisions_beside_the_measured_one(client, room):
    before = page(client, room.alice, "share_panel", room.cut.uuid).content.decode()
    decide(room, room.bob)
    after = page(client, room.alice, "share_panel", room.cut.uuid).content.decode()
    assert ("with decisions" in before, "with decisions" in after) == (False, True)
    assert "25–50" in after


def test_the_api_tells_both_intervals_the_decisions_and_the_appeal(client, room):
    made = decide(room, room.bob)
    appeal(room, room.alice, made)
    client.force_login(room.anton)
    told = client.get(reverse("api:assessment-standing", args=[room.assessment.uuid])).json()
    assert (told["measured"], told["decided"], told["result"]) == ([0.25, 0.5], [0.25, 0.25], "within")
    assert [(one["ruling"], one["by"], one["start"]) for one in told["decisions"]] == [
        ("human", "bob", "3.000000")
    ]
    assert (told["appeal"]["state"], told["appeal"]["decision"]) == ("open", str(made.uuid))


# ---------------------------------------------------------------- appeals
def test_the_crew_appeals_once_and_is_led_to_its_appeal(client, room):
    data = {"decision": "", "words": "Look at the rush."}
    first = post(client, room.alice, "assessment_appeal", room.assessment.uuid, **data)
    again = post(client, room.alice, "assessment_appeal", room.assessment.uuid, **data)
    opened = Appeal.objects.get()
    assert [first.url, again.url] == [reverse("ethics:appeal_detail", args=[opened.uuid])] * 2


def test_an_appeal_against_a_decision_names_it(client, room):
    made = decide(room, room.bob)
    post(client, room.alice, "assessment_appeal", room.assessment.uuid, decision=str(made.uuid), words="No.")
    opened = Appeal.objects.get()
    assert opened.decision == made
    shown = page(client, room.bea, "appeal_detail", opened.uuid).content.decode()
    assert "Against the decision on 00:00:03:00–00:00:04:00: made by people" in shown


def test_an_empty_appeal_is_refused_on_its_page(client, room):
    answered = post(client, room.alice, "assessment_appeal", room.assessment.uuid, decision="", words=" ")
    assert (answered.status_code, Appeal.objects.count()) == (422, 0)


def test_who_sees_an_appeal_and_who_gets_the_form_to_answer(client, room):
    opened = appeal(room, room.alice, decide(room, room.bob))
    assert statuses(client, room, "appeal_detail", opened.uuid) == {
        "alice": 200, "bob": 200, "bea": 200, "mia": 200, "ada": 200, "charlie": 404,
    }  # fmt: skip
    forms = {
        who: 'name="answer"'
        in page(client, getattr(room, who), "appeal_detail", opened.uuid).content.decode()
        for who in ("alice", "bob", "bea", "mia", "ada")
    }
    assert forms == {"alice": False, "bob": False, "bea": True, "mia": False, "ada": True}


def test_the_one_who_decided_can_not_answer(client, room):
    opened = appeal(room, room.alice, decide(room, room.bob))
    answered = post(client, room.bob, "appeal_detail", opened.uuid, state="upheld", answer="I was right.")
    assert (answered.status_code, Appeal.objects.get().state) == (403, AppealState.OPEN)


def test_an_answer_is_told_to_the_crew_on_their_first_page(client, room):
    post(client, room.bob, "segment_decide", room.assessment.uuid, "picture", 2, **decision_data(room))
    opened = appeal(room, room.alice, Decision.objects.get())
    post(client, room.bea, "appeal_detail", opened.uuid, state="upheld", answer="I see the same.")
    news = page(client, room.anton, "news_panel").content.decode()
    assert "bea has answered your appeal" in news
    assert "bob has decided on a stretch" in news


def test_an_answer_to_a_closed_appeal_is_refused(client, room):
    opened = answer(appeal(room, room.alice), room.bea)
    answered = post(client, room.ada, "appeal_detail", opened.uuid, state="changed", answer="No.")
    assert (answered.status_code, Appeal.objects.get().state) == (409, AppealState.UPHELD)


def test_taking_back_is_for_the_crew(client, room):
    opened = appeal(room, room.alice)
    assert post(client, room.bob, "appeal_withdraw", opened.uuid).status_code == 403
    assert post(client, room.charlie, "appeal_withdraw", opened.uuid).status_code == 404
    assert post(client, room.anton, "appeal_withdraw", opened.uuid).status_code == 302
    assert Appeal.objects.get().state == AppealState.WITHDRAWN


def test_the_list_of_appeals_is_for_instructors_and_administrators(client, room):
    assert statuses(client, room, "appeal_list") == {
        "alice": 403, "bob": 200, "bea": 200, "mia": 403, "ada": 200, "charlie": 403,
    }  # fmt: skip
    assert "No appeal waits for you" in page(client, room.bea, "appeal_list").content.decode()
    appeal(room, room.alice)
    assert "The rush shows it." in page(client, room.bea, "appeal_list").content.decode()
    assert "1 appeal waits for you." in page(client, room.bea, "news_panel", part="waiting").content.decode()


def test_the_list_costs_the_same_with_one_appeal_and_three(client, room, django_assert_num_queries):
    def count():
        with django_assert_num_queries(APPEALS):
            client.get(reverse("ethics:appeal_list"))

    appeal(room, room.alice)
    page(client, room.ada, "appeal_list")
    count()
    for _number in range(2):
        room.assessment = measure(make_cut(room.work), room.rush)
        appeal(room, room.alice)
    count()


# ---------------------------------------------------------------- declarations
def declaration_data(**fields):
    rows = {f"{name}-{number}": "" for name in ("made", "tool", "words") for number in range(3)}
    return {"shots": 3, "remarks": "", **rows, **fields}


def test_a_crew_declares_by_shot_and_sees_the_differences(client, room):
    data = declaration_data(**{"made-2": "ai", "tool-2": "text to image"})

    post(client, room.alice, "cut_declaration", room.cut.uuid, **data)

    declared = Declaration.objects.get()
    assert declared.parts == [{"start": "3", "end": "4", "made": "ai", "tool": "text to image", "words": ""}]
    panel = page(client, room.bob, "declared_panel", room.cut.uuid).content.decode()
    assert "traced AI, not declared" in panel
    assert "declared AI, not traced" in panel


def test_saying_the_same_again_writes_nothing_new(client, room):
    for _time in range(2):
        post(client, room.alice, "cut_declaration", room.cut.uuid, **declaration_data(remarks="All own."))
    assert Declaration.objects.count() == 1


def test_a_part_by_ai_names_its_tool(client, room):
    answered = post(
        client, room.alice, "cut_declaration", room.cut.uuid, **declaration_data(**{"made-1": "ai"})
    )
    assert answered.status_code == 422
    assert "Name the tool or model" in answered.content.decode()


def test_a_form_of_other_shots_is_refused(client, room):
    answered = post(client, room.alice, "cut_declaration", room.cut.uuid, **declaration_data(shots=2))
    assert (answered.status_code, Declaration.objects.count()) == (422, 0)


def test_who_sees_and_who_declares(client, room):
    assert statuses(client, room, "cut_declaration", room.cut.uuid) == {
        "alice": 200, "bob": 200, "bea": 200, "mia": 200, "ada": 200, "charlie": 404,
    }  # fmt: skip
    assert post(client, room.bob, "cut_declaration", room.cut.uuid, **declaration_data()).status_code == 403


def test_before_it_is_measured_the_page_says_what_to_wait_for(client, room):
    cut = make_cut(room.work)
    assert "not measured yet" in page(client, room.alice, "cut_declaration", cut.uuid).content.decode()


# ---------------------------------------------------------------- history
def test_the_history_tells_what_changed_between_measurings(client, room):
    decide(room, room.bob)
    make_media(room.work, name="B007.mov", created_at=room.assessment.created_at.replace(hour=10))
    admit_stretch(
        cut=room.cut, plane="picture", start=Fraction(3), end=Fraction(4), is_part=False, tool="x", note="",
        by=room.alice, now=room.assessment.created_at.replace(hour=10),
    )  # fmt: skip
    later = room.assessment.created_at.replace(hour=11)
    measure(make_cut(room.work), room.rush, share_high=0.25, created_at=later, finished_at=later)

    shown = page(client, room.alice, "work_history", room.work.uuid).content.decode()

    for words in (
        "The first measure of this work.",
        "Version 2 of the cut, another film file.",
        "Own material came: B007.mov.",
        "The crew admitted that a part is AI.",
        "The interval became narrower: from 25–50 % to 25 %.".replace(" %", "\N{NO-BREAK SPACE}%"),
        "with decisions",
        "sha256:0",
    ):
        assert words in shown


def test_the_history_is_for_those_who_see_the_work(client, room):
    assert statuses(client, room, "work_history", room.work.uuid) == {
        "alice": 200, "bob": 200, "bea": 200, "mia": 200, "ada": 200, "charlie": 404,
    }  # fmt: skip


def test_the_history_costs_the_same_however_long_it_is(client, room, django_assert_num_queries):
    def count():
        with django_assert_num_queries(HISTORY):
            client.get(reverse("ethics:work_history", args=[room.work.uuid]))

    page(client, room.ada, "work_history", room.work.uuid)
    count()
    for _number in range(2):
        measure(make_cut(room.work), room.rush)
    count()


# ---------------------------------------------------------------- declared and admitted
def test_what_is_declared_ai_is_admitted_and_taken_back_with_the_declaration(client, room):
    for data in ({"made-1": "ai", "tool-1": "a model", "made-2": "ai", "tool-2": "a model"}, {}):
        post(client, room.alice, "cut_declaration", room.cut.uuid, **declaration_data(**data))
    admitted = Admission.objects.get()
    assert (admitted.start, admitted.end, admitted.plane) == ("2", "4", "picture")
    assert admitted.withdrawn_at is not None
    assert [one.parts == [] for one in Declaration.objects.order_by("number")] == [False, True]


def test_an_admission_can_not_be_declared_away_after_the_cut_was_handed_in(client, room):
    ai = declaration_data(**{"made-2": "ai", "tool-2": "a model"})
    post(client, room.alice, "cut_declaration", room.cut.uuid, **ai)
    make_submission(room.cut)
    answered = post(client, room.alice, "cut_declaration", room.cut.uuid, **declaration_data())
    assert (answered.status_code, Declaration.objects.count()) == (422, 1)
    assert "handed in with this admission" in answered.content.decode()


def test_what_is_only_admitted_is_compared_too(client, room):
    admit_stretch(
        cut=room.cut, plane="picture", start=Fraction(3), end=Fraction(4), is_part=False, tool="x", note="",
        by=room.alice, now=NOW,
    )  # fmt: skip
    panel = page(client, room.bob, "declared_panel", room.cut.uuid).content.decode()
    assert "declared AI, not traced" in panel
