"""Who asks for what and when: seeded, so that a run can be repeated. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

HOG = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of one person.

    Attributes:
        at: Seconds after the scene begins.
        seconds: Length of a clip; 0 for a picture.
    """

    at: float
    person: int
    steps: int
    seed: int
    seconds: float = 0.0

    @property
    def is_video(self) -> bool:
        return self.seconds > 0


def steady(*, per_length: int, lengths: Sequence[int], people: int, rng: Random) -> list[Ask]:
    """Everything is asked for at the beginning; lengths in steps are mixed."""
    steps = [length for length in lengths for _number in range(per_length)]
    rng.shuffle(steps)
    return [Ask(0.0, index % people, count, _seed(rng)) for index, count in enumerate(steps)]


def burst(*, people: int, span: float, most: int, lengths: Sequence[int], rng: Random) -> list[Ask]:
    """Before a deadline: each asks for a Pareto-distributed number of jobs (1 to `most`), most of them late."""
    asks = []
    for person in range(people):
        for _number in range(min(most, int(rng.paretovariate(1.2)))):
            at = span * rng.random() ** 0.5
            asks.append(Ask(at, person, rng.choice(lengths), _seed(rng)))
    return sorted(asks, key=lambda ask: ask.at)


def hog(*, jobs: int, small: int, each: int, steps: int, rng: Random) -> list[Ask]:
    """Person 0 fills the queue; then `small` people ask for a few jobs each."""
    asks = [Ask(0.0, HOG, steps, _seed(rng)) for _number in range(jobs)]
    late = [Ask(0.0, person, steps, _seed(rng)) for _number in range(each) for person in range(1, small + 1)]
    return asks + late


def mixed(*, pictures: int, clips: int, steps: int, seconds: float, people: int, rng: Random) -> list[Ask]:
    """Pictures and clips at once, from the same people."""
    kinds = [0.0] * pictures + [seconds] * clips
    rng.shuffle(kinds)
    return [Ask(0.0, index % people, steps, _seed(rng), length) for index, length in enumerate(kinds)]


def _seed(rng: Random) -> int:
    return rng.randrange(2**31 - 1)
