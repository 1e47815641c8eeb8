"""Polishing the decoder: the encoder is held still, so that the denoiser need not learn again, and a critic asks
for detail.

L1 alone paints rain and snow grey: where a drop falls is lost in the latents. The critic knows painted detail from
blur, and so the decoder puts drops where some may be.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils.parametrizations import spectral_norm

from generation.backends.atelier.autoencoder import as_tensor, busiest_part, picture_loss, restored, settled
from generation.backends.atelier.recipe import Recipe
from generation.backends.atelier.shards import painted
from generation.backends.atelier.sitting import Sitting, Trainee, sit

CRITIC_WEIGHT = 0.04
CRITIC_RATE = 4e-4
PATIENCE = 150
"""Steps in which the critic only watches."""


def new_critic() -> Any:
    """A patch critic that looks at about 30 pixels at once."""
    layers: list[Any] = []
    before = 3
    for channels in (32, 64, 96):
        layers += [spectral_norm(nn.Conv2d(before, channels, 4, stride=2, padding=1)), nn.LeakyReLU(0.2)]
        before = channels
    return nn.Sequential(*layers, spectral_norm(nn.Conv2d(before, 1, 3, padding=1)))


def trainee(work: Path, *, recipe: Recipe, device: Any) -> Trainee:
    """The autoencoder, of which only what makes pictures learns."""
    vae = settled(work, recipe=recipe, device=device)
    vae.decoder.requires_grad_(True)
    vae.post_quant_conv.requires_grad_(True)
    return Trainee("polish", work, vae.train(), rate=5e-4, decay=0.995)


def critic_of(work: Path, *, recipe: Recipe) -> Trainee:
    """The critic in training."""
    torch.manual_seed(recipe.seed + 6)
    return Trainee("critic", work, new_critic(), rate=CRITIC_RATE)


def train_polish(work: Path, *, recipe: Recipe, sitting: Sitting) -> None:
    """Sharpen the decoder."""
    device = sitting.device
    learner = trainee(work, recipe=recipe, device=device).prepare(device)
    critic = critic_of(work, recipe=recipe).prepare(device)
    frames, unseen = (painted(work / "data", kind, recipe=recipe) for kind in ("frames", "held-out"))

    def loss_of(step: int) -> Any:
        rng = np.random.default_rng([recipe.seed, 71, step])
        numbers = rng.integers(0, len(frames), recipe.batch_autoencoder)
        parts = np.stack([busiest_part(frames[n], size=recipe.crop, rng=rng) for n in numbers])
        pictures = as_tensor(parts, device)
        with torch.autocast(device.type, torch.bfloat16):
            with torch.no_grad():
                latents = learner.module.encode(pictures).latent_dist.mode()
            made = learner.module.decode(latents).sample
        teach_critic(critic, painted_parts=pictures, made=made.detach().float())
        return picture_loss(made.float(), pictures) + _displeasure(critic, made.float(), step=step)

    def look(ema: Any) -> dict[str, float]:
        critic.save()
        return restored(ema, unseen, work / "polish", step=learner.step, device=device)

    sit(learner, sitting=sitting, batch=recipe.batch_autoencoder, loss_of=loss_of, look=look)


def _displeasure(critic: Trainee, made: Any, *, step: int) -> Any:
    if step < PATIENCE:
        return made.new_zeros(())
    critic.module.requires_grad_(False)
    with torch.autocast(made.device.type, torch.bfloat16):
        said = critic.module(made)
    critic.module.requires_grad_(True)
    return -CRITIC_WEIGHT * said.float().mean()


def teach_critic(critic: Trainee, *, painted_parts: Any, made: Any) -> float:
    """One hinge step; returns the critic's loss."""
    with torch.autocast(made.device.type, torch.bfloat16):
        said = critic.module(torch.cat([painted_parts, made])).float()
    real, drawn = said.chunk(2)
    loss = F.relu(1 - real).mean() + F.relu(1 + drawn).mean()
    critic.learn(loss, rate=critic.rate)
    return float(loss.detach())


def is_polished(work: Path) -> bool:
    """Whether the decoder was polished after the autoencoder last learnt."""
    paths = [work / stage / "checkpoint.pt" for stage in ("autoencoder", "polish")]
    return all(path.exists() for path in paths) and paths[0].stat().st_mtime < paths[1].stat().st_mtime


def finished_autoencoder(work: Path, *, recipe: Recipe, device: Any) -> Any:
    """The autoencoder as pictures are made with: polished where that was done, frozen."""
    if not is_polished(work):
        return settled(work, recipe=recipe, device=device)
    return trainee(work, recipe=recipe, device=device).prepare(device).ema.eval().requires_grad_(False)
