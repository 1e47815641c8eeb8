"""A motion adapter: it turns the denoiser of pictures into one of short takes that pan, tilt and push in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import MotionAdapter, UNetMotionModel
from numpy.typing import NDArray

from generation.backends.atelier.autoencoder import as_tensor, settled
from generation.backends.atelier.denoiser import noised, trained_unet, velocity_loss
from generation.backends.atelier.pipelines import new_scheduler
from generation.backends.atelier.recipe import Recipe
from generation.backends.atelier.shards import painted
from generation.backends.atelier.sitting import Sitting, Trainee, attention_on, sit
from generation.backends.atelier.text import ids_of, tokenizer_of, trained_tower
from generation.backends.atelier.wording import said

LONGEST = 32
"""Frames a take may have."""


def new_adapter(recipe: Recipe) -> Any:
    """An adapter that fits the denoiser."""
    return MotionAdapter(
        block_out_channels=recipe.unet,
        motion_layers_per_block=1,
        motion_num_attention_heads=4,
        motion_norm_num_groups=16,
        motion_max_seq_length=LONGEST,
        use_motion_mid_block=False,
    )


def trainee(work: Path, *, recipe: Recipe, device: Any) -> Trainee:
    """The denoiser with motion modules; only these learn."""
    torch.manual_seed(recipe.seed + 4)
    unet = trained_unet(work, recipe=recipe, device=device)
    module = UNetMotionModel.from_unet2d(unet, new_adapter(recipe))
    module.freeze_unet2d_params()
    return Trainee("motion", work, module.train(), rate=4e-4, decay=0.99)


def train_motion(work: Path, *, recipe: Recipe, sitting: Sitting) -> None:
    """Teach the adapter on painted takes whose captions name the camera's move."""
    device = sitting.device
    learner = trainee(work, recipe=recipe, device=device).prepare(device)
    vae, clips = settled(work, recipe=recipe, device=device), painted(work / "data", "clips", recipe=recipe)
    tower, tokenizer = trained_tower(work, recipe=recipe, device=device), tokenizer_of(work, recipe=recipe)
    scheduler, frames = new_scheduler(), recipe.clip_frames

    def loss_of(step: int) -> Any:
        rng = np.random.default_rng([recipe.seed, 51, step])
        numbers = rng.integers(0, len(clips), recipe.batch_motion)
        captions = [said(clips.scenes[n], rng=rng, drop=0.1) for n in numbers]
        with torch.no_grad():
            clean = clip_latents(vae, clips.batch(numbers), device=device)
            hidden = tower(ids_of(tokenizer, captions, recipe=recipe, device=device)).last_hidden_state
        generator = torch.Generator().manual_seed(recipe.seed + step)
        noisy, times, velocity = noised(clean, scheduler=scheduler, generator=generator)
        with torch.autocast(device.type, torch.bfloat16), attention_on(device):
            made = learner.module(noisy, times, hidden.repeat_interleave(frames, dim=0)).sample
        return velocity_loss(made.flatten(3), velocity.flatten(3), scheduler=scheduler, times=times)

    sit(learner, sitting=sitting, batch=recipe.batch_motion, loss_of=loss_of, look=lambda _: {})


def clip_latents(vae: Any, clips: NDArray[np.uint8], *, device: Any) -> Any:
    """Latents of takes (n, frames, h, w, 3), shape (n, 4, frames, h / 8, w / 8)."""
    count, frames = clips.shape[:2]
    flat = as_tensor(clips.reshape(-1, *clips.shape[2:]), device)
    with torch.autocast(device.type, torch.bfloat16):
        latents = vae.encode(flat).latent_dist.mode().float()
    return latents.reshape(count, frames, *latents.shape[1:]).transpose(1, 2).contiguous()


def trained_motion(work: Path, *, recipe: Recipe, device: Any) -> Any:
    """The denoiser with motion modules as far as they have come, frozen."""
    return trainee(work, recipe=recipe, device=device).prepare(device).ema.eval().requires_grad_(False)
