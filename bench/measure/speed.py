"""How long a 1080p film takes, against its own length and against bare decoding, and how much memory.

`python -m bench.measure.speed FOLDER SECONDS` measures in a process of its own and prints one JSON object.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av

from bench.measure.cutting import FFMPEG, paint
from bench.measure.films import FPS, Take
from bench.measure.store import ROOT
from ethics.backends.tracer import Kind, Source, build_assessment, trace_film
from footage.fingerprints import Reference, make_reference

SHOT_SECONDS = 8
SEEDS = 600_000_000
SIZE = "1920:1080"


def measure_1080p(folder: Path, *, seconds: int) -> dict[str, Any]:
    """Make the material in `folder` where it isn't there, measure it in a fresh process, and return the figures."""
    make_material(folder, seconds=seconds)
    command = [sys.executable, "-m", "bench.measure.speed", str(folder), str(seconds)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    figures: dict[str, Any] = json.loads(told.splitlines()[-1])
    return figures


def shots_of(seconds: int) -> int:
    """How many shots, each of a take of its own, a film of so many seconds has."""
    return max(1, seconds // SHOT_SECONDS)


def make_material(folder: Path, *, seconds: int) -> None:
    """Paint takes, and a 1080p film of 8-second shots of them with a sound track."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(shots_of(seconds)):
        path = folder / f"{number}.mp4"
        if not path.exists():
            draft = path.with_suffix(".part.mp4")
            paint(draft, Take(path.name, "rush", frames=SHOT_SECONDS * FPS, seed=SEEDS + number))
            draft.replace(path)
            path.with_suffix(".reference").write_bytes(make_reference(path).to_bytes())
    film = folder / f"film-{seconds}.mp4"
    if not film.exists():
        draft = film.with_suffix(".part.mp4")
        _join(folder, draft, seconds)
        draft.replace(film)


def _join(folder: Path, film: Path, seconds: int) -> None:
    """One shot after another, enlarged to 1080p."""
    listing = film.with_suffix(".txt")
    lines = [f"file '{number}.mp4'" for number in range(shots_of(seconds))]
    listing.write_text("\n".join(lines))
    command = [
        *FFMPEG,
        "-f",
        "concat",
        "-i",
        str(listing),
        "-f",
        "lavfi",
        "-i",
        "anoisesrc=color=pink:amplitude=0.1:r=48000",
    ]
    command += [
        "-vf",
        f"scale={SIZE},format=yuv420p",
        "-r",
        str(FPS),
        "-c:v",
        "libx264",
        "-preset",
        "superfast",
    ]
    subprocess.run([*command, "-crf", "18", "-c:a", "aac", "-shortest", str(film)], check=True)
    listing.unlink()


def timed(folder: Path, *, seconds: int) -> dict[str, Any]:
    """Measure once, then decode once. References are stored, as they are from the moment a file is uploaded."""
    film = folder / f"film-{seconds}.mp4"
    sources = [_source(folder, number) for number in range(shots_of(seconds))]
    begun = time.perf_counter()
    document = build_assessment(trace_film(film, sources))
    measured = time.perf_counter() - begun
    bare, length = _decode(film)
    return {
        "seconds": round(length, 2), "measured_s": round(measured, 1), "decoded_s": round(bare, 1),
        "seconds_vs_realtime_1080p": round(measured / length, 3),
        "seconds_vs_decode_1080p": round(measured / bare, 2),
        "peak_rss_mb": round(_peak()), "share": document["planes"]["picture"]["share"],
    }  # fmt: skip


def _source(folder: Path, number: int) -> Source:
    path = folder / f"{number}.mp4"
    kind: Kind = "generated" if number % 3 == 0 else "rush"
    stored = Reference.from_bytes(path.with_suffix(".reference").read_bytes())
    return Source(path.name, path, kind, reference=stored)


def _decode(path: Path) -> tuple[float, float]:
    """Seconds that bare decoding of the picture takes, and the film's length."""
    begun = time.perf_counter()
    frames = 0
    with av.open(str(path)) as film:
        film.streams.video[0].thread_type = "AUTO"
        for _ in film.decode(video=0):
            frames += 1
    return time.perf_counter() - begun, frames / FPS


def _peak() -> float:
    """Most memory this process, or a child of it, ever held, in MB."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) / 1024


if __name__ == "__main__":
    print(json.dumps(timed(Path(sys.argv[1]), seconds=int(sys.argv[2]))))
