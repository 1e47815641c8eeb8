"""Going on from an engine that was shipped: its weights become the checkpoints of a new working folder.

Checkpoints don't travel with the repository; the engine does. Rounded to fp16 and without the optimiser's memory, it
costs a training run a few hundred steps to be where it was.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel

from footage.problems import Problem, gettext_noop
from generation.backends.atelier import autoencoder, denoiser, text
from generation.backends.atelier.recipe import Recipe, recipe_of
from generation.backends.atelier.sitting import Trainee

CPU = torch.device("cpu")


def continue_from(engine: Path, work: Path, *, recipe: Recipe) -> tuple[str, ...]:
    """Fill an empty working folder with the weights of an exported engine; return the stages that then stand.

    The guides and the motion adapters begin anew: they follow the denoiser.

    Raises:
        Problem: the folder is at work already, or the engine was trained by another recipe.
    """
    facts = _facts(engine, work, recipe=recipe)
    recipe_of(work, asked=recipe)
    _keep_vocabulary(engine, work)
    told = {stage["stage"]: stage for stage in facts["stages"]}
    learners = {
        "text": (text.trainee(work, recipe=recipe), _tower),
        "autoencoder": (autoencoder.trainee(work, recipe=recipe), _autoencoder),
        "denoiser": (denoiser.trainee(work, recipe=recipe), _denoiser),
    }
    for name, (learner, load) in learners.items():
        load(learner.module, engine)
        _keep(learner, told[name])
    return tuple(learners)


def _facts(engine: Path, work: Path, *, recipe: Recipe) -> dict[str, Any]:
    if any(work.glob("*/checkpoint.pt")):
        raise Problem(
            gettext_noop(
                "“%(folder)s” holds checkpoints already and goes on from them. Leave out --continue-from, or choose "
                "another --work-dir."
            ),
            folder=str(work),
        )
    facts: dict[str, Any] = json.loads((engine / "training.json").read_text())
    wanted = {name: list(value) if isinstance(value, tuple) else value for name, value in _shape(recipe)}
    if {name: facts["recipe"].get(name) for name in wanted} != wanted:
        raise Problem(
            gettext_noop(
                "“%(folder)s” was trained with size “%(size)s”; its weights fit no other. Train with --size %(size)s."
            ),
            folder=str(engine),
            size=facts["recipe"]["name"],
        )
    return facts


def _shape(recipe: Recipe) -> list[tuple[str, object]]:
    names = (
        "name",
        "width",
        "height",
        "autoencoder",
        "unet",
        "crossing",
        "text_width",
        "text_layers",
        "words",
    )
    return [(name, getattr(recipe, name)) for name in names]


def _keep_vocabulary(engine: Path, work: Path) -> None:
    tokens: dict[str, int] = json.loads((engine / "tokenizer" / "tokenizer.json").read_text())["model"][
        "vocab"
    ]
    ordered = sorted(tokens, key=lambda token: tokens[token])
    (work / "vocabulary.txt").write_text("\n".join(ordered), encoding="utf-8")


def _tower(module: Any, engine: Path) -> None:
    """The heads that question the tower were not shipped; nothing but its own training needs them."""
    tower = CLIPTextModel.from_pretrained(engine / "text_encoder", local_files_only=True)
    module["tower"].load_state_dict(tower.float().state_dict())


def _autoencoder(module: Any, engine: Path) -> None:
    vae = AutoencoderKL.from_pretrained(engine / "vae", local_files_only=True)
    module.load_state_dict(vae.float().state_dict())


def _denoiser(module: Any, engine: Path) -> None:
    unet = UNet2DConditionModel.from_pretrained(engine / "unet", local_files_only=True)
    module.load_state_dict(unet.float().state_dict())


def _keep(learner: Trainee, told: dict[str, Any]) -> None:
    """Write the checkpoint and the last row of the curve, so that counting goes on too."""
    learner.prepare(CPU)
    learner.step, learner.samples, learner.seconds = told["steps"], told["samples"], 60.0 * told["minutes"]
    learner.save()
    row = {
        "step": told["steps"],
        "samples": told["samples"],
        "seconds": round(learner.seconds),
        **told["figures"],
    }
    with learner.curve.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        writer.writeheader()
        writer.writerow(row)
