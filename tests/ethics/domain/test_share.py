from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethics.domain.segments import ALL, NOTHING, Interval, Segment, State, split
from ethics.domain.share import dull_seconds, share_of
from ethics.domain.verdict import Result, judged, verdict_on
from tests.ethics.domain.drawing import planes, use

VECTORS = json.loads(
    (Path(__file__).parents[3] / "fixtures" / "vectors" / "share_v1.json").read_text(encoding="utf-8")
)


def plane(rows) -> list[Segment]:
    return [_segment(*row) for row in rows]


def _segment(start, end, state, low, high, information="1", loose="0") -> Segment:
    alpha, information, loose = (
        Interval(Fraction(low), Fraction(high)),
        Fraction(information),
        Fraction(loose),
    )
    return Segment(Fraction(start), Fraction(end), State(state), alpha, information=information, loose=loose)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_published_vectors_hold(vector):
    segments = plane(vector["segments"])
    found = share_of(segments)
    verdict = verdict_on(plane="picture", segments=segments, cap=Fraction(vector["cap"]))
    assert {
        "share": [str(found.share.low), str(found.share.high)],
        "robust": str(found.robust),
        "neutral_seconds": str(found.neutral),
        "verdict": str(verdict.result),
        "todo": [[str(item.start), str(item.end), item.why, str(item.worth)] for item in verdict.todo],
        "enough": verdict.enough,
    } == vector["expected"]


@given(planes())
def test_a_share_is_an_interval_between_none_and_all(segments):
    found = share_of(segments)
    assert 0 <= found.share.low <= found.share.high <= 1
    assert 0 <= found.robust <= 1


@given(planes(), st.data())
def test_cutting_a_segment_in_two_changes_nothing(segments, data):
    index = data.draw(st.integers(0, len(segments) - 1))
    whole = segments[index]
    at = whole.start + whole.seconds * Fraction(data.draw(st.integers(1, 99)), 100)
    assert share_of([*segments[:index], *split(whole, at), *segments[index + 1 :]]) == share_of(segments)


@given(planes(), st.randoms())
def test_the_order_of_segments_changes_nothing(segments, random):
    shuffled = segments.copy()
    random.shuffle(shuffled)
    assert share_of(shuffled) == share_of(segments)


@given(planes(), st.integers(1, 500))
def test_padding_with_neutral_frames_changes_only_the_neutral_seconds(segments, frames):
    end = segments[-1].end
    padding = Segment(end, end + Fraction(frames, 25), State.NEUTRAL, NOTHING, why="black")
    padded, plain = share_of([*segments, padding]), share_of(segments)
    assert replace(padded, neutral=plain.neutral) == plain
    assert padded.neutral == plain.neutral + Fraction(frames, 25)


@given(planes(), st.data())
def test_replacing_people_by_ai_never_lowers_the_share(segments, data):
    index = data.draw(st.integers(0, len(segments) - 1))
    human = replace(segments[index], state=State.HUMAN, alpha=NOTHING, sources=(use("r", "rush"),))
    ai = replace(segments[index], state=State.AI, alpha=ALL, sources=(use("g", "generated"),))
    before = share_of([*segments[:index], human, *segments[index + 1 :]])
    after = share_of([*segments[:index], ai, *segments[index + 1 :]])
    assert after.share.low >= before.share.low
    assert after.share.high >= before.share.high
    assert after.robust >= before.robust


@given(planes(), st.data())
def test_proving_an_unknown_segment_never_widens_the_share(segments, data):
    index = data.draw(st.integers(0, len(segments) - 1))
    unknown = replace(
        segments[index], state=State.UNKNOWN, alpha=Interval(Fraction(0), Fraction(1)), sources=()
    )
    state, alpha = data.draw(st.sampled_from([(State.AI, ALL), (State.HUMAN, NOTHING)]))
    proven = replace(unknown, state=state, alpha=alpha)
    before = share_of([*segments[:index], unknown, *segments[index + 1 :]]).share
    after = share_of([*segments[:index], proven, *segments[index + 1 :]]).share
    assert before.holds(after)


@given(planes(states=(State.HUMAN, State.NEUTRAL)))
def test_a_film_of_people_alone_has_no_share(segments):
    assert share_of(segments).share == NOTHING


@given(planes(states=(State.AI,)))
def test_a_film_of_ai_alone_is_all_ai(segments):
    assert share_of(segments).share == ALL


@given(planes(states=(State.AI, State.HUMAN)))
def test_the_robust_share_is_never_below_the_share(segments):
    found = share_of(segments)
    assert found.robust >= found.share.low


@given(planes())
def test_the_robust_share_drops_at_most_a_tenth_of_the_human_seconds(segments):
    human = sum((s.seconds for s in segments if s.state is State.HUMAN), Fraction(0))
    assert sum((end - start for start, end in dull_seconds(segments)), Fraction(0)) <= human / 10


@given(planes())
def test_a_film_as_lively_all_through_has_no_other_robust_share(segments):
    lively = [replace(segment, information=Fraction(5)) for segment in segments]
    found = share_of(lively)
    assert (found.robust, dull_seconds(lively)) == (found.share.low, [])


def film_of(*parts: tuple[int, State, int]) -> list[Segment]:
    """Segments of so many seconds, state and information, one after the other."""
    start, segments = Fraction(0), []
    for seconds, state, information in parts:
        alpha = ALL if state is State.AI else NOTHING
        segments.append(Segment(start, start + seconds, state, alpha, information=Fraction(information)))
        start += seconds
    return segments


def test_padding_with_dull_human_seconds_shows_as_a_gap():
    honest = film_of((40, State.AI, 8), (60, State.HUMAN, 9))
    padded = film_of((40, State.AI, 8), (60, State.HUMAN, 9), (20, State.HUMAN, 1))
    assert share_of(honest).robust == share_of(honest).share.low == Fraction(2, 5)
    assert share_of(padded).share.low == Fraction(1, 3)
    assert share_of(padded).robust == Fraction(40, 112)
    assert dull_seconds(padded) == [(Fraction(100), Fraction(108))]


OPEN = (State.AI, State.HUMAN, State.MIXED, State.UNKNOWN, State.NEUTRAL)


@given(planes(states=OPEN))
def test_the_todo_list_is_worth_the_width_of_the_share(segments):
    verdict = verdict_on(plane="picture", segments=segments, cap=Fraction(2, 5))
    assert sum((item.worth for item in verdict.todo), Fraction(0)) == share_of(segments).share.width


@given(planes())
def test_the_todo_list_is_ranked_by_worth(segments):
    worths = [item.worth for item in verdict_on(plane="picture", segments=segments, cap=Fraction(0)).todo]
    assert worths == sorted(worths, reverse=True)


@given(planes(states=(State.AI, State.HUMAN, State.UNKNOWN)), st.integers(0, 100))
def test_proving_enough_of_the_list_brings_the_film_within_its_cap(segments, percent):
    cap = Fraction(percent, 100)
    verdict = verdict_on(plane="picture", segments=segments, cap=cap)
    if verdict.enough is None:
        assert share_of(segments).share.low > cap
        return
    proven = verdict.todo[: verdict.enough]
    after = [
        replace(s, state=State.HUMAN, alpha=NOTHING)
        if s.state is State.UNKNOWN and any(t.start <= s.start and s.end <= t.end for t in proven)
        else s
        for s in segments
    ]
    assert judged(share_of(after).share, cap) is Result.WITHIN


def ends_of_all_borders(segments: list[Segment]) -> tuple[Fraction, Fraction]:
    """Least and greatest share over every way to move the loose borders either way."""
    shares = []
    for signs in product((-1, 0, 1), repeat=len(segments) - 1):
        edges = [
            segments[0].start,
            *(s.start + sign * s.loose for sign, s in zip(signs, segments[1:], strict=True)),
        ]
        edges.append(segments[-1].end)
        moved = [
            replace(segment, start=first, end=last, loose=Fraction(0))
            for segment, (first, last) in zip(segments, pairwise(edges), strict=True)
        ]
        shares.append(share_of(moved).share)
    return min(share.low for share in shares), max(share.high for share in shares)


@given(planes(least=2).filter(lambda segments: len(segments) <= 5), st.data())
def test_loose_borders_open_the_share_to_the_ends_that_moving_them_reaches(segments, data):
    for at in range(1, len(segments)):
        most = min(segments[at - 1].seconds, segments[at].seconds) / 4
        segments[at] = replace(
            segments[at], loose=most * data.draw(st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1)]))
        )
    assert (share_of(segments).share.low, share_of(segments).share.high) == ends_of_all_borders(segments)


@given(planes())
def test_a_loose_border_never_takes_anything_from_the_interval(segments):
    loose = [replace(segment, loose=Fraction(1, 25)) for segment in segments]
    assert share_of(loose).share.holds(share_of(segments).share)


def test_a_loose_border_moves_no_further_than_a_quarter_of_what_lies_beside_it():
    segments = [
        Segment(Fraction(0), Fraction(4), State.AI, ALL),
        Segment(Fraction(4), Fraction(8), State.HUMAN, NOTHING, loose=Fraction(100)),
    ]
    assert share_of(segments).share == Interval(Fraction(3, 8), Fraction(5, 8))
