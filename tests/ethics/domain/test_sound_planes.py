from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethics.domain.segments import ALL, ANYTHING, NOTHING, Interval, State
from ethics.domain.sound_planes import LEAST_REST, Sounding, plane_named, sounding_alpha, state_of

shares = st.fractions(Fraction(1, 50), 1, max_denominator=50)
alphas = st.sampled_from([NOTHING, ALL, ANYTHING])
soundings = st.lists(st.builds(Sounding, shares, alphas, st.booleans()), min_size=1, max_size=4)
rests = st.fractions(0, 1, max_denominator=50)


@pytest.mark.parametrize(
    ("name", "plane"),
    [
        ("DIALOGUE 1", "voice"),
        ("VO_take3.wav", "voice"),
        ("dialogue.dialogue-1", "voice"),
        ("music.music-2", "music"),
        ("MX", "music"),
        ("FX_02", "effects"),
        ("Foley left", "effects"),
        ("对白轨", "voice"),
        ("主题曲_最终.wav", "music"),
        ("环境声", "effects"),
        ("A1", None),
        ("", None),
        ("Inbox.wav", None),
        ("music and dialogue", None),
    ],
)
def test_names_of_tracks_and_files_tell_the_plane(name, plane):
    assert plane_named(name) == plane


def test_the_first_name_that_tells_one_is_taken():
    assert plane_named("ZOOM0012.WAV", "score_final.wav") == "music"


@given(soundings, rests)
def test_a_plane_is_bounded(heard, rest):
    alpha = sounding_alpha(heard, rest)
    assert 0 <= alpha.low <= alpha.high <= 1


@given(soundings)
def test_a_plane_of_one_fraction_has_it_whatever_the_energies(heard):
    same = [Sounding(one.energy, heard[0].alpha) for one in heard]
    assert sounding_alpha(same, Fraction(0)) == heard[0].alpha


@given(soundings, rests, st.data())
def test_a_generated_sound_in_place_of_a_persons_never_lowers_the_plane(heard, rest, data):
    place = data.draw(st.integers(0, len(heard) - 1))
    person = [*heard[:place], Sounding(heard[place].energy, NOTHING), *heard[place + 1 :]]
    machine = [*heard[:place], Sounding(heard[place].energy, ALL), *heard[place + 1 :]]
    before, after = sounding_alpha(person, rest), sounding_alpha(machine, rest)
    assert before.low <= after.low
    assert before.high <= after.high


@given(soundings, rests)
def test_more_that_is_unexplained_proves_no_more(heard, rest):
    alone = sounding_alpha(heard, Fraction(0))
    beside = sounding_alpha(heard, rest)
    assert beside.low <= alone.low


def test_a_little_that_is_unexplained_counts_as_noise():
    assert sounding_alpha([Sounding(Fraction(1), NOTHING)], LEAST_REST - Fraction(1, 100)) == NOTHING


def test_what_is_unexplained_counts_by_its_energy_give_or_take_two_tenths():
    assert sounding_alpha([Sounding(Fraction(88, 100), NOTHING)], LEAST_REST) == Interval(
        Fraction(0), LEAST_REST + Fraction(2, 10)
    )
    assert sounding_alpha([Sounding(Fraction(3, 4), ALL)], Fraction(1, 4)) == Interval(
        Fraction(11, 20), Fraction(1)
    )


def test_two_voices_share_by_their_energy_give_or_take_a_tenth():
    heard = [Sounding(Fraction(3, 4), ALL), Sounding(Fraction(1, 4), NOTHING)]
    assert sounding_alpha(heard, Fraction(0)) == Interval(Fraction(13, 20), Fraction(17, 20))


def test_what_may_belong_elsewhere_does_not_thin_out_the_upper_end():
    heard = [Sounding(Fraction(3, 4), ALL), Sounding(Fraction(1, 4), NOTHING, is_certain=False)]
    assert sounding_alpha(heard, Fraction(0)) == Interval(Fraction(13, 20), Fraction(1))


@pytest.mark.parametrize(
    ("alpha", "states", "state"),
    [
        (NOTHING, [State.HUMAN], State.HUMAN),
        (ALL, [State.AI, State.AI], State.AI),
        (Interval(Fraction(1, 2), Fraction(1)), [State.AI, State.HUMAN], State.MIXED),
        (ANYTHING, [State.UNKNOWN], State.UNKNOWN),
        (Interval(Fraction(1, 2), Fraction(1)), [State.CONFLICT, State.HUMAN], State.CONFLICT),
    ],
)
def test_the_fraction_decides_the_state_and_a_conflict_stays_one(alpha, states, state):
    assert state_of(alpha, states) == state
