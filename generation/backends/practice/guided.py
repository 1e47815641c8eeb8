"""The practice engine for guides: Atelier Sketch with a ControlNet whose weights are set by hand.

The guide's brightness passes through the ControlNet unchanged and is added to what the denoiser has in hand, so that lines,
skeletons and depth show in the picture. It has learned nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generation.backends.practice import hand_set
from generation.backends.practice.pictures import CHANNELS, LATENTS, LEVELS, SEED

FINE, COARSE = 4.0, 0.2
"""How loud the guide is at its full size, where thin lines live, and at the smaller ones."""
DARK = 0.3
WIDTHS = (8, 8, 8, 8)
"""Channels of the network that makes the guide as small as the latents: 8, because its pairs (x, -x) need few."""


def build_guided(folder: Path, *, sketch: Path) -> None:
    """Write a StableDiffusionControlNetPipeline over the sketch engine."""
    import torch
    from diffusers import StableDiffusionControlNetPipeline, StableDiffusionPipeline

    base = StableDiffusionPipeline.from_pretrained(sketch, local_files_only=True, use_safetensors=True)
    with torch.random.fork_rng():
        torch.manual_seed(SEED + 2)
        network = _network()
    pipeline = StableDiffusionControlNetPipeline(
        vae=base.vae, text_encoder=base.text_encoder, tokenizer=base.tokenizer, unet=base.unet, controlnet=network,
        scheduler=base.scheduler, safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipeline.save_pretrained(folder, safe_serialization=True)


def _network() -> Any:
    """A ControlNet that hands on the guide's brightness at every level."""
    from diffusers import ControlNetModel

    network = ControlNetModel(
        in_channels=LATENTS, block_out_channels=(CHANNELS,) * LEVELS, layers_per_block=1, cross_attention_dim=CHANNELS,
        attention_head_dim=4, norm_num_groups=CHANNELS // hand_set.GROUP,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        conditioning_embedding_out_channels=WIDTHS[:3],
    )  # fmt: skip
    hand_set.pass_through(network, noise=0.0)
    hand_set.silence(network.conv_in)
    hand_set.lead_brightness(network.controlnet_cond_embedding, dark=DARK)
    for number, gate in enumerate((*network.controlnet_down_blocks, network.controlnet_mid_block)):
        hand_set.open_gate(gate, gain=FINE if number < 2 else COARSE)
    return network
