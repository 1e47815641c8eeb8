"""All scenes of a run, one after the other, and the line at the end."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import django

from bench.servers import Postgres, Redis

PEOPLE_PER_SCENE = 45


def perform(
    folder: Path, *, postgres: Postgres, redis: Redis, device: str, scenes: Sequence[str], seed: int, kills: int,
    seconds: float, replays: int,
) -> dict[str, Any]:  # fmt: skip
    """Found a school, play the scenes, and return the figures of the last line."""
    django.setup()
    from bench.serving import scenes as plays
    from bench.serving.hatchery import hatchery
    from bench.serving.school import found_school
    from bench.serving.stage import Bounds, Stage
    from bench.serving.weights import build_engines

    engines, rows = build_engines(folder / "engines", device=device)
    school = found_school(people=PEOPLE_PER_SCENE * (len(scenes) + 1), engines=engines, rows=rows)
    os.environ["BENCH_ENGINES"] = f"{engines.picture},{engines.clip}"
    size = plays.CUDA if device == "cuda" else plays.CPU
    found: dict[str, dict[str, Any]] = {}
    with hatchery(folder) as hatched:
        hatched.prepare()
        stage = Stage(school, hatched, postgres, redis, seed, Bounds(kills, seconds, replays))
        _say("warm", plays.warm(stage, size), began=time.monotonic())
        for number, name in enumerate(scenes, start=1):
            began = time.monotonic()
            stage.first_person = number * PEOPLE_PER_SCENE
            found[name] = plays.SCENES[name](stage, size)
            _say(name, found[name], began=began)
    return last_line(found, device=device)


def last_line(found: Mapping[str, Mapping[str, Any]], *, device: str) -> dict[str, Any]:
    """Return the figures the benchmark is read by; None where their scene did not play."""

    def figure(scene: str, name: str) -> Any:
        return found.get(scene, {}).get(name)

    return {
        "bench": "serving",
        "device": device,
        "throughput_vs_ideal": figure("steady", "throughput_vs_ideal"),
        "throughput_vs_naive": figure("steady", "throughput_vs_naive"),
        "jain": figure("hog", "jain"),
        "small_user_wait_vs_fifo": figure("hog", "small_user_wait_vs_fifo"),
        "cancel_p95_steps": figure("cancel", "p95_steps"),
        "first_preview_s": figure("steady", "first_preview_s"),
        "lost": figure("chaos", "lost"),
        "doubled": figure("chaos", "doubled"),
        "kills": figure("chaos", "kills"),
        "replay_exact_share": figure("replay", "exact_share"),
        "mixed_throughput_vs_ideal": figure("mixed", "throughput_vs_ideal"),
    }


def _say(name: str, figures: Mapping[str, Any], *, began: float) -> None:
    print(f"{name:8} {time.monotonic() - began:6.1f} s  {json.dumps(figures)}", flush=True)
