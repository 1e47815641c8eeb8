"""How far a line may be bent to fit its slot."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.cues import Cue
from generation.domain.dubbing import (
    FASTEST_PACE,
    FASTEST_TEMPO,
    SLOWEST_PACE,
    Fit,
    misfits,
    pace_for,
    tempo_for,
)

SECONDS = st.fractions(Fraction(1, 10), 20, max_denominator=1000)


@pytest.mark.parametrize(
    ("natural", "slot", "fills", "pace"),
    [
        (2, 4, False, 1), (2, 4, True, SLOWEST_PACE), (9, 10, True, Fraction(9, 10)),
        (12, 10, False, Fraction(6, 5)), (30, 10, True, FASTEST_PACE),
    ],
)  # fmt: skip
def test_a_long_line_is_spoken_faster_and_a_short_one_slower_only_on_request(natural, slot, fills, pace):
    assert pace_for(natural=Fraction(natural), slot=Fraction(slot), fills=fills) == pace


@given(SECONDS, SECONDS, st.booleans())
def test_pace_and_tempo_keep_their_limits(natural, slot, fills):
    pace = pace_for(natural=natural, slot=slot, fills=fills)
    assert SLOWEST_PACE <= pace <= FASTEST_PACE
    assert 1 <= tempo_for(spoken=natural / pace, slot=slot) <= FASTEST_TEMPO


@given(SECONDS, SECONDS)
def test_what_the_limits_can_reach_fits(natural, slot):
    pace = pace_for(natural=natural, slot=slot, fills=False)
    tempo = tempo_for(spoken=natural / pace, slot=slot)
    fit = Fit(Cue(1, Fraction(0), slot, "x"), natural, pace, tempo, natural / pace / tempo)
    assert (fit.over == 0) == (
        natural <= (slot + Fraction(1, 50)) * FASTEST_PACE * FASTEST_TEMPO
        or fit.seconds <= slot + Fraction(1, 50)
    )


def test_lines_that_stay_too_long_are_named_with_their_seconds():
    def fit(number, begin, seconds):
        return Fit(
            Cue(number, Fraction(begin), Fraction(begin + 1), "x"),
            Fraction(2),
            FASTEST_PACE,
            FASTEST_TEMPO,
            Fraction(seconds),
        )

    fits = [fit(1, 0, Fraction(1)), fit(2, 4, Fraction(182, 100)), fit(3, 65, Fraction(132, 100))]
    assert misfits(fits) == "2 (0:04.0): 0.8 s; 3 (1:05.0): 0.3 s"
    assert misfits(fits[:1]) == ""
