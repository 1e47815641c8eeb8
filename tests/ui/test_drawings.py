"""Geometry of gauge, strip and waterfall."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import samples
from ui.components.gauge import gauge
from ui.components.strip import strip
from ui.components.waterfall import waterfall

SHARES = st.floats(0, 1)


@pytest.mark.parametrize(
    ("lo", "hi", "result"),
    [
        (0.2, 0.4, "within"),
        (0.2, 0.41, "open"),
        (0.4, 0.4, "within"),
        (0.4, 0.5, "open"),
        (0.41, 0.5, "over"),
    ],
)
def test_gauge_tells_the_verdict_of_the_measure(lo, hi, result):
    assert gauge(lo, hi, cap=0.4).result == result


def test_gauge_without_a_cap_tells_no_verdict():
    drawn = gauge(0.2, 0.3)

    assert (drawn.result, drawn.cap, drawn.cap_text) == ("", None, "")


@given(SHARES, SHARES)
def test_gauge_fills_its_width_exactly(one, other):
    lo, hi = sorted((one, other))

    drawn = gauge(lo, hi, cap=0.4)

    assert round(drawn.lo + drawn.open_width + drawn.human_width, 2) == 100


def drawn_strip(**changes):
    return strip(samples.assessment() | changes, key="k")


def test_strip_draws_a_lane_for_each_plane_with_segments():
    assert [(lane.key, len(lane.segments), lane.y) for lane in drawn_strip().lanes] == [
        ("picture", 9, 0),
        ("voice", 4, 28),
        ("music", 2, 56),
    ]


def test_strip_segments_follow_each_other_to_the_end_of_the_film():
    for lane in drawn_strip().lanes:
        ends = [segment.end_x for segment in lane.segments]
        assert [round(end, 2) for end in [0, *ends[:-1]]] == [
            round(segment.x, 2) for segment in lane.segments
        ]
        assert round(ends[-1], 2) == 100


def test_strip_marks_only_the_segments_whose_proof_is_asked_for():
    found = [segment.id for lane in drawn_strip().lanes for segment in lane.segments if segment.wants_proof]

    assert found == ["k-picture-4"]


def test_strip_says_of_a_segment_when_what_from_where_and_how_sure():
    segment = drawn_strip().lanes[0].segments[3]

    assert segment.words.replace("\xa0", " ") == (
        "00:00:07:15–00:00:11:05 · AI · gen-0412.mp4 · "
        "frames match the ledger, grade 2, content-bound, confidence 99 %"
    )


def test_strip_says_how_much_of_the_frame_an_ai_element_covers():
    segment = drawn_strip().lanes[0].segments[2]

    assert segment.alpha.replace("\xa0", " ") == "31–36 % of the frame is AI"


def test_strip_leads_to_the_evidence_or_else_to_the_table():
    linked = strip(samples.assessment(), key="k", evidence_url="/cuts/7/{plane}/{index}/")

    assert linked.lanes[1].segments[2].url == "/cuts/7/voice/2/"
    assert drawn_strip().lanes[1].segments[2].url == "#k-voice-2-row"


def test_strip_of_a_film_without_any_segment_has_no_lane():
    drawn = drawn_strip(planes={"picture": {"share": [0, 0], "segments": []}})

    assert (drawn.lanes, drawn.cuts) == ((), ())


def test_strip_ruler_has_at_most_nine_marks_at_any_length():
    for seconds in (0.5, 7, 24, 600, 5400, 86400):
        film = {"duration": seconds, "fps": "25/1", "width": 16, "height": 9}
        assert len(drawn_strip(film=film).ticks) <= 13


def test_waterfall_steps_stand_on_what_was_proven_before():
    drawn = waterfall(samples.hcid())

    for before, after in zip(drawn.steps, drawn.steps[1:], strict=False):
        assert round(after.x - before.end, 2) == 0
    assert round(drawn.steps[-1].end, 2) == round(drawn.lo, 2)


def test_waterfall_gives_the_weight_of_an_unjudged_term_to_the_others():
    drawn = waterfall(samples.hcid())

    assert [(step.letter, step.most, step.is_judged) for step in drawn.steps] == [
        ("P", "50", True),
        ("E", "22.2", True),
        ("S", "16.7", True),
        ("A", "0", False),
        ("R", "11.1", True),
    ]


def test_waterfall_says_points_as_an_interval_only_where_they_are_open():
    assert [step.points for step in waterfall(samples.hcid()).steps] == [
        "29–35",
        "14.2",
        "13.5",
        "",
        "5.6–8.3",
    ]


def test_a_term_that_has_all_its_points_is_told_nothing_more():
    full, rest = {"value": [1, 1], "sources": []}, {"value": [0.5, 1], "sources": []}
    hcid = {"terms": {"S": full, "R": rest}, "weights": {"S": 0.6, "R": 0.4}, "value": [80, 100]}
    steps = {step.letter: step.raising for step in waterfall(hcid).steps}

    assert steps["S"] == ""
    assert "decision log" in steps["R"]
