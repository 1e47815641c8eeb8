"""How well the shipped drawing engine follows words: `python -m bench.atelier`.

A judge is trained on painted frames; then pictures are drawn for combinations that training never saw, half of the
captions English, half Chinese, and the judge says what it sees in them. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import torch
from diffusers import ControlNetModel, StableDiffusionControlNetPipeline, StableDiffusionPipeline

from footage.painter.captions import caption
from generation.backends.atelier import control, export, judge
from generation.backends.atelier.pipelines import GUIDANCE, RESCALE, STEPS
from generation.backends.atelier.recipe import RECIPES, Recipe
from generation.backends.atelier.shards import paint_missing, painted, scene_number, shards_of
from generation.backends.atelier.sheets import grid, save_sheet
from generation.backends.atelier.sitting import Sitting
from generation.backends.folders import folder_bytes

ROOT = Path(__file__).resolve().parent.parent
BATCH = 8
EDGE_PICTURES = 24


def main() -> None:
    """Measure and print."""
    asked = _asked()
    torch.set_num_threads(asked.threads)
    facts = json.loads((asked.engine / "training.json").read_text())["recipe"]
    recipe = RECIPES[facts["name"]]
    sees, ceiling = _judge(asked.work, recipe, minutes=asked.judge_minutes)
    pipe = StableDiffusionPipeline.from_pretrained(asked.engine, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    scenes, pictures, seconds_b8 = _drawn(pipe, recipe, count=asked.count)
    save_sheet(asked.work / "bench", grid([pictures[k : k + 6] for k in range(0, 24, 6)]), step=0)
    report = {
        "bench": "atelier",
        "mb": round(folder_bytes(asked.engine) / 1e6, 1),
        "seconds_per_image_b1": _seconds_alone(pipe, recipe),
        "seconds_per_image_b8": seconds_b8,
        "pictures": len(pictures),
        "recognised": _as_asked(judge.recognised(sees, pictures, scenes)),
        "ceiling": _as_asked(ceiling),
        "edge_recall_on_off": _edge_recall(asked.engine, asked.work, recipe),
    }
    print(json.dumps(report))


def _as_asked(shares: dict[str, float]) -> dict[str, float]:
    return {"time" if name == "hour" else name: share for name, share in shares.items()}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.atelier", description="Measure the drawing engine."
    )
    parser.add_argument("--engine", type=Path, default=ROOT / "fixtures" / "engines" / "atelier")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "var" / "atelier", help="painted frames and the judge"
    )
    parser.add_argument("--count", type=int, default=504)
    parser.add_argument("--judge-minutes", type=float, default=6.0)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def _judge(work: Path, recipe: Recipe, *, minutes: float) -> tuple[Any, dict[str, float]]:
    for kind in ("held-out", "frames"):
        for added in paint_missing(
            shards_of(work / "data", kind, recipe=recipe)[:16], painters=1, stop=lambda: False
        ):
            print(f"painted {added} {kind}", flush=True)
    if not (work / "judge" / "checkpoint.pt").exists():
        sitting = Sitting(
            minutes * 60, torch.device("cpu"), lambda: False, lambda line: print(line, flush=True)
        )
        judge.train_judge(work, recipe=recipe, sitting=sitting)
    sees = judge.trained_judge(work, recipe=recipe, device=torch.device("cpu"))
    ceiling = judge.ceiling(sees, painted(work / "data", "held-out", recipe=recipe))
    print("the judge on painted held-out frames:", ceiling, flush=True)
    return sees, ceiling


def _options(recipe: Recipe) -> dict[str, Any]:
    return {
        "height": recipe.height,
        "width": recipe.width,
        "num_inference_steps": STEPS,
        "guidance_scale": GUIDANCE,
        "guidance_rescale": RESCALE,
        "output_type": "np",
    }


def _drawn(pipe: Any, recipe: Recipe, *, count: int) -> tuple[list[Any], Any, float]:
    scenes = [scene_number("held-out", 50_000 + number, seed=recipe.seed) for number in range(count)]
    rng = np.random.default_rng(recipe.seed)
    captions = [
        caption(scene, rng=rng, language="zh" if n % 2 else "en", drop=0.0) for n, scene in enumerate(scenes)
    ]
    parts, seconds = [], []
    for first in range(0, count, BATCH):
        prompts = captions[first : first + BATCH]
        generators = [torch.Generator().manual_seed(1000 + first + n) for n in range(len(prompts))]
        started = time.perf_counter()
        parts.append(pipe(prompts, generator=generators, **_options(recipe)).images)
        seconds.append((time.perf_counter() - started) / len(prompts))
        print(f"drawn {first + len(prompts)} of {count}, {seconds[-1]:.2f} s each", flush=True)
    pictures = np.rint(np.concatenate(parts) * 255).astype(np.uint8)
    return scenes, pictures, round(float(np.median(seconds)), 3)


def _seconds_alone(pipe: Any, recipe: Recipe) -> float:
    spent = []
    for seed in range(5):
        started = time.perf_counter()
        pipe(
            "wide shot, sea at dusk, a red boat",
            generator=torch.Generator().manual_seed(seed),
            **_options(recipe),
        )
        spent.append(time.perf_counter() - started)
    return round(float(np.median(spent)), 3)


def _edge_recall(engine: Path, work: Path, recipe: Recipe) -> list[float] | None:
    """Mean recall of the asked edges with the ControlNet on and off; None where the engine has none."""
    folder = engine / export.FOLDERS["edge"]
    if not folder.is_dir():
        return None
    unseen = painted(work / "data", "held-out", recipe=recipe)
    numbers = range(min(EDGE_PICTURES, len(unseen)))
    hints = control.hint_pictures(unseen, numbers)
    net = ControlNetModel.from_pretrained(folder, local_files_only=True)
    pipe = StableDiffusionControlNetPipeline.from_pretrained(engine, controlnet=net, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    rng = np.random.default_rng(recipe.seed)
    captions = [caption(unseen.scenes[n], rng=rng, language="en", drop=0.0) for n in numbers]
    return [_recall(pipe, captions, hints, recipe, strength) for strength in (1.0, 0.0)]


def _recall(pipe: Any, captions: list[str], hints: Any, recipe: Recipe, strength: float) -> float:
    options = {name: value for name, value in _options(recipe).items() if name != "guidance_rescale"}
    found = []
    for first in range(0, len(captions), BATCH):
        part = hints[first : first + BATCH]
        image = torch.from_numpy(part).permute(0, 3, 1, 2).float() / 255
        generators = [torch.Generator().manual_seed(first + n) for n in range(len(part))]
        made = pipe(
            captions[first : first + BATCH],
            image=image,
            generator=generators,
            controlnet_conditioning_scale=strength,
            **options,
        ).images
        drawn = np.rint(made * 255).astype(np.uint8)
        found += [control.edge_recall(hint, picture) for hint, picture in zip(part, drawn, strict=True)]
    return round(float(np.mean(found)), 3)


if __name__ == "__main__":
    main()
