"""What would raise the degree: exact, ranked, and nothing that brings nothing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ethics.domain.edit_term import EditFacts
from ethics.domain.picture_term import GenerationFacts
from ethics.domain.profiles import DEFAULT_PROFILE, PROFILES, TERMS
from ethics.domain.raising import LEAST_POINTS, MOST_WAYS, Facts, degree_of, ways_up
from ethics.domain.reflection import CRITERIA, reflection_term
from ethics.domain.segments import ALL, ANYTHING, NOTHING, Segment, State
from ethics.domain.stages import stages_of
from tests.ethics.domain.drawing import planes, use
from tests.ethics.domain.test_intervention import books, edits

marks = st.dictionaries(st.sampled_from(CRITERIA), st.integers(0, 4))
films = st.builds(
    Facts,
    planes=st.fixed_dictionaries(
        {"picture": planes()}, optional={"voice": planes(), "music": planes(), "script": planes()}
    ),
    processes=books,
    edit=edits,
    reflection=marks.map(reflection_term),
    profile=st.sampled_from(list(PROFILES.values())),
)
CLIP = Segment(Fraction(0), Fraction(6), State.AI, ALL, (use("generated-1", "generated"),))
TAKE = Segment(Fraction(6), Fraction(10), State.HUMAN, NOTHING, (use("rush-1", "rush"),))


def codes(facts: Facts) -> list[str]:
    return [way.code for way in ways_up(facts)]


@given(films)
def test_ways_are_worth_their_points_and_ranked_by_them(facts):
    ways = ways_up(facts)
    points = [way.points for way in ways]
    assert points == sorted(points, reverse=True)
    assert len(ways) <= MOST_WAYS
    assert all(LEAST_POINTS <= one <= 100 for one in points)


@given(films)
def test_the_degree_is_bounded_and_its_terms_add_up_in_every_profile(facts):
    found = degree_of(facts)
    assert 0 <= found.low <= found.high <= 100
    assert found.low == sum(100 * found.weights[term.name] * term.value.low for term in found.terms)
    assert sum(found.weights.values()) in (0, 1)


@given(films)
def test_a_film_that_is_peoples_throughout_has_nothing_left_to_raise_but_the_edit(facts):
    mine = replace(TAKE, start=Fraction(0))
    whole = replace(
        facts,
        planes={key: [mine] for key in ("picture", "voice", "script")},
        reflection=reflection_term(dict.fromkeys(CRITERIA, 4)),
    )
    assert {way.term for way in ways_up(whole)} <= {"E"}


def test_a_generated_shot_is_raised_by_its_making_and_names_it():
    ways = {way.code: way for way in ways_up(Facts({"picture": [CLIP, TAKE]}))}
    picture = {code: way.source for code, way in ways.items() if way.term == "P"}
    assert picture == dict.fromkeys(
        ("control", "alteration", "selection", "iteration", "direction"), "generated-1"
    )
    assert ways["control"].points > ways["selection"].points > ways["direction"].points


def test_the_source_for_which_it_would_do_most_is_named():
    long = replace(CLIP, end=Fraction(4))
    short = replace(CLIP, start=Fraction(4), sources=(use("generated-2", "generated"),))
    done = {"generated-1": GenerationFacts(control=1)}
    ways = {way.code: way.source for way in ways_up(Facts({"picture": [long, short]}, done))}
    assert (ways["control"], ways["alteration"]) == ("generated-2", "generated-2")


def test_what_is_open_is_raised_by_proof():
    unknown = Segment(Fraction(0), Fraction(3), State.UNKNOWN, ANYTHING)
    (first, *_) = ways_up(Facts({"picture": [unknown, TAKE], "voice": [unknown]}))
    assert (first.code, first.term) == ("prove", "P")
    assert "prove-voice" in codes(Facts({"picture": [TAKE], "voice": [unknown]}))


def test_a_script_that_is_missing_unrecorded_or_drafted_has_a_way_of_its_own():
    unknown = Segment(Fraction(0), Fraction(90), State.UNKNOWN, ANYTHING)
    drafted = Segment(Fraction(90), Fraction(99), State.AI, ALL, (use("d", "generated"),))
    assert "script" in codes(Facts({"picture": [CLIP]}))
    found = codes(Facts({"picture": [CLIP], "script": [unknown, drafted]}))
    assert {"script-record", "script-rewrite"} <= set(found)
    assert "script" not in found


def test_a_timeline_that_was_not_given_is_asked_for():
    shots = [replace(TAKE, start=Fraction(n), end=Fraction(n + 1)) for n in range(8)]
    facts = Facts({"picture": shots}, edit=EditFacts(versions=1, changes=7, distinct=2))
    assert "timeline" in codes(facts)
    assert "timeline" not in codes(replace(facts, edit=replace(facts.edit, operations=3)))


def test_every_profile_weighs_every_term_and_the_third_is_the_measures():
    assert {sum(profile.weights.values()) for profile in PROFILES.values()} == {1}
    assert {tuple(profile.weights) for profile in PROFILES.values()} == {TERMS}
    assert DEFAULT_PROFILE is PROFILES[3]
    assert {name: int(100 * weight) for name, weight in DEFAULT_PROFILE.weights.items()} == {
        "P": 45, "E": 20, "S": 15, "A": 10, "R": 10,
    }  # fmt: skip


@given(marks)
def test_reflection_is_the_mean_of_the_marks_that_were_given(given_marks):
    term = reflection_term(given_marks)
    if not given_marks:
        assert term is None
        return
    mean = Fraction(sum(given_marks.values()), 4 * len(given_marks))
    assert (term.value.low, term.value.high) == (mean, mean)


@given(films)
def test_the_stages_and_what_is_open_add_up_exactly_to_the_upper_end(facts):
    found = degree_of(facts)
    stages = stages_of(found)
    assert sum(stages.values()) == found.high
    assert stages["open"] == found.high - found.low
    assert min(stages.values()) >= 0


def test_what_led_an_engine_is_translation_what_came_after_is_oversight_and_shooting_is_execution():
    done = {"generated-1": GenerationFacts(control=1, alteration=1)}
    stages = stages_of(degree_of(Facts({"picture": [CLIP, TAKE]}, done)))
    assert stages["execution"] == 40
    assert stages["translation"] > stages["oversight"] > 0
    assert stages["conception"] == 0


def test_an_engine_left_alone_earns_nothing_at_any_stage():
    assert set(stages_of(degree_of(Facts({"picture": [CLIP]}))).values()) == {0}
