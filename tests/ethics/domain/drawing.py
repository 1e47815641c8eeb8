"""Strategies for segments of a plane."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from ethics.domain.segments import (
    ALL,
    ANYTHING,
    NOTHING,
    Evidence,
    Interval,
    Segment,
    SourceUse,
    State,
)

parts = st.integers(0, 20).map(lambda n: Fraction(n, 20))
intervals = st.tuples(parts, parts).map(lambda pair: Interval(min(pair), max(pair)))
seconds = st.integers(1, 200).map(lambda n: Fraction(n, 25))

ALPHAS = {
    State.AI: st.just(ALL),
    State.HUMAN: st.just(NOTHING),
    State.MIXED: intervals,
    State.UNKNOWN: st.just(ANYTHING),
    State.NEUTRAL: st.just(NOTHING),
    State.CONFLICT: parts.map(lambda low: Interval(low, Fraction(1))),
}


def use(source: str, kind: str, start: Fraction = Fraction(0)) -> SourceUse:
    evidence = Evidence("frame-match", 2, Fraction(99, 100), "The picture agrees.")
    return SourceUse(source, kind, start, Fraction(1), False, ALL, (evidence,))


@st.composite
def planes(draw, states=tuple(State), least=1):
    """Segments one after another from 0, each of its own source where its state has one."""
    found: list[Segment] = []
    start = Fraction(0)
    for _ in range(draw(st.integers(least, 8))):
        length = draw(seconds)
        state = draw(st.sampled_from(states))
        found.append(Segment(start, start + length, state, draw(ALPHAS[state]), sources_of(draw, state)))
        start += length
    return found


def sources_of(draw, state: State) -> tuple[SourceUse, ...]:
    if state in (State.UNKNOWN, State.NEUTRAL):
        return ()
    kind = "rush" if state is State.HUMAN else "generated"
    return (use(draw(st.sampled_from([f"{kind}-1", f"{kind}-2"])), kind),)
