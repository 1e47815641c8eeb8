"""ControlNets: drawing along given edges, or along given depth, with the denoiser held still."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import torch
from diffusers import ControlNetModel
from numpy.typing import NDArray

from generation.backends.atelier.autoencoder import as_tensor, latents_path, settled
from generation.backends.atelier.denoiser import UNSAID, noised, trained_unet, velocity_loss
from generation.backends.atelier.pipelines import new_scheduler
from generation.backends.atelier.recipe import Recipe
from generation.backends.atelier.shards import Painted, painted
from generation.backends.atelier.sitting import Sitting, Trainee, attention_on, sit
from generation.backends.atelier.text import ids_of, tokenizer_of, trained_tower
from generation.backends.atelier.wording import said

Guide = Literal["edge", "depth"]
EDGE_THRESHOLDS = (80, 160)
HINT_CHANNELS = (16, 24, 32, 48)


def edges_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """White Canny edges on black, (height, width, 3) uint8; the same thresholds draw a student's sketch."""
    found = cv2.Canny(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), *EDGE_THRESHOLDS)
    return np.repeat(found[..., None], 3, axis=-1).astype(np.uint8)


def trainee(work: Path, *, guide: Guide, recipe: Recipe, device: Any) -> Trainee:
    """A ControlNet begun as a copy of the denoiser's way down."""
    torch.manual_seed(recipe.seed + 3)
    unet = trained_unet(work, recipe=recipe, device=device)
    module = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=HINT_CHANNELS)
    return Trainee(guide, work, module.train().requires_grad_(True), rate=4e-4, decay=0.99)


def hints_of(pictures: NDArray[np.uint8], *, guide: Guide) -> NDArray[np.uint8]:
    """What the ControlNet is shown of painted pictures; depth pictures carry theirs in the fourth channel."""
    if guide == "edge":
        return np.stack([edges_of(picture) for picture in pictures])
    return np.repeat(pictures[..., 3:], 3, axis=-1)


def train_control(work: Path, *, guide: Guide, recipe: Recipe, sitting: Sitting) -> None:
    """Teach the ControlNet of a guide."""
    device = sitting.device
    learner = trainee(work, guide=guide, recipe=recipe, device=device).prepare(device)
    unet, vae = trained_unet(work, recipe=recipe, device=device), settled(work, recipe=recipe, device=device)
    tower, tokenizer = trained_tower(work, recipe=recipe, device=device), tokenizer_of(work, recipe=recipe)
    pictures = painted(work / "data", "frames" if guide == "edge" else "depth", recipe=recipe)
    kept = np.load(latents_path(work, "frames"), mmap_mode="r") if guide == "edge" else None
    scheduler = new_scheduler()

    def loss_of(step: int) -> Any:
        rng = np.random.default_rng([recipe.seed, 41, step])
        numbers = rng.integers(0, len(pictures) if kept is None else len(kept), recipe.batch_control)
        pixels = pictures.batch(numbers)
        captions = ["" if rng.random() < UNSAID else said(pictures.scenes[n], rng=rng) for n in numbers]
        hints = as_tensor(hints_of(pixels, guide=guide), device).add(1).div(2)
        generator = torch.Generator().manual_seed(recipe.seed + step)
        with torch.no_grad():
            clean = _clean(vae, pixels, kept, numbers, device)
            hidden = tower(ids_of(tokenizer, captions, recipe=recipe, device=device)).last_hidden_state
        noisy, times, velocity = noised(clean, scheduler=scheduler, generator=generator)
        with torch.autocast(device.type, torch.bfloat16), attention_on(device):
            down, middle = learner.module(noisy, times, hidden, controlnet_cond=hints, return_dict=False)
            made = unet(
                noisy,
                times,
                hidden,
                down_block_additional_residuals=down,
                mid_block_additional_residual=middle,
            ).sample
        return velocity_loss(made, velocity, scheduler=scheduler, times=times)

    sit(learner, sitting=sitting, batch=recipe.batch_control, loss_of=loss_of, look=lambda _: {})


def _clean(vae: Any, pixels: NDArray[np.uint8], kept: Any, numbers: NDArray[np.int64], device: Any) -> Any:
    if kept is not None:
        return torch.from_numpy(np.stack([kept[int(n)] for n in numbers])).float().to(device)
    with torch.autocast(device.type, torch.bfloat16):
        return vae.encode(as_tensor(np.ascontiguousarray(pixels[..., :3]), device)).latent_dist.mode().float()


def trained_control(work: Path, *, guide: Guide, recipe: Recipe, device: Any) -> Any:
    """The ControlNet of a guide as far as it has come, frozen."""
    learner = trainee(work, guide=guide, recipe=recipe, device=device).prepare(device)
    return learner.ema.eval().requires_grad_(False)


def edge_recall(wanted: NDArray[np.uint8], made: NDArray[np.uint8], *, slack: int = 2) -> float:
    """Share of the wanted edge pixels (h, w, 3) that the picture's edges meet within `slack` pixels, 0..1."""
    asked = wanted[..., 0] > 0
    near = cv2.dilate(edges_of(made)[..., 0], np.ones((2 * slack + 1, 2 * slack + 1), np.uint8)) > 0
    return float((asked & near).sum() / max(1, int(asked.sum())))


def hint_pictures(unseen: Painted, numbers: range) -> NDArray[np.uint8]:
    """Edges of held-out frames, (n, height, width, 3) uint8."""
    return np.stack([edges_of(unseen[number]) for number in numbers])
