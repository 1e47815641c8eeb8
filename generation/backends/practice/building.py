"""Building the practice engines into a folder, once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from generation.backends import devices
from generation.backends.practice.enlarging import build_enlarging
from generation.backends.practice.guided import build_guided
from generation.backends.practice.looking import build_looking
from generation.backends.practice.music import build_music
from generation.backends.practice.pictures import build_motion, build_sketch
from generation.backends.practice.text import build_text
from generation.backends.practice.voices import build_voice

BUILDERS: Mapping[str, Callable[[Path, Path], None]] = {
    "atelier-sketch": lambda folder, engines: build_sketch(folder),
    "atelier-motion": lambda folder, engines: build_motion(folder, sketch=engines / "atelier-sketch"),
    "practice-guide": lambda folder, engines: build_guided(folder, sketch=engines / "atelier-sketch"),
    "practice-upscaler": lambda folder, engines: build_enlarging(folder),
    "practice-likeness": lambda folder, engines: build_looking(folder, sketch=engines / "atelier-sketch"),
    "practice-voice": lambda folder, engines: build_voice(folder),
    "practice-music": lambda folder, engines: build_music(folder),
    "practice-text": lambda folder, engines: build_text(folder),
}
VERSION = "1"
MARK = "practice-engine.txt"


def build_practice_engines(engines: Path, *, anew: bool = False) -> list[str]:
    """Build what is missing under `engines` and return the slugs that were built.

    A folder appears whole or not at all, and bears a mark with the version it was built by; a folder of the same name
    that has no mark was put there by somebody and is left alone.
    """
    engines.mkdir(parents=True, exist_ok=True)
    wanted = [slug for slug in BUILDERS if anew or _is_missing(engines / slug)]
    if wanted:
        devices.prepare()  # loads torch, which takes seconds: only when there is something to build
    return [slug for slug in wanted if _build(slug, engines)]


def _is_missing(folder: Path) -> bool:
    mark = folder / MARK
    return not folder.exists() or (mark.exists() and mark.read_text().strip() != VERSION)


def _build(slug: str, engines: Path) -> bool:
    folder = engines / slug
    if folder.exists() and not (folder / MARK).exists():
        return False
    staging = engines / f".{slug}.building"
    shutil.rmtree(staging, ignore_errors=True)
    BUILDERS[slug](staging, engines)
    (staging / MARK).write_text(VERSION + "\n")
    shutil.rmtree(folder, ignore_errors=True)
    staging.rename(folder)
    return True
