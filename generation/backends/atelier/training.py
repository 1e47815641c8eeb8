"""The training run: stages in order, each with its share of the time, resumable anywhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from footage.problems import Problem, gettext_noop
from generation.backends.atelier.autoencoder import encode_all, train_autoencoder
from generation.backends.atelier.control import train_control
from generation.backends.atelier.denoiser import train_denoiser
from generation.backends.atelier.motion import train_motion
from generation.backends.atelier.polish import train_polish
from generation.backends.atelier.recipe import Recipe, recipe_of
from generation.backends.atelier.shards import KINDS, paint_missing, shards_of
from generation.backends.atelier.sheets import draw_curves
from generation.backends.atelier.sitting import Sitting
from generation.backends.atelier.text import train_text

STAGES: dict[str, float] = {
    "data": 0.0,
    "text": 0.04,
    "autoencoder": 0.30,
    "latents": 0.0,
    "polish": 0.10,
    "denoiser": 0.50,
    "edge": 0.06,
    "depth": 0.05,
    "motion": 0.05,
}
"""Stages in order and their share of the time; those without one take what they need."""
LOOKS = 6
LEAST_BETWEEN_LOOKS = 120.0
"""Looks at held-out pictures in a sitting, and the least seconds between two."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was asked for.

    Attributes:
        minutes: Time of all stages asked for together.
        steps: Stop every stage after so many steps; for tests and lessons.
        painters: Processes that paint.
        threads: Threads of the training itself.
    """

    work: Path
    recipe: Recipe
    stages: tuple[str, ...]
    minutes: float
    device: str
    steps: int | None
    painters: int
    threads: int
    stop: Callable[[], bool]
    say: Callable[[str], None]


def chosen_stages(names: Sequence[str]) -> tuple[str, ...]:
    """Stages in their order; all where none is named.

    Raises:
        Problem: a stage that doesn't exist.
    """
    for name in names:
        if name not in STAGES:
            raise Problem(
                gettext_noop("There is no training stage “%(name)s”. The stages are: %(known)s."),
                name=name,
                known=", ".join(STAGES),
            )
    return tuple(name for name in STAGES if not names or name in names)


def chosen_device(name: str) -> Any:
    """The device of this name.

    Raises:
        Problem: this machine has none.
    """
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise Problem(
            gettext_noop("This machine has no CUDA device for “%(name)s”. Train with --device cpu."),
            name=name,
        )
    return torch.device(name)


def train(run: Run) -> None:
    """Run the stages; each continues where an earlier sitting left it."""
    recipe = recipe_of(run.work, asked=run.recipe)
    device = chosen_device(run.device)
    torch.set_num_threads(run.threads)
    ends = time.monotonic() + run.minutes * 60
    for place, stage in enumerate(run.stages):
        if run.stop():
            break
        shares = sum(STAGES[name] for name in run.stages[place:])
        slice_seconds = max(0.0, ends - time.monotonic()) * STAGES[stage] / (shares or 1.0)
        run.say(f"{stage}: begins" + (f", {slice_seconds / 60:.1f} minutes" if STAGES[stage] else ""))
        looks = max(LEAST_BETWEEN_LOOKS, slice_seconds / LOOKS)
        sitting = Sitting(slice_seconds, device, run.stop, run.say, run.steps, look_every=looks)
        _stage(stage, run, recipe, sitting)
        draw_curves(run.work)


def _stage(stage: str, run: Run, recipe: Recipe, sitting: Sitting) -> None:
    match stage:
        case "data":
            paint_all(run, recipe)
        case "text":
            train_text(run.work, recipe=recipe, sitting=sitting)
        case "autoencoder":
            train_autoencoder(run.work, recipe=recipe, sitting=sitting)
        case "latents":
            encode_all(run.work, recipe=recipe, device=sitting.device, stop=run.stop, say=run.say)
        case "polish":
            train_polish(run.work, recipe=recipe, sitting=sitting)
        case "denoiser":
            train_denoiser(run.work, recipe=recipe, sitting=sitting)
        case "edge" | "depth":
            train_control(
                run.work, guide="edge" if stage == "edge" else "depth", recipe=recipe, sitting=sitting
            )
        case "motion":
            train_motion(run.work, recipe=recipe, sitting=sitting)


def paint_all(run: Run, recipe: Recipe) -> None:
    """Paint what is missing of the data."""
    for kind in KINDS:
        shards = shards_of(run.work / "data", kind, recipe=recipe)
        total = sum(shard.count for shard in shards)
        done = sum(shard.count for shard in shards if shard.path.exists())
        for added in paint_missing(shards, painters=run.painters, stop=run.stop):
            done += added
            run.say(f"data: {done} of {total} {kind}")
