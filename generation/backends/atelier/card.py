"""The model card beside the weights: what was trained, on what, for how long, and what it can't do."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from generation.backends.atelier.recipe import COMBINED, HELD_OUT_IN, Recipe


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage has come: the last row of its curve.

    Attributes:
        figures: Loss and what was measured on held-out data, as the curve names them.
    """

    stage: str
    steps: int
    samples: int
    minutes: float
    figures: dict[str, float]

    @classmethod
    def of(cls, work: Path, stage: str) -> Progress:
        """Read the curve; a stage without one has come nowhere."""
        curve = work / stage / "curve.csv"
        if not curve.exists():
            return cls(stage, 0, 0, 0.0, {})
        with curve.open(newline="") as file:
            last = list(csv.DictReader(file))[-1]
        counted = {"step", "samples", "seconds"}
        figures = {name: float(value) for name, value in last.items() if name not in counted}
        return cls(
            stage, int(last["step"]), int(last["samples"]), round(int(last["seconds"]) / 60, 1), figures
        )


def model_card(recipe: Recipe, progress: list[Progress], *, frames: int) -> str:
    """The card as Markdown with the metadata block that model libraries read."""
    rows = "\n".join(_row(stage) for stage in progress)
    return CARD.format(
        recipe=recipe,
        frames=frames,
        combined=", ".join(COMBINED),
        held=HELD_OUT_IN,
        rows=rows,
        unet="-".join(map(str, recipe.unet)),
        words=EARLY if _samples(progress, "denoiser") < MATURE else LATE,
    )


def _samples(progress: list[Progress], stage: str) -> int:
    return sum(one.samples for one in progress if one.stage == stage)


def _row(stage: Progress) -> str:
    figures = ", ".join(f"{name} {value:.3g}" for name, value in stage.figures.items())
    return f"| {stage.stage} | {stage.steps:,} | {stage.samples:,} | {stage.minutes} | {figures} |"


MATURE = 250_000
"""Samples after which the shipped engine followed all its words to nine tenths of what the painter's own frames reach."""

EARLY = """Its denoiser has seen few samples yet: hour, light and colour follow the words, while subjects are rough
  shapes and places are only hinted at."""
LATE = """About one picture in four is no use in a storyboard: a subject melts into its place, or is there twice. Ask for
  several."""

CARD = """---
license: cc0-1.0
language: [en, zh]
library_name: diffusers
pipeline_tag: text-to-image
---
# Atelier

A small text-to-image engine for storyboards, trained from zero on film frames that a program painted.
It follows a film student's words in English and Chinese: shot size, place, hour, weather, subject, what is
carried, accent colour, camera move and lens.

    from diffusers import StableDiffusionPipeline
    pipe = StableDiffusionPipeline.from_pretrained(folder, local_files_only=True)
    pipe("wide shot, sea at dusk, a red sailboat", height={recipe.height}, width={recipe.width},
         num_inference_steps=20, guidance_scale=5.0, guidance_rescale=0.6)

## Data
{frames:,} frames at {recipe.width} × {recipe.height}, painted by `footage.painter` from random scenes and
captioned in both languages with synonyms, changing order and things left unsaid. No photograph, film,
drawing or text of any person was used. One in {held} combinations of {combined}
was held out of training, by the hash of its words; psnr and held_out below are measured on such frames.

## Training
Size “{recipe.name}”, seed {recipe.seed}; UNet {unet}, v-prediction with zero terminal SNR; 4 latent channels,
each side an eighth of the picture's.
Minutes are wall time on one thread or one device, often beside other work.

| stage | steps | samples | minutes | last figures |
|---|---|---|---|---|
{rows}

`python manage.py train_atelier --size {recipe.name} --seed {recipe.seed} --minutes N` trains it again; the order
of samples is fixed by seed and step, the number of steps by the time given, so weights agree in kind and
not in every bit.

## Limits
- It knows the words of its captions and the world of its painter, nothing else: no real people or places.
- Small things (a lantern in a wide shot, rain in the distance) are often lost; pictures are soft.
- {words}
- Figures have no faces to recognise, and hands are not drawn.

## Licence
The weights and the painter's pictures are free of rights of others and given away under CC0 1.0.
"""
