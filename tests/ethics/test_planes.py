"""The sound planes on the platform: what a tool makes is known, and a brief may cap the voice."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from assignments.choices import MediaRole, OverCap
from ethics.choices import AssessmentState
from ethics.models import Assessment
from ethics.queries import inputs_hash, materials_of
from ethics.queries.planes import plane_caps, planes_made, voice_blocks_hand_in
from ethics.queries.records import records_of
from ethics.services import OverTheCap, refuse_over_cap
from generation.choices import JobState
from generation.models import Output
from tests.factories import NOW, make_brief, make_cut, make_job, make_media, make_work

pytestmark = pytest.mark.django_db


def generated(work, tool: str):
    media = make_media(work, MediaRole.GENERATED, name="x.wav")
    job = make_job(work, tool=tool, state=JobState.DONE)
    Output.objects.create(
        job=job, media=media, recipe={}, recipe_hash="0" * 64, ledger_index=0, created_at=NOW
    )
    return media


@pytest.mark.parametrize(
    ("tool", "planes"),
    [
        ("voice", ("voice",)),
        ("dub", ("voice",)),
        ("music", ("music",)),
        ("effects", ("effects",)),
        ("text-to-video", ()),
    ],
)
def test_the_tool_tells_the_plane_of_what_it_made(tool, planes):
    assert planes_made(generated(make_work(), tool)) == planes


def test_nothing_is_known_of_the_plane_of_what_people_gave():
    assert planes_made(make_media(make_work(), MediaRole.SOUND, name="voice.wav")) == ()


def capped_cut(voice_cap: str | None, *, over: str = OverCap.BLOCK):
    brief = make_brief(over_cap=over, voice_cap=None if voice_cap is None else Decimal(voice_cap))
    return make_cut(make_work(brief=brief))


def judged(cut, result: str):
    planes = {"picture": {"share": [0, 0], "robust": 0, "segments": []}}
    document = {"planes": planes, "verdict": {"result": "within"}, "verdicts": {"voice": {"result": result}}}
    Assessment.objects.create(
        cut=cut,
        number=1,
        state=AssessmentState.DONE,
        document=document,
        ledger_index=0,
        verdict="within",
        created_at=NOW,
    )
    return cut


def test_a_brief_may_cap_the_voice_by_itself():
    assert plane_caps(capped_cut("0.25").work.brief) == (("voice", Fraction(1, 4)),)
    assert plane_caps(capped_cut(None).work.brief) == ()


def test_another_cap_on_the_voice_asks_for_another_measure():
    cut = capped_cut("0.25")
    before = inputs_hash(cut, materials_of(cut), records_of(cut))
    cut.work.brief.voice_cap = Decimal("0.5")
    assert inputs_hash(cut, materials_of(cut), records_of(cut)) != before


@pytest.mark.parametrize(
    ("result", "over", "blocked"),
    [("over", OverCap.BLOCK, True), ("open", OverCap.BLOCK, False), ("over", OverCap.ASK, False)],
)
def test_too_many_generated_voices_are_not_taken_where_the_brief_says_so(result, over, blocked):
    assert voice_blocks_hand_in(judged(capped_cut("0.25", over=over), result)) is blocked


def test_the_refusal_says_the_cap_and_the_way_out():
    with pytest.raises(OverTheCap, match=r"25 %.*Have people speak"):
        refuse_over_cap(judged(capped_cut("0.25"), "over"))


def test_an_unmeasured_cut_is_not_refused_for_its_voice():
    assert voice_blocks_hand_in(capped_cut("0.25")) is False
