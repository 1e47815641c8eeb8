"""The practice engine for references: Atelier Sketch with an IP-Adapter and an image encoder of random weights.

A reference tints the picture in its own way, as words do. It has learned nothing: no face, no coat is recognised.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generation.backends.practice.pictures import CHANNELS, SEED

SEEN = 32
"""Numbers an image encoder says of a picture."""
TOKENS = 4
SIDE = 32
SUBFOLDER, FILE = "ip_adapter", "ip_adapter.safetensors"
LOUDNESS = 1.2
"""How much stronger than random the reference's keys and values are, so that its tint is seen."""


def build_looking(folder: Path, *, sketch: Path) -> None:
    """Write a StableDiffusionPipeline with an image encoder, and its IP-Adapter in a subfolder."""
    import torch
    from diffusers import StableDiffusionPipeline

    base = StableDiffusionPipeline.from_pretrained(sketch, local_files_only=True, use_safetensors=True)
    with torch.random.fork_rng():
        torch.manual_seed(SEED + 4)
        encoder, extractor = _eye()
        pipeline = StableDiffusionPipeline(
            vae=base.vae, text_encoder=base.text_encoder, tokenizer=base.tokenizer, unet=base.unet,
            scheduler=base.scheduler, safety_checker=None, feature_extractor=extractor, image_encoder=encoder,
            requires_safety_checker=False,
        )  # fmt: skip
        pipeline.save_pretrained(folder, safe_serialization=True)
        _save_adapter(base.unet, folder / SUBFOLDER)


def _eye() -> tuple[Any, Any]:
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

    looks = CLIPVisionConfig(
        hidden_size=SEEN, intermediate_size=2 * SEEN, projection_dim=SEEN, num_hidden_layers=1, num_attention_heads=4,
        image_size=SIDE, patch_size=8,
    )  # fmt: skip
    extractor = CLIPImageProcessor(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}, image_std=[0.25] * 3, image_mean=[0.5] * 3
    )  # fmt: skip
    return CLIPVisionModelWithProjection(looks), extractor


def _save_adapter(unet: Any, folder: Path) -> None:
    """Write random keys and values for every place where the denoiser listens to words, as published adapters are kept."""
    import torch
    from safetensors.torch import save_file

    weights = {
        "image_proj.proj.weight": torch.randn(TOKENS * CHANNELS, SEEN) / SEEN**0.5,
        "image_proj.proj.bias": torch.zeros(TOKENS * CHANNELS),
        "image_proj.norm.weight": torch.ones(CHANNELS),
        "image_proj.norm.bias": torch.zeros(CHANNELS),
    }
    listening = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    for number in range(len(listening)):
        for part in ("k", "v"):
            key = f"ip_adapter.{2 * number + 1}.to_{part}_ip.weight"
            weights[key] = LOUDNESS * torch.randn(CHANNELS, CHANNELS) / CHANNELS**0.5
    folder.mkdir(parents=True)
    save_file(weights, str(folder / FILE))
