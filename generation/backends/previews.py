"""What an engine has in hand, as a small picture: latents to colours by a linear fit, made once for each autoencoder.

Eight smooth pictures of random colours go through the autoencoder; least squares then say which colour a latent stands
for. That needs no table for each family of models, and a preview costs less than a millisecond.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from generation.backends.rows import Call

LONGEST = 256
"""Pixels of the longer side of a preview."""
QUALITY = 80
SAMPLES, SIDE = 8, 64
SEED = 20_261_120


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is expected of a picture at a step: latents (channels, rows, columns) on the CPU, and their colours.

    Attributes:
        weights: (channels + 1, 3): red, green and blue (-1..1) of a latent with a one behind it.
        scale: Pixels of the picture for a latent.
    """

    latents: Any
    weights: Any
    scale: int

    def jpeg(self) -> bytes:
        """Return the picture as JPEG, at most LONGEST pixels long."""
        import torch

        channels, rows, columns = self.latents.shape
        flat = self.latents.reshape(channels, -1).T
        colours = torch.cat([flat, torch.ones(len(flat), 1)], dim=1) @ self.weights
        pixels = ((colours.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).reshape(rows, columns, 3)
        share = min(LONGEST / max(rows, columns), self.scale)
        size = (max(1, round(columns * share)), max(1, round(rows * share)))
        written = io.BytesIO()
        picture = Image.fromarray(pixels.numpy()).resize(size, Image.Resampling.BICUBIC)
        picture.save(written, "JPEG", quality=QUALITY)
        return written.getvalue()


def sketch_of(session: Any, call: Call, answer: Any) -> Sketch | None:
    """Return what a job's pipeline expects of its picture after a forward; None for what is no picture."""
    weights = colours_of(getattr(session, "vae", None))
    latents = _latents(call.sample, call, getattr(session, "vae", None), weights)
    predicted = _latents(_first_tensor(answer), call, getattr(session, "vae", None), weights)
    if weights is None or latents is None or predicted is None:
        return None
    found = expected(latents, predicted, time=time_of(call), scheduler=session.scheduler)
    return Sketch(found.float().cpu(), weights, int(getattr(session, "vae_scale_factor", 8) or 8))


def time_of(call: Call) -> float | None:
    """Return the time of a call's first row, as its solver counts."""
    times = call.timestep
    return None if times is None or not times.numel() else float(times.flatten()[0])


def expected(latents: Any, predicted: Any, *, time: float | None, scheduler: Any) -> Any:
    """Return the noiseless latents a step goes towards, without guidance.

    Networks predict the noise, the picture, a velocity between them (Salimans & Ho 2022, v = √a·noise − √(1−a)·picture),
    or the flow from picture to noise (x − σ·v). Solvers scale what the network sees to variance 1, so the first three need
    nothing but `a`, the share of signal at this time.
    """
    kind = str(getattr(scheduler.config, "prediction_type", "") or "")
    if time is None:
        return latents
    if kind == "flow_prediction" or "FlowMatch" in type(scheduler).__name__:
        return latents - (time / 1000 if time > 1 else time) * predicted
    signal = getattr(scheduler, "alphas_cumprod", None)
    if signal is None:
        return latents
    share = float(signal[max(0, min(len(signal) - 1, round(time)))])
    if kind == "sample":
        return predicted
    if kind == "v_prediction":
        return share**0.5 * latents - (1 - share) ** 0.5 * predicted
    return (latents - (1 - share) ** 0.5 * predicted) / max(share, 1e-3) ** 0.5


# ---------------------------------------------------------------- the fit
def colours_of(vae: Any) -> Any:
    """Return the (channels + 1, 3) weights from latents as pipelines keep them to colours; None where there are none."""
    if vae is None:
        return None
    if "_dailies_colours" not in vae.__dict__:
        vae.__dict__["_dailies_colours"] = _fitted(vae)
    return vae.__dict__["_dailies_colours"]


def _fitted(vae: Any) -> Any:
    import torch

    pictures = _smooth_pictures()
    with torch.no_grad():
        latents = _encoded(vae, pictures.to(device=vae.device, dtype=vae.dtype))
    if latents is None:
        return None
    rows, columns = latents.shape[-2:]
    colours = torch.nn.functional.adaptive_avg_pool2d(pictures, (rows, columns))
    known = latents.float().cpu().permute(0, 2, 3, 1).reshape(-1, latents.shape[1])
    wanted = colours.permute(0, 2, 3, 1).reshape(-1, 3)
    return torch.linalg.lstsq(torch.cat([known, torch.ones(len(known), 1)], dim=1), wanted).solution


def _smooth_pictures() -> Any:
    """Return (SAMPLES, 3, SIDE, SIDE) pictures of soft colour fields, -1..1."""
    import torch

    source = torch.Generator().manual_seed(SEED)
    coarse = torch.rand(SAMPLES, 3, 5, 5, generator=source) * 2 - 1
    return torch.nn.functional.interpolate(coarse, (SIDE, SIDE), mode="bicubic").clamp(-1, 1)


def _encoded(vae: Any, pictures: Any) -> Any:
    """Return the pictures' latents (SAMPLES, channels, rows, columns), normalised as pipelines do; None for sound."""
    config = vae.config
    if int(getattr(config, "in_channels", 3) or 3) != 3 or not hasattr(vae, "encode"):
        return None
    is_film = any(weight.ndim == 5 for weight in vae.parameters())  # convolutions over time
    found = vae.encode(pictures.unsqueeze(2) if is_film else pictures)
    latents = found.latent_dist.mode() if hasattr(found, "latent_dist") else getattr(found, "latents", None)
    if latents is None:
        return None
    return _normalised(latents.squeeze(2) if latents.ndim == 5 else latents, config)


def _normalised(latents: Any, config: Any) -> Any:
    import torch

    mean, spread = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
    if mean is not None and spread is not None:
        middle, width = (torch.tensor(each).view(1, -1, 1, 1).to(latents) for each in (mean, spread))
        return (latents - middle) / width
    shift = float(getattr(config, "shift_factor", None) or 0.0)
    return (latents - shift) * float(getattr(config, "scaling_factor", None) or 1.0)


# ---------------------------------------------------------------- the latents of a call
def _latents(found: Any, call: Call, vae: Any, weights: Any) -> Any:
    """Return the last row's latents as (channels, rows, columns): of film its middle frame; None for what is no picture.

    The last row is the one with the words; the first is the one without, where guidance needs both.
    """
    if found is None or weights is None:
        return None
    channels = len(weights) - 1
    row = found if call.is_listed else found[-1]
    if row.ndim == 2:
        row = _unpacked(row, call, channels)
    if row is None or row.ndim not in {3, 4} or row.shape[0] < channels:
        return None
    frame = row[:, row.shape[1] // 2] if row.ndim == 4 else row
    return frame[:channels]  # further ones are a mask, a small picture, or a predicted spread


def _unpacked(row: Any, call: Call, channels: int) -> Any:
    """Undo the packing of Flux and Qwen: 2 × 2 latents as one token (tokens, 4 · channels)."""
    high, wide = _grid(call)
    if high * wide == 0 or len(row) < high * wide or row.shape[1] != 4 * channels:
        return None
    tokens = row[: high * wide].view(high, wide, channels, 2, 2)
    return tokens.permute(2, 0, 3, 1, 4).reshape(channels, 2 * high, 2 * wide)


def _grid(call: Call) -> tuple[int, int]:
    """Return how many tokens high and wide a packed picture is; (0, 0) when the call doesn't say."""
    ids, shapes = call.named.get("img_ids"), call.named.get("img_shapes")
    if ids is not None:
        places = ids[0] if ids.ndim == 3 else ids
        return int(places[:, 1].max()) + 1, int(places[:, 2].max()) + 1
    if shapes:
        first = shapes[0][0] if isinstance(shapes[0], list) else shapes[0]
        return int(first[1]), int(first[2])
    return 0, 0


def _first_tensor(answer: Any) -> Any:
    return answer[0] if isinstance(answer, tuple | list) else getattr(answer, "sample", None)
