"""The practice upscaler: a StableDiffusionUpscalePipeline with weights set by hand.

It answers with the small picture, smoothly enlarged, and a tint of words and seed. It has learned nothing of detail.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generation.backends.practice import hand_set
from generation.backends.practice.pictures import (
    BRIGHTNESS,
    COLOURS,
    LATENTS,
    LEVELS,
    SEED,
    autoencoder,
    scheduler,
    words,
)

WIDTH = 32
"""Channels: a group of four for each of the seven inputs, the latents and the small picture, and one to spare."""
NOISE_LEVELS = 1000
SCALING = 0.08333
"""What published upscalers multiply their latents by; the pipeline insists on it."""
OWN = 0.004
"""Share of the answer that is the noise's own, and so changes with seed and words."""


def build_enlarging(folder: Path) -> None:
    """Write the pipeline (about 3 MB)."""
    import torch
    from diffusers import DDPMScheduler, StableDiffusionUpscalePipeline

    with torch.random.fork_rng():
        torch.manual_seed(SEED + 3)
        tokenizer, tower = words(hidden=WIDTH)
        pipeline = StableDiffusionUpscalePipeline(
            vae=autoencoder(scaling=SCALING, has_quant=True), text_encoder=tower, tokenizer=tokenizer, unet=_denoiser(),
            low_res_scheduler=DDPMScheduler(beta_schedule="scaled_linear", beta_start=0.0001, beta_end=0.02),
            scheduler=scheduler(), safety_checker=None, feature_extractor=None, watermarker=None, max_noise_level=350,
        )  # fmt: skip
    pipeline.save_pretrained(folder, safe_serialization=True)


def _denoiser() -> Any:
    from diffusers import UNet2DConditionModel

    inputs = LATENTS + 3
    network = UNet2DConditionModel(
        sample_size=64, in_channels=inputs, out_channels=LATENTS, block_out_channels=(WIDTH,) * LEVELS,
        layers_per_block=1, cross_attention_dim=WIDTH, attention_head_dim=4, num_class_embeds=NOISE_LEVELS,
        norm_num_groups=WIDTH // hand_set.GROUP,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    )  # fmt: skip
    hand_set.pass_through(network, noise=0.0, detail=0.3, words=0.1)
    hand_set.set_entrance(network.conv_in, inputs=inputs)
    of_picture = [list(BRIGHTNESS), *(list(row) for row in COLOURS), [0.0] * 3]
    own = [[OWN if row == column else 0.0 for column in range(LATENTS)] for row in range(LATENTS)]
    mix = [
        [*mine, *(SCALING * share for share in theirs)] for mine, theirs in zip(own, of_picture, strict=True)
    ]
    hand_set.set_exit(network.conv_out, mix)
    return network
