"""The drawing engine as the repository ships it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from generation.backends.folders import check_folder, folder_bytes

ENGINE = Path(__file__).resolve().parents[2] / "fixtures" / "engines" / "atelier"
pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("atelier")]


@pytest.fixture(scope="module")
def pipe():
    from diffusers import StableDiffusionPipeline

    pipe = StableDiffusionPipeline.from_pretrained(ENGINE, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def test_the_engine_is_small_and_safe_to_load():
    check_folder(ENGINE)
    assert folder_bytes(ENGINE) <= 40_000_000


def test_the_model_card_tells_the_same_figures_as_the_training_facts():
    facts = json.loads((ENGINE / "training.json").read_text())
    card = (ENGINE / "README.md").read_text()
    assert all(f"| {stage['stage']} | {stage['steps']:,} |" in card for stage in facts["stages"])
    assert f"{facts['frames']:,} frames" in card


def test_night_is_darker_than_day_in_both_languages(pipe):
    prompts = ["wide shot, sea at night", "远景，夜晚，大海", "wide shot, sea at noon", "远景，白天，大海"]
    seeds = [torch.Generator().manual_seed(7) for _ in prompts]
    pictures = pipe(
        prompts,
        height=112,
        width=192,
        num_inference_steps=6,
        guidance_scale=5.0,
        generator=seeds,
        output_type="np",
    ).images
    night_en, night_zh, day_en, day_zh = pictures.mean(axis=(1, 2, 3))
    assert night_en < 0.6 * day_en
    assert night_zh < 0.6 * day_zh


def test_the_accent_named_in_the_caption_colours_the_subject(pipe):
    prompts = ["close-up, sea, day, a red boat", "close-up, sea, day, a yellow boat"]
    seeds = [torch.Generator().manual_seed(3) for _ in prompts]
    pictures = pipe(
        prompts,
        height=112,
        width=192,
        num_inference_steps=8,
        guidance_scale=5.0,
        generator=seeds,
        output_type="np",
    ).images
    greenness = pictures[..., 1].mean(axis=(1, 2)) / pictures[..., 0].mean(axis=(1, 2))
    assert greenness[0] < greenness[1]
