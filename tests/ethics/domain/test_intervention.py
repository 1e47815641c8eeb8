from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ethics.domain.intervention import (
    BETAS,
    MOST_FOR_AI,
    VERSION,
    WEIGHTS,
    EditFacts,
    GenerationFacts,
    ai_source_score,
    edit_term,
    factors,
    intervention,
    picture_term,
    ruleset_hash,
)
from ethics.domain.segments import ALL, ANYTHING, NOTHING, Segment, State, split
from tests.ethics.domain.drawing import intervals, parts, planes, use

VECTORS = Path(__file__).parents[3] / "fixtures" / "vectors"

processes = st.builds(
    GenerationFacts,
    control=parts,
    direction=parts,
    iterations=st.integers(0, 40),
    candidates=st.integers(0, 40),
    alteration=parts,
    grade=st.integers(0, 3),
)
books = st.dictionaries(st.sampled_from(["generated-1", "generated-2"]), processes)
MEASURES = ["control", "direction", "alteration"]


@given(processes)
def test_an_ai_source_never_scores_more_than_its_ceiling(facts):
    score = ai_source_score(facts)
    assert 0 <= score.low <= score.high <= MOST_FOR_AI


@given(processes, st.sampled_from(MEASURES), parts)
def test_more_of_anything_never_lowers_the_score(facts, name, more):
    richer = replace(facts, **{name: max(getattr(facts, name), more)})
    assert ai_source_score(richer).high >= ai_source_score(facts).high


@given(processes, st.sampled_from(["iterations", "candidates"]), st.integers(1, 20))
def test_each_further_step_adds_less(facts, name, count):
    def score(extra: int) -> Fraction:
        return factors(replace(facts, **{name: count + extra}))[
            "iteration" if name == "iterations" else "selection"
        ]

    # Rounded to six decimals, two neighbouring steps may differ by one in the last place.
    assert score(2) - score(1) <= score(1) - score(0) + Fraction(2, 10**6)


def test_prompts_alone_never_exceed_their_weight():
    assert ai_source_score(GenerationFacts(direction=1)).high == BETAS["direction"]


def test_a_new_seed_alone_earns_nothing():
    assert ai_source_score(GenerationFacts(iterations=0)) == NOTHING


def test_a_weak_record_raises_only_the_upper_end():
    score = ai_source_score(GenerationFacts(control=1, grade=1))
    assert (score.low, score.high) == (0, Fraction(55, 100))


@given(planes(), books)
def test_the_parts_of_the_picture_add_up_exactly(segments, facts):
    term = picture_term(segments, facts)
    if term is None:
        assert {segment.state for segment in segments} == {State.NEUTRAL}
        return
    assert sum((part.points.low for part in term.sources), Fraction(0)) == term.value.low
    assert sum((part.points.high for part in term.sources), Fraction(0)) == term.value.high
    assert sum((part.time for part in term.sources), Fraction(0)) == 1


@given(planes(), books, st.data())
def test_cutting_a_clip_in_two_changes_no_term(segments, facts, data):
    index = data.draw(st.integers(0, len(segments) - 1))
    whole = segments[index]
    halves = split(whole, whole.start + whole.seconds / 3)
    assert picture_term([*segments[:index], *halves, *segments[index + 1 :]], facts) == picture_term(
        segments, facts
    )


@given(planes(), books, st.data())
def test_replacing_people_by_ai_never_raises_the_degree(segments, facts, data):
    index = data.draw(st.integers(0, len(segments) - 1))
    human = replace(segments[index], state=State.HUMAN, alpha=NOTHING, sources=(use("r", "rush"),))
    ai = replace(segments[index], state=State.AI, alpha=ALL, sources=(use("generated-1", "generated"),))
    before = picture_term([*segments[:index], human, *segments[index + 1 :]], facts)
    after = picture_term([*segments[:index], ai, *segments[index + 1 :]], facts)
    assert after.value.low <= before.value.low
    assert after.value.high <= before.value.high


@given(planes(states=(State.HUMAN,)))
def test_people_alone_have_the_whole_picture(segments):
    assert picture_term(segments, {}).value == ALL


@given(planes(states=(State.AI,)))
def test_untouched_ai_has_none_of_it(segments):
    assert picture_term(segments, {}).value == NOTHING


@given(planes(states=(State.UNKNOWN,)))
def test_the_unknown_may_be_anything(segments):
    assert picture_term(segments, {}).value == ANYTHING


counts = st.none() | st.integers(0, 60)
edits = st.builds(
    EditFacts,
    versions=counts,
    changes=counts,
    distinct=st.none() | st.integers(0, 9),
    available=st.none() | st.integers(0, 600).map(Fraction),
    used=st.none() | st.integers(0, 600).map(Fraction),
    operations=counts,
)


@given(edits)
def test_the_edit_is_bounded_and_its_record_narrows_it(facts):
    term = edit_term(facts)
    if term is None:
        assert (facts.versions, facts.changes, facts.operations) == (None, None, None)
        return
    richer = edit_term(replace(facts, versions=facts.versions if facts.versions is not None else 3))
    assert term.value.holds(richer.value)


@given(edits, st.sampled_from(["versions", "changes", "operations"]), st.integers(0, 40))
def test_more_editing_never_lowers_the_edit(facts, name, count):
    less, more = replace(facts, **{name: count}), replace(facts, **{name: count + 1})
    assert edit_term(more).value.low >= edit_term(less).value.low


@given(planes(), edits, intervals, intervals, intervals)
def test_the_terms_add_up_to_the_degree_and_the_weights_to_one(segments, facts, script, sound, reflection):
    found = intervention(
        picture=picture_term(segments, {}),
        edit=edit_term(facts),
        script=script,
        sound=sound,
        reflection=reflection,
    )
    assert sum(found.weights.values()) == 1
    assert 0 <= found.low <= found.high <= 100
    assert found.low == sum(100 * found.weights[term.name] * term.value.low for term in found.terms)
    assert found.high == sum(100 * found.weights[term.name] * term.value.high for term in found.terms)


def test_a_term_with_nothing_to_judge_gives_its_weight_to_the_others():
    found = intervention(picture=None, edit=edit_term(EditFacts(versions=1)), script=ALL)
    assert found.weights == {"E": Fraction(20, 35), "S": Fraction(15, 35)}


def test_nothing_to_judge_at_all_is_no_degree():
    found = intervention(picture=None, edit=None)
    assert (found.low, found.high, found.terms) == (0, 0, ())


def test_a_film_of_people_in_everything_but_the_edit_is_a_hundred():
    segments = [Segment(Fraction(0), Fraction(9), State.HUMAN, NOTHING, (use("r", "rush"),))]
    found = intervention(picture=picture_term(segments, {}), edit=None, script=ALL, sound=ALL, reflection=ALL)
    assert (found.low, found.high) == (100, 100)


def test_the_ruleset_is_the_published_one():
    published = json.loads((VECTORS / "ruleset_v1.json").read_text(encoding="utf-8"))
    assert {"version": VERSION, "ruleset": ruleset_hash()} == published


def test_the_terms_weigh_what_the_measure_says():
    percent = {name: int(100 * weight) for name, weight in WEIGHTS.items()}
    assert percent == {"P": 45, "E": 20, "S": 15, "A": 10, "R": 10}


@given(planes(), books, st.randoms(use_true_random=False))
def test_the_order_of_segments_changes_no_score(segments, facts, random):
    shuffled = random.sample(segments, len(segments))
    assert picture_term(shuffled, facts) == picture_term(segments, facts)


@given(planes(), books, st.integers(1, 500))
def test_padding_with_neutral_frames_changes_no_score(segments, facts, frames):
    end = segments[-1].end
    padding = Segment(end, end + Fraction(frames, 25), State.NEUTRAL, NOTHING)
    assert picture_term([*segments, padding], facts) == picture_term(segments, facts)


@given(planes(), books, st.sampled_from(["generated-1", "generated-2"]), processes)
def test_a_better_record_never_widens_the_picture_term(segments, facts, source, known):
    weak = replace(known, grade=1)
    before = picture_term(segments, {**facts, source: weak})
    after = picture_term(segments, {**facts, source: replace(known, grade=2)})
    assert (before is None and after is None) or before.value.holds(after.value)


@given(planes(), books, processes, processes)
def test_what_is_only_claimed_raises_the_upper_end_only(segments, facts, known, claimed):
    plain = picture_term(segments, {**facts, "generated-1": known})
    told = picture_term(segments, {**facts, "generated-1": replace(known, claimed=claimed)})
    if plain is not None:
        assert told.value.low == plain.value.low
        assert told.value.high >= plain.value.high
