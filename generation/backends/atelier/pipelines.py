"""Putting the parts together as the standard pipeline, and the sheet of prompts nobody picked for looks."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline
from numpy.typing import NDArray

from footage.painter.captions import caption
from generation.backends.atelier.recipe import Recipe
from generation.backends.atelier.shards import scene_number
from generation.backends.atelier.sheets import grid

GUIDANCE = 5.0
RESCALE = 0.6
STEPS = 20
SHEET_PROMPTS = 24


def new_scheduler() -> Any:
    """v-prediction with zero terminal SNR, sampled from the trailing end."""
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        rescale_betas_zero_snr=True,
    )


def assemble(*, vae: Any, tower: Any, tokenizer: Any, unet: Any) -> Any:
    """A StableDiffusionPipeline of trained parts."""
    pipe = StableDiffusionPipeline(
        vae=vae,
        text_encoder=tower,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=new_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def sheet_prompts(recipe: Recipe) -> list[str]:
    """Captions of held-out scenes, English and Chinese in turn, in the order they come."""
    rng = np.random.default_rng(recipe.seed)
    scenes = [scene_number("held-out", 10_000 + number, seed=recipe.seed) for number in range(SHEET_PROMPTS)]
    return [
        caption(scene, rng=rng, language="zh" if number % 2 else "en", drop=0.15)
        for number, scene in enumerate(scenes)
    ]


def draw(pipe: Any, prompts: list[str], *, recipe: Recipe, seed: int, **options: Any) -> NDArray[np.uint8]:
    """Pictures of prompts, each from a seed of its own; (n, height, width, 3) uint8 RGB."""
    generators = [torch.Generator().manual_seed(seed + number) for number in range(len(prompts))]
    settings = {
        "guidance_scale": GUIDANCE,
        "guidance_rescale": RESCALE,
        "num_inference_steps": STEPS,
    } | options
    with torch.no_grad(), torch.autocast(pipe.device.type, torch.bfloat16):
        found = pipe(
            prompts,
            height=recipe.height,
            width=recipe.width,
            generator=generators,
            output_type="np",
            **settings,
        )
    pictures: NDArray[np.uint8] = np.rint(np.nan_to_num(found.images) * 255).astype(np.uint8)
    return pictures


def sample_sheet(pipe: Any, *, recipe: Recipe) -> NDArray[np.uint8]:
    """Six across, in the order of `sheet_prompts`, always the same seeds."""
    prompts = sheet_prompts(recipe)
    return grid(
        [draw(pipe, prompts[k : k + 6], recipe=recipe, seed=100 + k) for k in range(0, len(prompts), 6)]
    )
