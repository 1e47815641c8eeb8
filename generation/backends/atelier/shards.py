"""Painted training pictures on disk: uint8 arrays in shards, with their scenes and captions beside them.

A shard is written under another name and renamed when it is whole, so that painting stops
and resumes anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from footage.painter.captions import caption
from footage.painter.frames import paint, picture_of
from footage.painter.scene import KINDS as KINDS_OF_WORDS
from footage.painter.scene import Lens, Move, Scene, random_scene
from footage.problems import Problem, gettext_noop
from generation.backends.atelier.depth import depth_of
from generation.backends.atelier.recipe import Recipe, is_held_out

SHARD = 500
"""Pictures in a shard."""
CLIP_RATE = 8
"""Frames per second of a moving take."""
CLIP_MOVES = (
    Move.STILL,
    Move.PAN_LEFT,
    Move.PAN_RIGHT,
    Move.TILT_UP,
    Move.TILT_DOWN,
    Move.PUSH_IN,
    Move.PULL_OUT,
)
LENSES = (Lens.CLEAN, Lens.VIGNETTE, Lens.HAZE, Lens.GRAIN)
LENS_ODDS = (0.58, 0.18, 0.16, 0.08)
KINDS = ("frames", "held-out", "clips", "depth")

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shard:
    """One file still to paint."""

    folder: Path
    kind: str
    first: int
    count: int
    recipe: Recipe

    @property
    def path(self) -> Path:
        """The array's file; the scenes lie beside it as JSON lines."""
        return self.folder / f"{self.kind}-{self.first:06d}.npy"


def scene_number(kind: str, number: int, *, seed: int) -> Scene:
    """The scene of a picture; held-out ones come from combinations that training never sees."""
    rng = np.random.default_rng([seed, number, len(kind)])
    moves = {"move": str(CLIP_MOVES[number % len(CLIP_MOVES)])} if kind == "clips" else _still_mostly(rng)
    lens = "clean" if kind == "clips" else str(LENSES[int(rng.choice(len(LENSES), p=LENS_ODDS))])
    while True:
        scene = random_scene(rng, lens=lens, **moves)
        if is_held_out(scene) == (kind == "held-out"):
            return scene


def _still_mostly(rng: np.random.Generator) -> dict[str, str]:
    return {"move": "still"} if rng.random() < 0.7 else {}


def picture_seed(kind: str, number: int, *, seed: int) -> int:
    """The painter's seed of a picture."""
    return (seed * 31 + KINDS.index(kind) * 1_000_003 + number) % (1 << 31)


def _paint_one(shard: Shard, number: int) -> Pixels:
    recipe = shard.recipe
    scene = scene_number(shard.kind, number, seed=recipe.seed)
    seed = picture_seed(shard.kind, number, seed=recipe.seed)
    if shard.kind == "clips":
        picture = picture_of(scene, seed=seed, width=recipe.width, height=recipe.height)
        return np.stack([picture.at(k / CLIP_RATE) for k in range(recipe.clip_frames)])
    moment = float(np.random.default_rng(seed).uniform(0.5, 4.0))
    if shard.kind == "depth":
        picture = picture_of(scene, seed=seed, width=recipe.width, height=recipe.height)
        return np.concatenate([picture.at(moment), depth_of(picture, moment)[..., None]], axis=-1)
    return paint(scene, seed=seed, width=recipe.width, height=recipe.height, t=moment)


def paint_shard(shard: Shard) -> int:
    """Paint one shard; returns how many pictures it holds."""
    cv2.setNumThreads(1)
    shard.folder.mkdir(parents=True, exist_ok=True)
    numbers = range(shard.first, shard.first + shard.count)
    pixels = np.stack([_paint_one(shard, number) for number in numbers])
    with shard.path.with_suffix(".jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(_line(shard, number) for number in numbers)
    unfinished = shard.path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.save(file, pixels)
    unfinished.replace(shard.path)
    return shard.count


def _line(shard: Shard, number: int) -> str:
    scene = scene_number(shard.kind, number, seed=shard.recipe.seed)
    rng = np.random.default_rng([shard.recipe.seed, number])
    said = {language: caption(scene, rng=rng, language=language) for language in ("en", "zh")}
    return json.dumps({"scene": scene.words(), **said}, ensure_ascii=False) + "\n"


def shards_of(folder: Path, kind: str, *, recipe: Recipe) -> list[Shard]:
    """All shards of a kind, painted or not."""
    count = {
        "frames": recipe.frames,
        "held-out": recipe.held_out,
        "clips": recipe.clips,
        "depth": recipe.frames // 4,
    }
    size = SHARD if kind != "clips" else max(1, SHARD // recipe.clip_frames)
    firsts = range(0, count[kind], size)
    return [Shard(folder, kind, first, min(size, count[kind] - first), recipe) for first in firsts]


def paint_missing(shards: list[Shard], *, painters: int, stop: Callable[[], bool]) -> Iterator[int]:
    """Paint what isn't there yet, yielding how many pictures each finished shard added."""
    missing = [shard for shard in shards if not shard.path.exists()]
    if painters < 2:
        for shard in missing:
            if stop():
                return
            yield paint_shard(shard)
        return
    with ProcessPoolExecutor(painters, mp_context=get_context("spawn")) as pool:
        yield from pool.map(partial(paint_shard), missing)


@dataclass(frozen=True, slots=True)
class Painted:
    """Painted pictures, read from disk as they are asked for.

    Attributes:
        arrays: One memory map per shard, (count, height, width, 3) uint8 RGB; clips hold a take per picture, and
            depth a fourth channel.
        scenes: What each picture shows.
    """

    arrays: tuple[Pixels, ...]
    scenes: tuple[Scene, ...]

    def __len__(self) -> int:
        return len(self.scenes)

    def __getitem__(self, number: int) -> Pixels:
        size = self.arrays[0].shape[0]
        picture: Pixels = self.arrays[number // size][number % size]
        return picture

    def batch(self, numbers: NDArray[np.int64]) -> Pixels:
        """The pictures of these numbers, stacked."""
        return np.stack([self[int(number)] for number in numbers])


def painted(folder: Path, kind: str, *, recipe: Recipe) -> Painted:
    """The pictures of a kind that are on disk, in order, up to the first gap.

    Raises:
        Problem: there are none.
    """
    arrays: list[Pixels] = []
    scenes: list[Scene] = []
    for shard in shards_of(folder, kind, recipe=recipe):
        if not shard.path.exists():
            break
        arrays.append(np.load(shard.path, mmap_mode="r"))
        scenes += _scenes_beside(shard)
    if not arrays:
        raise Problem(
            gettext_noop("“%(folder)s” holds no painted %(kind)s yet. Train the stage “data” first."),
            folder=str(folder),
            kind=kind,
        )
    return Painted(tuple(arrays), tuple(scenes))


def _scenes_beside(shard: Shard) -> list[Scene]:
    """Read, not drawn again: the painter may have learnt new words since."""
    lines = shard.path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    words = [json.loads(line)["scene"] for line in lines]
    return [scene_of(scene) for scene in words]


def scene_of(words: dict[str, str]) -> Scene:
    """The scene of attribute words, as `Scene.words` gives them."""
    values = {name: KINDS_OF_WORDS[name](value) for name, value in words.items()}
    return Scene(**values)  # type: ignore[arg-type]
