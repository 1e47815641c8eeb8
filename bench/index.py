"""The index of reference frames at size: how fast it answers, what it misses, what it costs. Prints one JSON line last.

`python -m bench.index [--frames 1000000] [--seconds 60] [--folder DIR]`

The frames are synthetic: rows drawn with the mean and covariance of the descriptors of painted takes, frames of one shot alike.
Among them stand the real entries of painted takes that nobody else in the index has, and films cut from these under
attacks are what is asked. Everything is searched a second time by brute force over all rows, generated again.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from footage.decode import Array
from footage.fingerprints import WHOLE, Floats, grey
from footage.index import Entry, Index
from footage.index.asking import boxes
from footage.index.describing import PARTS, SIZES, Kind, described, mirrored, part
from footage.index.storing import put, rebuild
from footage.index.voting import HITS
from footage.painter.frames import picture_of
from footage.painter.scene import Scene, random_scene

SHOT = 50
"""Frames of one synthetic entry: ten seconds at five a second."""

TAKES, LEARNED_FROM, STOCK = 60, 240, 64
COMPARED, TIMED = 32, 500
"""Film-seconds that are compared with every row as well, and entries on which the time of that is taken."""
SIZE = {"width": 320, "height": 180}
ASKED_FRAMES = 5


@dataclass(frozen=True)
class Cloud:
    """Mean (d,) and a root of the covariance (d, d) of real descriptors."""

    mean: Floats
    root: Floats

    def drawn(self, random: np.random.Generator, count: int) -> Floats:
        """Vectors spread like real descriptors about their mean, float32 (count, d)."""
        return np.asarray(random.standard_normal((count, len(self.mean)), np.float32) @ self.root, np.float32)


class Sea:
    """Synthetic entries. The shot of each is drawn anew; what its frames and views add comes from a stock."""

    def __init__(self, spread: dict[Kind, Cloud]) -> None:
        random = np.random.default_rng(5)
        self.spread = spread
        self.stock = {
            kind: [
                np.repeat(0.45 * cloud.drawn(random, len(PARTS[kind])), SHOT, axis=0)
                + 0.4 * cloud.drawn(random, SHOT * len(PARTS[kind]))
                for _ in range(STOCK)
            ]
            for kind, cloud in spread.items()
        }

    def entry(self, number: int) -> Entry:
        """Entry number `number`, always the same."""
        random = np.random.default_rng([3, number])
        rows = {}
        for kind, cloud in self.spread.items():
            added = self.stock[kind][random.integers(STOCK)]
            drawn = cloud.mean + 0.8 * cloud.drawn(random, 1) + added
            rows[kind] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        return Entry(SHOT, rows[Kind.COSINE], rows[Kind.EDGES])


def takes(count: int, *, seed: int) -> list[Array]:
    """Painted takes of two seconds at five frames a second, uint8 (n, 180, 320, 3) each, blue-green-red."""
    random = np.random.default_rng(seed)
    return [_take(random_scene(random), number) for number in range(count)]


def _take(scene: Scene, seed: int) -> Array:
    picture = picture_of(scene, seed=seed, **SIZE)
    return np.stack([picture.at(t / 5)[:, :, ::-1] for t in range(10)])


def small(pictures: Iterable[Array]) -> Array:
    return np.stack([grey(cv2.resize(one, (128, 72), interpolation=cv2.INTER_AREA)) for one in pictures])


def clouds() -> dict[Kind, Cloud]:
    """What real descriptors are spread like."""
    greys = np.concatenate([small(take[:3]) for take in takes(LEARNED_FROM, seed=7)])
    found = {}
    for kind in Kind:
        rows = described(greys, WHOLE, kind)
        values, vectors = np.linalg.eigh(np.cov(rows.T) + 1e-4 * np.eye(SIZES[kind]))
        found[kind] = Cloud(rows.mean(axis=0), (vectors * np.sqrt(values)).T.astype(np.float32))
    return found


def painted(take: Array) -> Entry:
    """Entry of a painted take, as `entry_of` makes it of a reference."""
    greys = small(take)
    rows = {
        kind: np.concatenate([described(greys, part(WHOLE, *one), kind) for one in PARTS[kind]])
        for kind in Kind
    }
    return Entry(len(greys), rows[Kind.COSINE], rows[Kind.EDGES])


def entries(sea: Sea, own: list[Array], frames: int) -> Iterator[tuple[int, Entry]]:
    """Painted takes under the first owners, synthetic ones under the rest."""
    for owner, take in enumerate(own):
        yield owner, painted(take)
    left = frames - sum(len(take) for take in own)
    for number in range(left // SHOT):
        yield len(own) + number, sea.entry(number)


def crop(part: float, across: float, down: float) -> Callable[[Array], Array]:
    def cut(picture: Array) -> Array:
        height, width = int(picture.shape[0] * part), int(picture.shape[1] * part)
        top, left = int((picture.shape[0] - height) * down), int((picture.shape[1] - width) * across)
        return picture[top : top + height, left : left + width]

    return cut


def graded(picture: Array) -> Array:
    return (255 * (picture / 255.0) ** 0.7 * (1.1, 1.0, 0.9)).clip(0, 255).astype(np.uint8)


def titled(picture: Array) -> Array:
    lettered = picture.copy()
    cv2.putText(lettered, "DAILIES", (40, 110), 0, 2, (255, 255, 255), 6)
    return lettered


def compressed(picture: Array) -> Array:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", picture, [1, 20])[1], 1), np.uint8)


ATTACKS: dict[str, Callable[[Array], Array]] = {
    "re-encode": compressed,
    "crop 15 %": crop(0.85, 0.5, 0.5),
    "crop 30 %": crop(0.7, 0.5, 0.5),
    "corner 15 %": crop(0.85, 0.0, 0.0),
    "corner 30 %": crop(0.7, 1.0, 0.0),
    "grade": graded,
    "title": titled,
    "mirror": lambda picture: picture[:, ::-1],
}


@dataclass(frozen=True)
class Second:
    """One second of a film: which owner it shows, under which attack, and its rows."""

    owner: int
    attack: str
    rows: dict[Kind, Floats]
    parts: Floats


def film_seconds(own: list[Array], count: int) -> list[Second]:
    """Seconds of films, taking turns in takes and attacks."""
    names = list(ATTACKS)
    found = []
    for number in range(count):
        owner, name = number % len(own), names[number % len(names)]
        pictures = [np.ascontiguousarray(ATTACKS[name](one)) for one in own[owner][2 : 2 + ASKED_FRAMES]]
        greys = small(pictures)
        parts = np.concatenate([described(greys[:1], box, Kind.EDGES) for box in boxes()[number % 4 :: 4]])
        found.append(Second(owner, name, {kind: described(greys, WHOLE, kind) for kind in Kind}, parts))
    return found


def both_ways(rows: Floats, kind: Kind) -> Floats:
    return np.concatenate([rows, mirrored(rows, kind)])


@dataclass(frozen=True)
class Answer:
    """Milliseconds by the clock and of the processor (all threads), and the owners found for whole frames."""

    wall: float
    processor: float
    owners: dict[Kind, np.ndarray]


def asked(index: Index, second: Second) -> Answer:
    """Ask one film-second's questions."""
    begun, worked = time.perf_counter(), time.process_time()
    found = {kind: index.search(both_ways(second.rows[kind], kind), kind, most=HITS).owners for kind in Kind}
    index.search(both_ways(second.parts, Kind.EDGES), Kind.EDGES, most=HITS, quickly=True)
    return Answer(1000 * (time.perf_counter() - begun), 1000 * (time.process_time() - worked), found)


def exact(
    seconds: list[Second], sea: Sea, own: list[Array], frames: int
) -> tuple[dict[Kind, np.ndarray], float]:
    """The likest owner of every asked row over all rows, and processor milliseconds of comparing for one film-second."""
    questions = {kind: np.concatenate([both_ways(one.rows[kind], kind) for one in seconds]) for kind in Kind}
    best = {kind: np.full(len(rows), -2.0, np.float32) for kind, rows in questions.items()}
    owners = {kind: np.full(len(rows), -1) for kind, rows in questions.items()}
    one_second = {kind: both_ways(seconds[0].rows[kind], kind) for kind in Kind}
    parts = both_ways(seconds[0].parts, Kind.EDGES)
    spent, waiting = 0.0, []
    every = max(1, frames // SHOT // TIMED)
    for owner, entry in entries(sea, own, frames):
        for kind in Kind:
            high = (questions[kind] @ entry.of(kind).T).max(axis=1)
            owners[kind][high > best[kind]] = owner
            best[kind] = np.maximum(best[kind], high)
        if owner % every == 0:
            waiting.append(entry)
        if len(waiting) == TIMED // 10:
            block = {kind: np.concatenate([one.of(kind) for one in waiting]) for kind in Kind}
            begun = time.process_time()
            for kind in Kind:
                one_second[kind] @ block[kind].T
            parts @ block[Kind.EDGES].T
            spent += every * (time.process_time() - begun)
            waiting = []
    return owners, 1000 * spent


def answered(folder: Path, seconds: list[Second]) -> tuple[dict[str, object], list[dict[Kind, np.ndarray]]]:
    """Ask every film-second; the first ones, which read the file from disk, count like the others."""
    index = Index(folder)
    results = [asked(index, second) for second in seconds]
    times = [one.wall for one in results]
    hit = [
        any((one.owners[kind] == second.owner).any() for kind in Kind)
        for second, one in zip(seconds, results, strict=True)
    ]
    figures: dict[str, object] = {
        "frames": index.frames,
        "asked_rows_per_second": sum(2 * len(rows) for rows in seconds[0].rows.values())
        + 2 * len(seconds[0].parts),
        "ms_per_film_second_p50": round(float(np.median(times)), 1),
        "ms_per_film_second_p95": round(float(np.quantile(times, 0.95)), 1),
        "processor_ms_per_film_second_p50": round(float(np.median([one.processor for one in results])), 1),
        "load_average": round(os.getloadavg()[0], 1),
        "nominated": {
            name: round(
                float(np.mean([ok for ok, one in zip(hit, seconds, strict=True) if one.attack == name])), 3
            )
            for name in ATTACKS
        },
    }
    return figures, [one.owners for one in results]


def recall(found: list[dict[Kind, np.ndarray]], truth: dict[Kind, np.ndarray]) -> dict[str, float]:
    """How many rows find their exactly likest owner among the hits."""
    result = {}
    for kind in Kind:
        hits = np.concatenate([one[kind] for one in found])
        result[kind.value] = round(float((hits == truth[kind][:, None]).any(axis=1).mean()), 4)
    return result


def append_ms(folder: Path, sea: Sea, first: int) -> float:
    """Median milliseconds to append one clip of ten seconds, on disk."""
    times = []
    for number in range(first, first + 15):
        entry = sea.entry(number)
        begun = time.perf_counter()
        put(folder, {number: entry})
        times.append(time.perf_counter() - begun)
    return 1000 * float(np.median(times))


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def searched_alone(folder: Path, seconds: int) -> dict[str, object]:
    """The same questions from a process that does nothing else, for its memory."""
    command = [sys.executable, "-m", "bench.index", "--ask", str(folder), "--seconds", str(seconds)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return figures


def run(folder: Path, frames: int, count: int) -> dict[str, object]:
    """Build, ask, compare with brute force, append; return the figures."""
    sea, own = Sea(clouds()), takes(TAKES, seed=11)
    begun = time.perf_counter()
    rebuild(folder, entries(sea, own, frames))
    built, memory = time.perf_counter() - begun, peak_mb()
    disk = sum(path.stat().st_size for path in folder.iterdir()) / 2**20
    alone = searched_alone(folder, count)
    seconds = film_seconds(own, count)
    _, found = answered(folder, seconds)
    truth, brute = exact(seconds[:COMPARED], sea, own, frames)
    recalls = recall(found[:COMPARED], truth)
    return {
        "bench": "index",
        **alone,
        "recall_vs_exact": min(recalls.values()),
        "recalls": recalls,
        "disk_mb": round(disk),
        "append_ms": round(append_ms(folder, sea, frames), 1),
        "rebuild_s": round(built, 1),
        "rebuild_rss_mb": memory,
        "bruteforce_ms": round(brute),
        "ratio_vs_bruteforce": round(brute / float(str(alone["processor_ms_per_film_second_p50"])), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--ask", type=Path, help="Only ask the index in this folder.")
    options = parser.parse_args()
    if options.ask:
        figures, _ = answered(options.ask, film_seconds(takes(TAKES, seed=11), options.seconds))
        print(json.dumps({**figures, "peak_rss_mb": peak_mb()}))
        return
    with tempfile.TemporaryDirectory() as name:
        print(json.dumps(run(options.folder or Path(name), options.frames, options.seconds)))


if __name__ == "__main__":
    main()
