"""A tiny film of known parts: two painted takes and a still, stored as a crew's media."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import cv2

from assignments.backends import store
from assignments.choices import MediaRole
from assignments.models import Cut, Media, Work
from footage.assembly import Stretch, assemble
from footage.painter.frames import paint
from footage.painter.scene import parse_scene
from footage.painter.takes import Camera, write_take
from footage.probe import probe
from generation.choices import JobState
from generation.models import Output
from tests.factories import NOW, make_cut, make_job, make_media, make_work

FPS = Fraction(25)
SIZE = {"width": 320, "height": 180}
SHOT_ON = datetime(2026, 3, 1, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Filmed:
    """A work whose newest cut shows 4 s of a rush, 2 s of a generated still and 2 s of a second rush."""

    work: Work
    cut: Cut
    rushes: list[Media]
    still: Media
    share: float = 0.25


def keep(work: Work, role: str, path: Path, **fields) -> Media:
    stored = store.receive_file(path)
    return make_media(
        work,
        role,
        name=path.name,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        facts=probe(path).to_json(),
        **fields,
    )


def shoot(folder: Path) -> tuple[list[Path], Path, Path]:
    """Write two takes, a still and the film cut from them; return their paths."""
    takes = [folder / "a.mov", folder / "b.mov"]
    for number, (path, words) in enumerate(
        zip(takes, ["wide, sea, dusk, a boat, red", "medium, forest, day, a figure, blue"], strict=True)
    ):
        write_take(
            path,
            parse_scene(words),
            seed=number,
            seconds=6,
            fps=FPS,
            camera=Camera(),
            taken_at=SHOT_ON,
            **SIZE,
        )
    still, film = folder / "dream.png", folder / "film.mp4"
    picture = paint(parse_scene("wide, old town, night, a lantern, yellow"), seed=9, **SIZE)
    cv2.imwrite(str(still), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    parts = [
        Stretch(takes[0], Fraction(4), Fraction(1)),
        Stretch(still, Fraction(2), zoom=0.05),
        Stretch(takes[1], Fraction(2), Fraction(1)),
    ]
    assemble(film, parts, fps=FPS, **SIZE)
    return takes, still, film


def make_filmed(paths: tuple[list[Path], Path, Path], work: Work | None = None) -> Filmed:
    """Store the files as a work's media, with the still as a generated output, and save the cut."""
    takes, still, film = paths
    work = work or make_work()
    rushes = [keep(work, MediaRole.RUSH, take) for take in takes]
    generated = keep(work, MediaRole.GENERATED, still)
    job = make_job(
        work, state=JobState.DONE, request={"shot": "wide", "place": "old town", "prompt": "…", "seed": 1}
    )
    Output.objects.create(
        job=job, media=generated, recipe={}, recipe_hash="0" * 64, ledger_index=0, created_at=NOW
    )
    cut = make_cut(work, film=keep(work, MediaRole.FILM, film))
    return Filmed(work, cut, rushes, generated)
