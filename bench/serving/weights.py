"""Engines of the bench, all with weights that are here or random: nothing is downloaded.

On a CPU the shipped picture engine and the practice clip engine; on a GPU networks of Stable Diffusion 1.5's size.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.serving.school import Engines, shipped_rows
from generation.backends.practice.building import build_practice_engines

SMALL = Engines(picture="bench-atelier", clip="atelier-motion")
WIDTH, HEIGHT = 320, 192
"""Of the small pictures: a step then takes tens of milliseconds, as a large network's does on a GPU."""
LARGE = Engines(picture="bench-picture", clip="bench-clip")
SEED = 20_261_120
WORDS_WIDTH = 768


def build_engines(folder: Path, *, device: str) -> tuple[Engines, list[dict[str, Any]]]:
    """Write what is missing under `folder`; return the slugs and the rows to register."""
    build_practice_engines(folder)
    if device == "cpu":
        atelier, motion = shipped_rows(["atelier", SMALL.clip])
        options = {**atelier["options"], "width": WIDTH, "height": HEIGHT}
        return SMALL, [{**atelier, "slug": SMALL.picture, "options": options}, motion]
    build_stable_diffusion(folder / LARGE.picture, sketch=folder / "atelier-sketch", channels=320)
    build_clip(folder / LARGE.clip, picture=folder / LARGE.picture)
    return LARGE, [_row(LARGE.picture, "stable-diffusion"), _row(LARGE.clip, "animatediff")]


def build_stable_diffusion(folder: Path, *, sketch: Path, channels: int) -> None:
    """Write a StableDiffusionPipeline of version 1's shape with random weights.

    Args:
        sketch: The practice engine, whose byte-level tokenizer is used.
        channels: Of the first level, a multiple of 32; 320 is Stable Diffusion 1.5 (860 million weights).
    """
    import torch
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(sketch / "tokenizer", local_files_only=True)
    levels = tuple(channels * times for times in (1, 2, 4, 4))
    picture = max(32, channels * 2 // 5)  # 128 for 320
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        unet = UNet2DConditionModel(
            sample_size=64, cross_attention_dim=WORDS_WIDTH, block_out_channels=levels, attention_head_dim=8,
        )  # fmt: skip
        vae = AutoencoderKL(
            block_out_channels=(picture, picture * 2, picture * 4, picture * 4), layers_per_block=2,
            down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
            latent_channels=4, sample_size=512,
        )  # fmt: skip
        pipeline = StableDiffusionPipeline(
            vae=vae, text_encoder=_text_tower(tokenizer), tokenizer=tokenizer, unet=unet,
            scheduler=DDIMScheduler(
                beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, clip_sample=False,
                set_alpha_to_one=False, steps_offset=1,
            ),
            safety_checker=None, feature_extractor=None, requires_safety_checker=False,
        )  # fmt: skip
    pipeline.save_pretrained(folder, safe_serialization=True)


def build_clip(folder: Path, *, picture: Path) -> None:
    """Write an AnimateDiffVideoToVideoPipeline over a picture engine, with a random motion adapter."""
    import torch
    from diffusers import AnimateDiffVideoToVideoPipeline, MotionAdapter, StableDiffusionPipeline

    base = StableDiffusionPipeline.from_pretrained(picture, local_files_only=True, use_safetensors=True)
    with torch.random.fork_rng():
        torch.manual_seed(SEED + 1)
        adapter = MotionAdapter(block_out_channels=base.unet.config.block_out_channels)
    pipeline = AnimateDiffVideoToVideoPipeline(
        vae=base.vae, text_encoder=base.text_encoder, tokenizer=base.tokenizer, unet=base.unet,
        motion_adapter=adapter, scheduler=base.scheduler,
    )  # fmt: skip
    pipeline.save_pretrained(folder, safe_serialization=True)


def _text_tower(tokenizer: Any) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel

    size = len(tokenizer)
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=size, hidden_size=WORDS_WIDTH, intermediate_size=4 * WORDS_WIDTH, num_hidden_layers=12,
            num_attention_heads=12, bos_token_id=size - 2, eos_token_id=size - 1, pad_token_id=size - 1,
        )
    )  # fmt: skip


def _row(slug: str, pipeline: str) -> dict[str, Any]:
    tools = ["text-to-image", "image-to-image"] if pipeline == "stable-diffusion" else ["image-to-video"]
    clip = {} if pipeline == "stable-diffusion" else {"strength": 0.5, "fps": 8, "most_frames": 16}
    return {
        "slug": slug, "title_en": slug, "title_zh": slug, "pipeline": pipeline, "folder": slug, "licence": "CC0-1.0",
        "tools": tools, "seconds_per_step": 0.05,
        "options": {"width": 512, "height": 512, "steps": 20, "guidance": 5.0, "dtype": "bfloat16", **clip},
    }  # fmt: skip
