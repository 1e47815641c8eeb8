"""The autoencoder between pictures and latents, and the latents of all training frames."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderKL
from numpy.typing import NDArray
from torch.nn import functional as F  # noqa: N812

from generation.backends.atelier.recipe import Recipe
from generation.backends.atelier.shards import Painted, painted
from generation.backends.atelier.sheets import grid, save_sheet
from generation.backends.atelier.sitting import Sitting, Trainee, sit

KL_WEIGHT = 2e-4
EDGE_WEIGHT = 0.4
COLOUR_WEIGHT = 8.0
LATENT_BATCH = 25


def new_autoencoder(recipe: Recipe) -> Any:
    """AutoencoderKL, eightfold, four latent channels."""
    levels = len(recipe.autoencoder)
    return AutoencoderKL(
        block_out_channels=recipe.autoencoder,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        mid_block_add_attention=False,
        sample_size=recipe.width,
        scaling_factor=1.0,
    )


def trainee(work: Path, *, recipe: Recipe) -> Trainee:
    """The autoencoder in training."""
    torch.manual_seed(recipe.seed + 1)
    return Trainee("autoencoder", work, new_autoencoder(recipe), rate=1.5e-3, decay=0.997)


def as_tensor(pixels: NDArray[np.uint8], device: Any) -> Any:
    """Pictures (n, h, w, 3) uint8 as (n, 3, h, w) in [-1, 1]."""
    return torch.from_numpy(pixels).to(device).permute(0, 3, 1, 2).float().div_(127.5).sub_(1.0)


def as_pixels(pictures: Any) -> NDArray[np.uint8]:
    """The way back."""
    values = pictures.float().clamp(-1, 1).add(1).mul(127.5).round().byte()
    found: NDArray[np.uint8] = values.permute(0, 2, 3, 1).cpu().numpy()
    return found


def subject_weight(pictures: Any) -> Any:
    """Where to look harder, (n, 1, h, w) with mean 1: strong colour and detail, which skies lack."""
    chroma = pictures.amax(dim=1, keepdim=True) - pictures.amin(dim=1, keepdim=True)
    luma = pictures.mean(dim=1, keepdim=True)
    detail = (luma - F.avg_pool2d(luma, 5, stride=1, padding=2)).abs()
    weight = 0.5 + chroma + 6.0 * F.avg_pool2d(detail, 5, stride=1, padding=2)
    return weight / weight.mean(dim=(2, 3), keepdim=True)


def slopes(pictures: Any) -> list[Any]:
    """Differences to the right and down neighbour, at full and half size."""
    half = F.avg_pool2d(pictures, 2)
    return [
        difference
        for size in (pictures, half)
        for difference in (size[..., 1:] - size[..., :-1], size[..., 1:, :] - size[..., :-1, :])
    ]


def tint(pictures: Any) -> Any:
    """Colour without lightness of cells of 4 by 4 pixels."""
    cells = F.avg_pool2d(pictures, 4)
    return cells - cells.mean(dim=1, keepdim=True)


def picture_loss(made: Any, wanted: Any) -> Any:
    """Weighted L1 of pixels, L1 of slopes, and squared error of tints; pictures in [-1, 1].

    L1 is content with grey for a small bright thing; squared tints are not.
    """
    weight = subject_weight(wanted)
    pixels = (weight * (made - wanted).abs()).mean()
    pairs = zip(slopes(made), slopes(wanted), strict=True)
    edges = sum((a - b).abs().mean() for a, b in pairs)
    tints = (F.avg_pool2d(weight, 4) * (tint(made) - tint(wanted)).square()).mean()
    return pixels + EDGE_WEIGHT * edges + COLOUR_WEIGHT * tints


def busiest_part(
    picture: NDArray[np.uint8], *, size: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """A part of the picture: of three drawn at random the one with most contrast; skies teach little."""
    rows, columns = size
    height, width = picture.shape[:2]
    places = [
        (int(rng.integers(height - rows + 1)), int(rng.integers(width - columns + 1))) for _ in range(3)
    ]
    parts = [picture[y : y + rows, x : x + columns] for y, x in places]
    busy = [float(part[::3, ::3].std(axis=(0, 1)).sum()) for part in parts]
    return parts[int(np.argmax(busy))]


def train_autoencoder(work: Path, *, recipe: Recipe, sitting: Sitting) -> None:
    """Teach it to compress the painted frames and to bring them back."""
    learner = trainee(work, recipe=recipe).prepare(sitting.device)
    frames, unseen = (painted(work / "data", kind, recipe=recipe) for kind in ("frames", "held-out"))

    def loss_of(step: int) -> Any:
        rng = np.random.default_rng([recipe.seed, 21, step])
        numbers = rng.integers(0, len(frames), recipe.batch_autoencoder)
        parts = np.stack([busiest_part(frames[n], size=recipe.crop, rng=rng) for n in numbers])
        pictures = as_tensor(parts, sitting.device)
        with torch.autocast(sitting.device.type, torch.bfloat16):
            spread = learner.module.encode(pictures).latent_dist
            made = learner.module.decode(spread.sample()).sample
        divergence = spread.kl().float().mean() / spread.mean[0].numel()
        return picture_loss(made.float(), pictures) + KL_WEIGHT * divergence

    def look(ema: Any) -> dict[str, float]:
        return restored(ema, unseen, work / "autoencoder", step=learner.step, device=sitting.device)

    sit(learner, sitting=sitting, batch=recipe.batch_autoencoder, loss_of=loss_of, look=look)


def restored(vae: Any, unseen: Painted, folder: Path, *, step: int, device: Any) -> dict[str, float]:
    """PSNR in dB on held-out frames, and a sheet: painted above, restored below."""
    pixels = unseen.batch(np.arange(min(24, len(unseen))))
    with torch.no_grad():
        made = as_pixels(
            torch.cat([through(vae, as_tensor(part, device)) for part in np.array_split(pixels, 4)])
        )
    error = ((pixels.astype(np.float64) - made) ** 2).mean(axis=(1, 2, 3))
    rows = [half for k in range(0, len(pixels), 6) for half in (pixels[k : k + 6], made[k : k + 6])]
    save_sheet(folder, grid(rows), step=step)
    return {"psnr": float((10 * np.log10(255**2 / np.maximum(error, 1e-9))).mean())}


def through(vae: Any, pictures: Any) -> Any:
    """Pictures through the autoencoder and back, without noise."""
    with torch.autocast(pictures.device.type, torch.bfloat16):
        return vae.decode(vae.encode(pictures).latent_dist.mode()).sample


def settle(vae: Any, frames: Painted, *, device: Any) -> None:
    """Fold mean and spread of each latent channel into the 1x1 convolutions around the bottleneck.

    Afterwards latents have mean 0 and standard deviation 1 per channel, and pictures come back as before.
    """
    pixels = frames.batch(np.linspace(0, len(frames) - 1, min(200, len(frames))).astype(np.int64))
    with torch.no_grad():
        parts = [as_tensor(part, device) for part in np.array_split(pixels, 8) if len(part)]
        latents = torch.cat([vae.encode(part).latent_dist.mode() for part in parts])
        mean, spread = latents.mean(dim=(0, 2, 3)), latents.std(dim=(0, 2, 3)).clamp_min(1e-4)
        into, out = vae.quant_conv, vae.post_quant_conv
        out.bias.add_(out.weight[:, :, 0, 0] @ mean)
        out.weight.mul_(spread[None, :, None, None])
        into.weight[:4].div_(spread[:, None, None, None])
        into.bias[:4].sub_(mean).div_(spread)
        into.bias[4:].sub_(2 * spread.log())


def settled(work: Path, *, recipe: Recipe, device: Any) -> Any:
    """The trained autoencoder with latents brought to mean 0 and spread 1, frozen."""
    vae = trainee(work, recipe=recipe).prepare(device).ema
    settle(vae, painted(work / "data", "frames", recipe=recipe), device=device)
    return vae.eval().requires_grad_(False)


def latents_path(work: Path, kind: str) -> Path:
    """Where the latents of a kind of picture are kept."""
    return work / "latents" / f"{kind}.npy"


def encode_all(
    work: Path, *, recipe: Recipe, device: Any, stop: Callable[[], bool], say: Callable[[str], None]
) -> None:
    """Encode training and held-out frames once; a change of the autoencoder asks for it again."""
    vae = settled(work, recipe=recipe, device=device)
    for kind in ("held-out", "frames"):
        pictures = painted(work / "data", kind, recipe=recipe)
        if not _is_current(work, kind, count=len(pictures)):
            _encode(vae, pictures, latents_path(work, kind), stop=stop, say=say)


def _is_current(work: Path, kind: str, *, count: int) -> bool:
    path = latents_path(work, kind)
    newest = (work / "autoencoder" / "checkpoint.pt").stat().st_mtime
    return path.exists() and path.stat().st_mtime > newest and len(np.load(path, mmap_mode="r")) == count


def _encode(
    vae: Any, pictures: Painted, path: Path, *, stop: Callable[[], bool], say: Callable[[str], None]
) -> None:
    parts: list[NDArray[np.float16]] = []
    told = time.monotonic()
    for first in range(0, len(pictures), LATENT_BATCH):
        if stop():
            return
        parts.append(
            _encoded(vae, pictures.batch(np.arange(first, min(first + LATENT_BATCH, len(pictures)))))
        )
        if time.monotonic() - told > 30:
            told = time.monotonic()
            say(f"latents: {first} of {len(pictures)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".part").open("wb") as file:
        np.save(file, np.concatenate(parts))
    path.with_suffix(".part").replace(path)


def _encoded(vae: Any, pixels: NDArray[np.uint8]) -> NDArray[np.float16]:
    with torch.no_grad(), torch.autocast(vae.device.type, torch.bfloat16):
        mode = vae.encode(as_tensor(pixels, vae.device)).latent_dist.mode()
    found: NDArray[np.float16] = mode.float().cpu().numpy().astype(np.float16)
    return found
