"""How many rows a forward takes, and whose turn it is: learned from what forwards took.

A forward has one of a few fixed sizes, its *bucket*; rows that are missing are filled up. A row's answer depends on the
bucket and, for some kernels, on its place in it, but never on its neighbours; so a picture can be re-made bit by bit from
the places its steps had. Which bucket is worth its while differs by engine, shape and device: on an H200 a 20-billion transformer
gains threefold from 8 rows at 512 × 512 and nothing from 2 at 1024 × 1024. So it is measured, not set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

MOST_ROWS = 64
GAIN = 1.05
"""A larger bucket is worth its while when it carries so many times the rows per second of the one below."""
PROBES = 3
"""So many forwards of a size are needed to judge it."""
FOLLOW = 0.1
"""Weight of a new measurement when the size is known already."""
FULL_ENOUGH = 0.75
"""A size nobody has measured is tried only when at least so large a share of its rows is real."""
LONG = 4.0
"""A forward is long when it takes so many times the shortest that waits."""
PATIENCE = 4.0
"""A long forward lets short ones go before it for at most so many times its own seconds."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What forwards of one engine, shape and device took.

    Attributes:
        seconds: Seconds of a forward by its bucket.
        counts: How often each bucket was measured.
        limit: Memory ran out at this many rows; 0 when it never did.
        failures: How often it ran out.
    """

    seconds: Mapping[int, float] = field(default_factory=dict)
    counts: Mapping[int, int] = field(default_factory=dict)
    limit: int = 0
    failures: int = 0

    @property
    def cap(self) -> int:
        """Return the largest bucket to use: as far as each doubling paid, and one further while that is unknown."""
        known = sorted(size for size, count in self.counts.items() if count >= PROBES and size < self.ceiling)
        if not known:
            return min(self.seconds, default=1)
        best = known[0]
        while 2 * best in known and self._pays(2 * best):
            best *= 2
        tries_next = 2 * best not in known and 2 * best < self.ceiling
        return 2 * best if tries_next else best

    @property
    def ceiling(self) -> int:
        """Return the number of rows not to be reached."""
        return self.limit or MOST_ROWS + 1

    def expected(self, size: int) -> float:
        """Return the seconds a forward of this bucket is expected to take; 0 when nothing was measured.

        An unmeasured size is reckoned in proportion from the nearest that was.
        """
        if not self.seconds:
            return 0.0
        nearest = min(self.seconds, key=lambda known: (abs(known - size), known))
        return self.seconds[nearest] * (size / nearest if nearest != size else 1)

    def _pays(self, size: int) -> bool:
        return size / self.seconds[size] >= GAIN * (size // 2) / self.seconds[size // 2]


def bucket_of(rows: int) -> int:
    """Return the least power of two that holds the rows (1 and up)."""
    return 1 << (rows - 1).bit_length()


def measured(curve: Curve, *, size: int, seconds: float) -> Curve:
    """Return the curve after one more forward of `size` rows.

    The least of the first few counts, since the first forwards of a size warm up caches and kernels; later ones move
    it slowly.
    """
    count, known = curve.counts.get(size, 0), curve.seconds.get(size, seconds)
    now = min(known, seconds) if count < PROBES else (1 - FOLLOW) * known + FOLLOW * seconds
    return replace(
        curve,
        seconds={**curve.seconds, size: max(now, 1e-9)},
        counts={**curve.counts, size: count + 1},
    )


def out_of_memory(curve: Curve, *, size: int) -> Curve:
    """Return the curve after memory ran out at a forward of `size` rows; a single row always stays allowed."""
    limit = max(2, min(size, curve.ceiling))
    return replace(curve, limit=limit, failures=curve.failures + 1)


def how_many(curve: Curve, calls: Sequence[int]) -> int:
    """Return how many of the waiting calls, first come first, make the best forward: least seconds per real row.

    Args:
        calls: Rows of each waiting call, in their order; never empty. The first always goes, however many rows it has.
    """
    best, best_cost, rows = 1, float("inf"), 0
    for count, of_call in enumerate(calls, start=1):
        rows += of_call
        size = bucket_of(rows)
        if count > 1 and size > max(curve.cap, bucket_of(calls[0])):
            break
        is_probe = count > 1 and curve.counts.get(size, 0) < PROBES
        if is_probe and rows < FULL_ENOUGH * size:
            continue
        cost = curve.expected(size) / rows
        if cost < best_cost * (1 - 1e-6) or is_probe:
            best, best_cost = count, cost
    return best


def jobs_at_once(curve: Curve, *, rows: int) -> int:
    """Return how many jobs with so many rows each keep the largest worthwhile forward full, with one in reserve.

    The one in reserve steps in while another encodes its words or decodes its picture.
    """
    return max(1, curve.cap // max(1, rows)) + 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """A group of calls that could share forwards.

    Attributes:
        seconds: What its next forward is expected to take; 0 when unknown.
        passed_over: Seconds given to other groups since its last forward, or since it came.
    """

    seconds: float
    passed_over: float


def whose_turn(groups: Sequence[Waiting]) -> int:
    """Return the index of the group that goes next: short ones in turn, a long one when its patience is at an end.

    So a film waits at a step border while pictures are made, but gets a fifth of the time at least.
    """
    shortest = min(group.seconds for group in groups)

    def rank(index: int) -> tuple[int, float, int]:
        group = groups[index]
        is_long = group.seconds > LONG * shortest > 0
        out_of_patience = is_long and group.passed_over >= PATIENCE * group.seconds
        return (0 if out_of_patience else 2 if is_long else 1, -group.passed_over, index)

    return min(range(len(groups)), key=rank)


def shares(seconds: float, rows: Sequence[int]) -> list[float]:
    """Return what each call is charged of a forward: by its rows, the rows that only fill up being borne by all."""
    return [seconds * of_call / sum(rows) for of_call in rows]


def trace(places: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the places of successive calls as runs of [bucket, first row, times], for the recipe."""
    runs: list[list[int]] = []
    for bucket, start in places:
        if runs and runs[-1][:2] == [bucket, start]:
            runs[-1][2] += 1
        else:
            runs.append([bucket, start, 1])
    return runs


def untrace(runs: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return the places of successive calls from a recipe's runs."""
    return [(bucket, start) for bucket, start, times in runs for _time in range(times)]
