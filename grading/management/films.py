"""The two films of the demo: which stretches they are cut from, and hence the shares that must come out."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from footage.assembly import Overlay, Stretch, assemble, timeline_of
from footage.painter.scene import parse_scene
from footage.painter.takes import Camera, write_take
from footage.timelines import write_otio

FPS = Fraction(25)
SIZE = (640, 360)
SHOT_ON = datetime(2026, 10, 12, 6, 40, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TakePlan:
    """One rush: what is in front of the camera, and for how long it rolls."""

    name: str
    words: str
    seconds: int
    seed: int


@dataclass(frozen=True, slots=True)
class PartPlan:
    """A stretch of the film: a rush by name, a generated asset by job name, or black (no source)."""

    source: str
    seconds: int
    begin: int = 0
    zoom: float = 0.0


@dataclass(frozen=True, slots=True)
class JobPlan:
    """A generation the crew asks for; `source` is the name of a job whose picture it starts from."""

    name: str
    tool: str
    inputs: dict[str, Any]
    source: str = ""


@dataclass(frozen=True, slots=True)
class FilmPlan:
    """A crew's whole film.

    Attributes:
        verdict: What the platform must find, known because the parts are.
        voice_at: Seconds at which the generated line is heard.
    """

    crew: str
    name: str
    takes: tuple[TakePlan, ...]
    jobs: tuple[JobPlan, ...]
    parts: tuple[PartPlan, ...]
    verdict: str
    voice_at: int = 0

    @property
    def share(self) -> Fraction:
        """The true AI share of the picture: generated seconds over all that is not black."""
        generated = {job.name for job in self.jobs}
        active = sum(part.seconds for part in self.parts if part.source)
        return Fraction(sum(part.seconds for part in self.parts if part.source in generated), active)


LANTERN = FilmPlan(
    crew="Tungsten",
    name="The Ferry Lantern",
    takes=(
        TakePlan(
            "A001_landing_take1.mov",
            "wide shot, sea, dusk, clear, a figure with a red lantern, pan right",
            16,
            11,
        ),
        TakePlan(
            "A002_street_take2.mov",
            "medium shot, old town, night, rain, a figure with a yellow umbrella, push in",
            11,
            12,
        ),
        TakePlan("A003_hills_take1.mov", "wide shot, mountains, dawn, fog, a house, red, tilt up", 14, 13),
    ),
    jobs=(
        JobPlan(
            "dream harbour",
            "text-to-image",
            {"shot": "medium", "time": "dusk", "place": "old town", "action": "a house, red", "seed": 7},
        ),
        JobPlan(
            "lantern close",
            "text-to-image",
            {"shot": "close-up", "time": "night", "place": "room", "action": "a red lantern", "seed": 21},
        ),
        JobPlan(
            "lamps sway",
            "image-to-video",
            {"action": "the lamps sway", "camera": "push-in", "seconds": 2.0, "strength": 0.1, "seed": 5},
            source="dream harbour",
        ),
        JobPlan("last line", "voice", {"line": "The last ferry does not wait.", "seed": 3}),
    ),
    parts=(
        PartPlan("", 1),
        PartPlan("A001_landing_take1.mov", 9, begin=2),
        PartPlan("dream harbour", 4, zoom=0.1),
        PartPlan("A002_street_take2.mov", 8, begin=1),
        PartPlan("lamps sway", 2),
        PartPlan("A003_hills_take1.mov", 9, begin=3),
        PartPlan("lantern close", 3, zoom=0.06),
        PartPlan("A001_landing_take1.mov", 4, begin=12),
    ),
    verdict="within",
    voice_at=34,
)
MIRAGE = FilmPlan(
    crew="Daylight",
    name="Mirage",
    takes=(
        TakePlan("B001_dunes_take1.mov", "wide shot, desert, day, clear, a train, blue, pan left", 11, 31),
    ),
    jobs=(
        JobPlan(
            "night train",
            "text-to-image",
            {"shot": "wide", "time": "night", "place": "city", "action": "a yellow train", "seed": 41},
        ),
        JobPlan(
            "green house",
            "text-to-image",
            {"shot": "medium", "time": "day", "place": "old town", "action": "a house, green", "seed": 42},
        ),
        JobPlan(
            "dawn train",
            "text-to-image",
            {"shot": "wide", "time": "dawn", "place": "desert", "action": "a blue train", "seed": 43},
        ),
    ),
    parts=(
        PartPlan("B001_dunes_take1.mov", 8, begin=2),
        PartPlan("night train", 5, zoom=0.1),
        PartPlan("green house", 4),
        PartPlan("dawn train", 4, zoom=0.08),
        PartPlan("", 1),
    ),
    verdict="over",
)


def shoot(takes: Sequence[TakePlan], folder: Path) -> dict[str, Path]:
    """Paint the rushes, two at a time, and return their paths by name."""
    paths = {take.name: folder / take.name for take in takes}
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as cameras:
        jobs = [
            cameras.submit(shoot_one, take, paths[take.name], number) for number, take in enumerate(takes)
        ]
        for job in jobs:
            job.result()
    return paths


def shoot_one(take: TakePlan, path: Path, number: int) -> None:
    write_take(
        path,
        parse_scene(take.words),
        seed=take.seed,
        seconds=Fraction(take.seconds),
        fps=FPS,
        width=SIZE[0],
        height=SIZE[1],
        camera=Camera(),
        taken_at=SHOT_ON + timedelta(minutes=25 * number),
    )


def cut_film(
    plan: FilmPlan, sources: dict[str, Path], names: dict[Path, str], folder: Path
) -> tuple[Path, Path]:
    """Cut the film and its timeline; return the paths of both."""
    stretches = [
        Stretch(sources.get(part.source), Fraction(part.seconds), Fraction(part.begin), part.zoom)
        for part in plan.parts
    ]
    voices = [job.name for job in plan.jobs if job.tool == "voice"]
    overlays = [Overlay(sources[name], Fraction(plan.voice_at), 0.8) for name in voices]
    film, timeline = folder / f"{plan.name}.mp4", folder / f"{plan.name}.otio"
    assemble(film, stretches, fps=FPS, width=SIZE[0], height=SIZE[1], overlays=overlays)
    write_otio(timeline_of(stretches, name=plan.name, fps=FPS, names=names), timeline)
    return film, timeline
