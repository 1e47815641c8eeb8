"""False accusations: films of shots that nobody ever indexed, measured against a ledger of generated takes.

A film's worth is `SHOTS` shots of `SHOT_SECONDS` seconds. Ten films' worth are put into one file, so that the file is
decoded and searched in one go; each stretch of `SHOTS` shots is then judged as a film. The shots come from the painter
that also painted the ledger, so that a stranger looks much like the ledger; but the painter has one drawing of each
thing, and a train that fills the frame is the same train in every take. So what strangers show stands in no take of the
ledger. Every second file is graded, cropped and grainy.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from bench.measure.attacks import GRADE, GRAIN
from bench.measure.cutting import FFMPEG, scene_of, take_file
from bench.measure.filming import Plan
from bench.measure.films import FPS, INDEXED, Take, draw_film
from ethics.backends.tracer import Source, build_assessment, trace_film
from footage.fingerprints import Reference, make_reference
from footage.painter.attributes import Subject
from footage.painter.frames import paint_take
from footage.painter.scene import random_scene

SHOTS, SHOT_SECONDS = 6, 2
FILMS_A_FILE = 10
WIDTH, HEIGHT = 320, 180
SEEDS_AWAY = 500_000_000
"""Far from every seed of a take."""

OUTSIDE = (Subject.BOAT, Subject.BIRD, Subject.HOUSE, Subject.PAIR)
"""What only strangers show."""

LEDGER = 40
"""Generated takes that strangers are measured against."""


def worth(number: int, plan: Plan) -> dict[str, Any] | None:
    """Measure file `number` of strangers; None when time is up."""
    cv2.setNumThreads(1)
    ledger = ledger_of(plan)
    row = plan.store.load("strangers", number, plan.first_seed, [take.key for take in ledger])
    if row is None and time.time() < plan.until:
        row = _measured(number, plan, ledger)
        plan.store.save(row, "strangers", number, plan.first_seed, [take.key for take in ledger])
    return row


def ledger_of(plan: Plan) -> list[Take]:
    """Painted takes of the first films, all standing in the ledger as generated."""
    takes: list[Take] = []
    number = 0
    while len(takes) < LEDGER:
        film = draw_film(number, first_seed=plan.first_seed)
        takes += [replace(take, kind="generated") for take in film.takes if _is_inside(take)]
        number += 1
    return takes[:LEDGER]


def _is_inside(take: Take) -> bool:
    return take.kind in INDEXED and scene_of(take).subject not in OUTSIDE


def _measured(number: int, plan: Plan, ledger: Sequence[Take]) -> dict[str, Any]:
    def make(path: Path) -> None:
        write_strangers(path, number, first_seed=plan.first_seed)

    film = plan.store.film(f"strangers-{number:04d}", plan.first_seed, number, make=make)
    files = [(take, take_file(plan.store.takes, take, corpus=None)) for take in ledger]
    sources = [Source(take.key, path, "generated", reference=_reference(path)) for take, path in files]
    document = build_assessment(trace_film(film, sources))
    accused = accused_films(document)
    link = plan.store.wrong / film.name
    link.unlink(missing_ok=True)
    if accused:
        link.hardlink_to(film)
    return {
        "strangers": number,
        "file": film.name,
        "films": FILMS_A_FILE,
        "ledger": len(sources),
        "accused": accused,
    }


@lru_cache(maxsize=LEDGER)
def _reference(path: Path) -> Reference:
    """The ledger's fingerprints, made once in a process."""
    return make_reference(path)


def accused_films(document: Mapping[str, Any]) -> dict[str, list[list[float]]]:
    """Which films' worth are told to hold AI, with the stretches, in seconds of the file."""
    length = SHOTS * SHOT_SECONDS
    found: dict[str, list[list[float]]] = {}
    for segment in document["planes"]["picture"]["segments"]:
        if segment["alpha"][0] > 0:
            first, last = int(segment["start"] // length), int((segment["end"] - 1e-6) // length)
            for film in range(first, last + 1):
                found.setdefault(str(film), []).append([segment["start"], segment["end"]])
    return found


def write_strangers(path: Path, number: int, *, first_seed: int) -> None:
    """Paint ten films' worth of shots into one file."""
    plain = path.with_suffix(".plain.mp4")
    with av.open(str(plain), "w") as film:
        stream = film.add_stream("libx264", rate=FPS, options={"crf": "21", "preset": "superfast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.thread_count = 1
        for shot in range(SHOTS * FILMS_A_FILE):
            seed = SEEDS_AWAY + first_seed + 1000 * number + shot
            chance = np.random.default_rng(seed)
            scene = random_scene(chance, subject=OUTSIDE[int(chance.integers(len(OUTSIDE)))])
            for picture in paint_take(
                scene,
                seed=seed,
                seconds=Fraction(SHOT_SECONDS),
                fps=Fraction(FPS),
                width=WIDTH,
                height=HEIGHT,
            ):
                film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        film.mux(stream.encode(None))
    if number % 2 == 0:
        plain.replace(path)
        return
    looks = f"{GRADE},crop=iw*0.9:ih*0.9,scale={WIDTH}:{HEIGHT},{GRAIN},format=yuv420p"
    subprocess.run(
        [
            *FFMPEG,
            "-i",
            str(plain),
            "-vf",
            looks,
            "-c:v",
            "libx264",
            "-preset",
            "superfast",
            "-crf",
            "23",
            str(path),
        ],
        check=True,
    )
    plain.unlink()
