"""The engine as a folder: fp16 safetensors of standard classes, and the model card."""

from __future__ import annotations

import copy
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from footage.problems import Problem, gettext_noop
from generation.backends.atelier.card import Progress, model_card
from generation.backends.atelier.control import Guide, trained_control
from generation.backends.atelier.denoiser import trained_unet
from generation.backends.atelier.motion import trained_motion
from generation.backends.atelier.pipelines import assemble
from generation.backends.atelier.polish import finished_autoencoder, is_polished
from generation.backends.atelier.recipe import Recipe
from generation.backends.atelier.shards import painted
from generation.backends.atelier.text import tokenizer_of, trained_tower
from generation.backends.folders import folder_bytes

LARGEST_BYTES = 40_000_000
EXTRAS = ("edge", "depth", "motion")
FOLDERS = {"edge": "controlnet-edge", "depth": "controlnet-depth", "motion": "motion"}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the folder, its bytes, and which extras lie in it."""

    folder: Path
    size_bytes: int
    extras: tuple[str, ...]


def export(work: Path, folder: Path, *, recipe: Recipe, extras: tuple[str, ...] = EXTRAS) -> Exported:
    """Write the engine, replacing the one in the folder; extras that were never trained are left out.

    Raises:
        Problem: the run has no trained denoiser yet, or the engine outgrows what a repository should carry.
    """
    if not (work / "denoiser" / "checkpoint.pt").exists():
        raise Problem(
            gettext_noop(
                "“%(folder)s” holds no trained denoiser yet. Train the stages up to “denoiser” first."
            ),
            folder=str(work),
        )
    unfinished = folder.with_name(folder.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    pipeline_of(work, recipe=recipe).to(torch.float16).save_pretrained(unfinished, safe_serialization=True)
    _load_as_float(unfinished / "text_encoder" / "config.json")
    written = tuple(extra for extra in extras if (work / extra / "checkpoint.pt").exists())
    for extra in written:
        _save_extra(extra, work, unfinished / FOLDERS[extra], recipe=recipe)
    _name_itself(unfinished, work, recipe=recipe, extras=written)
    size = _checked_size(unfinished)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.replace(folder)
    return Exported(folder, size, written)


def pipeline_of(work: Path, *, recipe: Recipe) -> Any:
    """The pipeline of a working folder's averaged weights, on the CPU."""
    device = torch.device("cpu")
    return assemble(
        vae=finished_autoencoder(work, recipe=recipe, device=device),
        tower=trained_tower(work, recipe=recipe, device=device),
        tokenizer=tokenizer_of(work, recipe=recipe),
        unet=trained_unet(work, recipe=recipe, device=device),
    )


def _load_as_float(config: Path) -> None:
    """Say float32: unlike diffusers, transformers loads what the config says, and a pipeline can't mix the two."""
    said = json.loads(config.read_text())
    config.write_text(json.dumps(said | {"dtype": "float32"}, indent=2) + "\n")


def _save_extra(extra: str, work: Path, folder: Path, *, recipe: Recipe) -> None:
    device = torch.device("cpu")
    if extra == "motion":
        half = copy.deepcopy(trained_motion(work, recipe=recipe, device=device)).half()
        half.save_motion_modules(str(folder))
        return
    guide: Guide = "edge" if extra == "edge" else "depth"
    trained_control(work, guide=guide, recipe=recipe, device=device).half().save_pretrained(folder)


def _name_itself(folder: Path, work: Path, *, recipe: Recipe, extras: tuple[str, ...]) -> None:
    polished = ("polish",) if is_polished(work) else ()
    stages = ("text", "autoencoder", *polished, "denoiser", *extras)
    progress = [Progress.of(work, stage) for stage in stages]
    frames = len(painted(work / "data", "frames", recipe=recipe))
    (folder / "README.md").write_text(model_card(recipe, progress, frames=frames), encoding="utf-8")
    facts = {"recipe": asdict(recipe), "frames": frames, "stages": [asdict(stage) for stage in progress]}
    (folder / "training.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _checked_size(folder: Path) -> int:
    size = folder_bytes(folder)
    if size > LARGEST_BYTES:
        shutil.rmtree(folder)
        raise Problem(
            gettext_noop(
                "The engine would take %(megabytes)s MB; at most %(most)s MB belong into the repository. "
                "Leave out extras or choose a smaller size."
            ),
            megabytes=round(size / 1e6, 1),
            most=LARGEST_BYTES // 1_000_000,
        )
    return size
