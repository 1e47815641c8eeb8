"""Borders that no cut shows, and what counts as shown again, on runs laid by hand over frames of noise."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from ethics.backends.segmenting import Material, picture_segments
from ethics.domain.segments import Segment
from footage.decode import Array, Head
from footage.fingerprints import WHOLE, Reference
from footage.trace import Film, Run

FPS = 25
FRAME = Fraction(1, FPS)


def still(seed: int, count: int) -> Array:
    """One picture of noise, uint8 (count, 36, 64)."""
    return np.repeat(np.random.default_rng(seed).integers(0, 256, (1, 36, 64), np.uint8), count, axis=0)


def film(*shots: Array, cuts: tuple[int, ...] = (), held: tuple[tuple[int, int], ...] = ()) -> Film:
    greys = np.concatenate(shots)
    count = len(greys)
    return Film(
        head=Head(width=640, height=360, fps=Fraction(FPS), seconds=Fraction(count, FPS)),
        starts=tuple(Fraction(number, FPS) for number in range(count)),
        end=Fraction(count, FPS),
        greys=greys,
        rows=np.full((count, 72), 255, np.uint8),
        columns=np.full((count, 128), 255, np.uint8),
        kinds=("",) * count,
        cuts=cuts,
        held=held,
        fine=np.zeros((0, 72, 128), np.uint8),
        fine_frames=(),
    )


def run(key: str, first: int, last: int, *, shows: float, is_timed: bool = True, speed: float = 1.0) -> Run:
    """Frames `first` to `last` of the film show the source from second `shows` on."""
    return Run(
        key=key,
        first=first,
        last=last,
        speed=speed,
        offset=shows - speed * first / FPS,
        rect=WHOLE,
        moving=False,
        scores=np.full(last - first, 0.99, np.float32),
        covered=1.0,
        sharp=0.0,
        is_timed=is_timed,
    )


def reference() -> Reference:
    times = np.arange(0, 10, 0.08)
    return Reference(
        still=False,
        width=640,
        height=360,
        seconds=Fraction(10),
        file_hash="",
        stream_hash="",
        times=times,
        greys=np.random.default_rng(0).integers(0, 256, (len(times), 36, 64), np.uint8),
        sound=None,
    )


MATERIALS = {"take": Material("rush", reference()), "clip": Material("generated", reference())}


def segments(shown: Film, *runs: Run) -> list[Segment]:
    return picture_segments(shown, runs, MATERIALS)


def told(found: list[Segment]) -> list[tuple[float, float, str, str]]:
    return [(float(one.start), float(one.end), str(one.state), one.why) for one in found]


def test_a_clean_cut_is_known_to_the_frame():
    shown = film(still(1, 50), still(2, 50), cuts=(50,))
    take, clip = segments(shown, run("take", 0, 50, shows=0), run("clip", 50, 100, shows=0))
    assert (take.loose, clip.loose) == (0, 0)


@pytest.mark.parametrize("border", [50, 51], ids=["in the frame after", "in the frame before"])
def test_a_cut_that_is_smeared_over_a_frame_is_loose_by_it(border):
    before, after = still(1, 50), still(2, 50)
    mixed = ((before[:1].astype(np.uint16) + after[:1]) // 2).astype(np.uint8)
    shown = film(before, mixed, after, cuts=(border,))
    _, clip = segments(shown, run("take", 0, border, shows=0), run("clip", border, 101, shows=0))
    assert clip.loose == FRAME


def test_a_border_without_a_cut_is_loose_and_one_that_changes_no_share_is_not():
    shown = film(still(1, 100))
    _, clip = segments(shown, run("take", 0, 50, shows=0), run("clip", 50, 100, shows=0))
    assert clip.loose == FRAME
    _, other = segments(shown, run("take", 0, 50, shows=0), run("take", 50, 100, shows=5))
    assert other.loose == 0


def test_where_a_picture_begins_to_stand_still_is_known_to_two_frames():
    shown = film(still(1, 150), held=((50, 150),))
    _, held = segments(shown, run("take", 0, 50, shows=0), run("take", 50, 150, shows=2, speed=0.0))
    assert (held.why, held.loose) == ("held", 2 * FRAME)


def test_what_is_shown_again_counts_once_when_its_time_is_known():
    shown = film(still(1, 50), still(2, 50), cuts=(50,))
    twice = [run("take", 0, 50, shows=1), run("take", 50, 100, shows=1)]
    assert told(segments(shown, *twice)) == [(0, 2, "H", ""), (2, 4, "N", "repeat")]


def test_what_may_be_any_moment_of_a_take_is_no_repeat():
    shown = film(still(1, 50), still(2, 50), cuts=(50,))
    twice = [run("take", 0, 50, shows=1), run("take", 50, 100, shows=1, is_timed=False)]
    assert [state for *_, state, _ in told(segments(shown, *twice))] == ["H", "H"]


def test_two_frames_beside_a_repeat_are_repeated_too():
    shown = film(still(1, 50), still(2, 50), still(3, 25), cuts=(50, 100))
    runs = [run("take", 0, 50, shows=1), run("take", 50, 100, shows=1.08), run("clip", 100, 125, shows=0)]
    assert told(segments(shown, *runs)) == [(0, 2, "H", ""), (2, 4, "N", "repeat"), (4, 5, "A", "")]


def test_a_take_that_plays_on_after_its_repeat_counts_again():
    shown = film(still(1, 50), still(2, 75), still(3, 25), cuts=(50, 125))
    runs = [run("take", 0, 50, shows=1), run("take", 50, 125, shows=1), run("clip", 125, 150, shows=0)]
    assert told(segments(shown, *runs)) == [
        (0, 2, "H", ""),
        (2, 4, "N", "repeat"),
        (4, 5, "H", ""),
        (5, 6, "A", ""),
    ]
