"""How well a stranger's material must agree before it is believed: the more is searched, the better (MEASURE §3).

Of so many frames that a film is compared with, some agree with it by chance, and the best of them agrees the better the more
there are. Over many pairs that show nothing of each other the number of frames that reach an agreement falls by a constant
factor per step of `FALSE_STEP` in its Fisher transform (an exponential tail; its maximum is Gumbel's). So the agreement that is reached
by chance once in `FILMS_PER_FALSE` films grows with the logarithm of what is compared. What the makers had at hand
themselves is a handful of files with a reason to be there, and keeps the tracer's own bound.
"""

from __future__ import annotations

import math
from fractions import Fraction

FILMS_PER_FALSE = 1000
"""At most one film in so many may show a segment of somebody else's material by chance."""

FALSE_LEVEL, FALSE_STEP = 0.74, 0.06
"""Fisher-transformed agreement that one pair in `PAIRS_AT_LEVEL` of a film's window and a frame that shows something else reaches
by chance, and the step by which that becomes e times rarer. From the best hundred of 88,000 pairs of real clips and
strangers (the best of all reached 0.55; the fit gives 0.53), see docs/decisions/0012."""

PAIRS_AT_LEVEL = 1_000_000

WINDOW_SECONDS = 2
"""A film is compared with references in windows of about so many seconds."""

SHORTEST_FILM = Fraction(60)
"""A shorter film is judged like one of a minute."""


def least_agreement(*, frames: int, seconds: Fraction) -> Fraction:
    """Agreement from which a run of a stranger's reference is believed, [0, 1), to four decimals.

    Args:
        frames: Frames of strangers' references that were searched.
        seconds: Length of the film.
    """
    pairs = pairs_of(frames=frames, seconds=seconds) * FILMS_PER_FALSE
    reached = FALSE_LEVEL + FALSE_STEP * math.log(pairs / PAIRS_AT_LEVEL)
    return Fraction(math.ceil(10_000 * math.tanh(max(0.0, reached))), 10_000)


def false_films_per_1000(agreement: float, *, frames: int, seconds: Fraction) -> float:
    """How many films in a thousand show a stranger's reference by chance when this agreement is enough."""
    rarer = math.exp((FALSE_LEVEL - math.atanh(agreement)) / FALSE_STEP) / PAIRS_AT_LEVEL
    return -1000 * math.expm1(-rarer * pairs_of(frames=frames, seconds=seconds))


def pairs_of(*, frames: int, seconds: Fraction) -> float:
    """How many pairs of a window and a frame a film of this length makes with so many frames."""
    return float(max(seconds, SHORTEST_FILM) / WINDOW_SECONDS * max(1, frames))
