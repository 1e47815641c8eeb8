"""The denoiser: a UNet that learns to take noise off latents while listening to the caption."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from torch.nn.functional import mse_loss

from generation.backends.atelier.autoencoder import latents_path
from generation.backends.atelier.pipelines import assemble, new_scheduler, sample_sheet
from generation.backends.atelier.polish import finished_autoencoder
from generation.backends.atelier.recipe import Recipe
from generation.backends.atelier.shards import painted
from generation.backends.atelier.sheets import save_sheet
from generation.backends.atelier.sitting import Sitting, Trainee, attention_on, sit
from generation.backends.atelier.text import ids_of, tokenizer_of, trained_tower
from generation.backends.atelier.wording import said

UNSAID = 0.1
"""Share of samples whose caption is left empty, for classifier-free guidance."""
SNR_CEILING = 5.0
LOOK_AT = 128
"""Held-out latents behind the figure of a look."""


def new_unet(recipe: Recipe) -> Any:
    """A small UNet2DConditionModel for latents of the recipe's size."""
    crossing = recipe.crossing
    return UNet2DConditionModel(
        sample_size=recipe.latent[1],
        in_channels=4,
        out_channels=4,
        block_out_channels=recipe.unet,
        layers_per_block=1,
        down_block_types=tuple("CrossAttnDownBlock2D" if words else "DownBlock2D" for words in crossing),
        up_block_types=tuple("CrossAttnUpBlock2D" if words else "UpBlock2D" for words in reversed(crossing)),
        cross_attention_dim=recipe.text_width,
        attention_head_dim=4,
        norm_num_groups=16,
    )


def trainee(work: Path, *, recipe: Recipe) -> Trainee:
    """The denoiser in training."""
    torch.manual_seed(recipe.seed + 2)
    return Trainee("denoiser", work, new_unet(recipe), rate=9e-4)


def velocity_loss(made: Any, wanted: Any, *, scheduler: Any, times: Any) -> Any:
    """Squared error of v, less for samples that are hardly noisy (min-SNR's ceiling, arXiv:2303.09556)."""
    kept = scheduler.alphas_cumprod.to(made.device)[times]
    weight = (SNR_CEILING * (1 - kept) / kept.clamp_min(1e-6)).clamp(max=1.0)
    return (weight * mse_loss(made.float(), wanted.float(), reduction="none").mean(dim=(1, 2, 3))).mean()


def noised(latents: Any, *, scheduler: Any, generator: Any) -> tuple[Any, Any, Any]:
    """Noisy latents, their times and the velocity to predict; times are spread evenly over the batch."""
    device = latents.device
    noise = torch.randn(latents.shape, generator=generator).to(device)
    count = len(latents)
    steps = scheduler.config.num_train_timesteps
    shares = (torch.arange(count) + torch.rand(count, generator=generator)) / count
    times = (shares * steps).long().clamp(max=steps - 1).to(device)
    return scheduler.add_noise(latents, noise, times), times, scheduler.get_velocity(latents, noise, times)


def train_denoiser(work: Path, *, recipe: Recipe, sitting: Sitting) -> None:
    """Teach the UNet on cached latents with fresh captions."""
    learner = trainee(work, recipe=recipe).prepare(sitting.device)
    scheduler, device = new_scheduler(), sitting.device
    tower = trained_tower(work, recipe=recipe, device=device)
    tokenizer = tokenizer_of(work, recipe=recipe)
    frames = painted(work / "data", "frames", recipe=recipe)
    latents = np.load(latents_path(work, "frames"))
    vae = finished_autoencoder(work, recipe=recipe, device=device)

    def hidden_of(captions: list[str]) -> Any:
        with torch.no_grad():
            return tower(ids_of(tokenizer, captions, recipe=recipe, device=device)).last_hidden_state

    def loss_of(step: int) -> Any:
        rng = np.random.default_rng([recipe.seed, 31, step])
        numbers = rng.integers(0, len(latents), recipe.batch_unet)
        captions = [
            "" if rng.random() < UNSAID else said(frames.scenes[n], rng=rng, drop=0.15) for n in numbers
        ]
        generator = torch.Generator().manual_seed(recipe.seed + step)
        clean = torch.from_numpy(latents[numbers]).float().to(device)
        noisy, times, velocity = noised(clean, scheduler=scheduler, generator=generator)
        with torch.autocast(device.type, torch.bfloat16), attention_on(device):
            made = learner.module(noisy, times, hidden_of(captions)).sample
        return velocity_loss(made, velocity, scheduler=scheduler, times=times)

    def look(ema: Any) -> dict[str, float]:
        pipe = assemble(vae=vae, tower=tower, tokenizer=tokenizer, unet=ema)
        save_sheet(work / "denoiser", sample_sheet(pipe, recipe=recipe), step=learner.step)
        return {"held_out": unseen_loss(ema, work, recipe=recipe, hidden_of=hidden_of, device=device)}

    sit(learner, sitting=sitting, batch=recipe.batch_unet, loss_of=loss_of, look=look)


def unseen_loss(unet: Any, work: Path, *, recipe: Recipe, hidden_of: Any, device: Any) -> float:
    """Mean squared error of v on held-out frames with complete captions; times and noise are always the same."""
    unseen = painted(work / "data", "held-out", recipe=recipe)
    latents = np.load(latents_path(work, "held-out"))[:LOOK_AT]
    rng, generator = np.random.default_rng(recipe.seed), torch.Generator().manual_seed(recipe.seed)
    scheduler, errors = new_scheduler(), []
    for part in np.array_split(np.arange(len(latents)), max(1, len(latents) // 16)):
        clean = torch.from_numpy(latents[part]).float().to(device)
        noisy, times, velocity = noised(clean, scheduler=scheduler, generator=generator)
        captions = [said(unseen.scenes[n], rng=rng, drop=0.0) for n in part]
        with torch.no_grad(), torch.autocast(device.type, torch.bfloat16):
            made = unet(noisy, times, hidden_of(captions)).sample
        errors += mse_loss(made.float(), velocity, reduction="none").mean(dim=(1, 2, 3)).tolist()
    return float(np.mean(errors))


def trained_unet(work: Path, *, recipe: Recipe, device: Any) -> Any:
    """The denoiser as far as it has come, frozen."""
    return trainee(work, recipe=recipe).prepare(device).ema.eval().requires_grad_(False)
