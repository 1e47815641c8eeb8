"""A classifier that says what a picture shows; it judges drawn pictures and is itself measured on painted ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812

from footage.painter.scene import KINDS, Scene, Subject
from generation.backends.atelier.autoencoder import as_tensor
from generation.backends.atelier.recipe import COMBINED, Recipe
from generation.backends.atelier.shards import Painted, painted
from generation.backends.atelier.sitting import Sitting, Trainee, sit

LEVELS = (24, 48, 96, 144, 192)
BATCH = 24


def new_judge() -> Any:
    """Convolutions down to a few cells, and one question per attribute."""
    layers: list[Any] = []
    before = 3
    for channels in LEVELS:
        layers += [nn.Conv2d(before, channels, 3, stride=2, padding=1), nn.GroupNorm(8, channels), nn.SiLU()]
        layers += [nn.Conv2d(channels, channels, 3, padding=1), nn.GroupNorm(8, channels), nn.SiLU()]
        before = channels
    trunk = nn.Sequential(*layers, nn.AdaptiveAvgPool2d((2, 3)), nn.Flatten(), nn.Dropout(0.1))
    heads = nn.ModuleDict({name: nn.Linear(before * 6, len(KINDS[name])) for name in COMBINED})
    return nn.ModuleDict({"trunk": trunk, "heads": heads})


def trainee(work: Path, *, recipe: Recipe) -> Trainee:
    """The judge in training."""
    torch.manual_seed(recipe.seed + 5)
    return Trainee("judge", work, new_judge(), rate=1e-3, decay=0.99)


def soften(pictures: Any, *, rng: np.random.Generator) -> Any:
    """Pictures a little out of focus, half of the time: what is drawn is softer than what is painted."""
    if rng.random() < 0.5:
        return pictures
    size = int(rng.choice([2, 3]))
    small = F.avg_pool2d(pictures, size, ceil_mode=True)
    return F.interpolate(small, size=pictures.shape[-2:], mode="bilinear")


def answers_of(scenes: list[Scene], device: Any) -> dict[str, Any]:
    """Index per attribute; the accent of an empty frame is no question (-100 is ignored)."""
    found = {name: [list(KINDS[name]).index(getattr(scene, name)) for scene in scenes] for name in COMBINED}
    empty = [scene.subject is Subject.NONE for scene in scenes]
    found["accent"] = [-100 if none else value for none, value in zip(empty, found["accent"], strict=True)]
    return {name: torch.tensor(values, device=device) for name, values in found.items()}


def train_judge(work: Path, *, recipe: Recipe, sitting: Sitting) -> None:
    """Teach it on painted training frames."""
    learner = trainee(work, recipe=recipe).prepare(sitting.device)
    frames, unseen = (painted(work / "data", kind, recipe=recipe) for kind in ("frames", "held-out"))

    def loss_of(step: int) -> Any:
        rng = np.random.default_rng([recipe.seed, 61, step])
        numbers = rng.integers(0, len(frames), BATCH)
        pictures = soften(as_tensor(frames.batch(numbers), sitting.device), rng=rng)
        answers = answers_of([frames.scenes[n] for n in numbers], sitting.device)
        with torch.autocast(sitting.device.type, torch.bfloat16):
            seen = learner.module["trunk"](pictures)
            logits = {name: head(seen).float() for name, head in learner.module["heads"].items()}
        return sum(F.cross_entropy(logits[name], answers[name]) for name in COMBINED)

    sit(learner, sitting=sitting, batch=BATCH, loss_of=loss_of, look=lambda ema: ceiling(ema, unseen))


def trained_judge(work: Path, *, recipe: Recipe, device: Any) -> Any:
    """The judge as far as it has come."""
    return trainee(work, recipe=recipe).prepare(device).ema.eval()


def ceiling(judge: Any, unseen: Painted) -> dict[str, float]:
    """How often the judge is right about painted frames of held-out combinations."""
    return recognised(judge, unseen.batch(np.arange(len(unseen))), list(unseen.scenes))


def recognised(judge: Any, pictures: NDArray[np.uint8], scenes: list[Scene]) -> dict[str, float]:
    """Share of pictures (n, h, w, 3) in which the judge sees what the scene says, per attribute."""
    device = next(judge.parameters()).device
    hits: dict[str, list[float]] = {name: [] for name in COMBINED}
    for part in np.array_split(np.arange(len(pictures)), max(1, len(pictures) // 32)):
        answers = answers_of([scenes[n] for n in part], device)
        with torch.no_grad():
            seen = judge["trunk"](as_tensor(pictures[part], device))
            for name, head in judge["heads"].items():
                asked = answers[name] >= 0
                hits[name] += (head(seen).argmax(-1) == answers[name])[asked].float().tolist()
    return {name: round(float(np.mean(values)), 3) for name, values in hits.items()}
