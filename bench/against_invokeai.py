"""The same pictures through Dailies and through InvokeAI's HTTP API, one after the other on the same core.

    python -m bench.against_invokeai --invokeai /path/to/its/environment [--jobs 16]

InvokeAI is not installed by this project: make an environment of its own (`python -m venv E && E/bin/pip install invokeai`).
Both load one folder of Stable Diffusion 1's shape with random weights, draw 256 × 256 pixels with DDIM and guidance 5, and
run with one thread. Without InvokeAI it says so and ends with status 2. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.servers import Postgres, Redis, free_port
from bench.serving.surroundings import servers, set_environment

SLUG, SIDE, STEPS, GUIDANCE = "bench-sd1", 256, 10, 5.0
CHANNELS = 32
START_SECONDS, RUN_SECONDS = 180.0, 400.0
OPEN = ("pending", "in_progress")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--invokeai", default=os.environ.get("INVOKEAI", ""), help="its environment, or its invokeai-web"
    )
    parser.add_argument("--jobs", type=int, default=16)
    options = parser.parse_args()
    program = find_program(options.invokeai)
    if program is None:
        sys.stderr.write(
            "InvokeAI isn't installed here: name its environment with --invokeai, or set INVOKEAI. Nothing was measured.\n"
        )
        return 2
    with tempfile.TemporaryDirectory(prefix="dailies-invokeai-") as place:
        print(json.dumps(compare(Path(place), program=program, jobs=options.jobs)))
    return 0


def find_program(place: str) -> Path | None:
    """Return InvokeAI's web program: the path itself, in the environment's bin folder, or on PATH."""
    candidates = [Path(place), Path(place) / "bin" / "invokeai-web"] if place else []
    found = shutil.which("invokeai-web")
    candidates += [Path(found)] if found else []
    return next((path for path in candidates if path.is_file() and os.access(path, os.X_OK)), None)


def compare(folder: Path, *, program: Path, jobs: int) -> dict[str, Any]:
    """Return seconds and ratio of both; Dailies goes first, and its workers are gone when InvokeAI begins."""
    load = os.getloadavg()[0]
    core = min(os.sched_getaffinity(0))
    with servers(folder) as (postgres, redis):
        set_environment(folder, postgres=postgres, redis=redis, device="cpu")
        dailies = through_dailies(folder, postgres=postgres, redis=redis, jobs=jobs)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    with invokeai(program, folder / "invokeai", core=core) as address:
        theirs = through_invokeai(address, folder / "engines" / SLUG, jobs=jobs)
    return {
        "bench": "against_invokeai", "jobs": jobs, "dailies_s": round(dailies, 2), "invokeai_s": round(theirs, 2),
        "ratio": round(theirs / dailies, 2), "load_at_start": round(load, 2),
    }  # fmt: skip


# ---------------------------------------------------------------- Dailies
def through_dailies(folder: Path, *, postgres: Postgres, redis: Redis, jobs: int) -> float:
    """Return seconds from the first start to the last end of a backlog."""
    import django

    django.setup()
    from bench.serving import scenes
    from bench.serving.hatchery import hatchery
    from bench.serving.school import Engines, found_school
    from bench.serving.stage import Bounds, Stage
    from bench.serving.weights import build_stable_diffusion
    from generation.backends.practice.building import build_practice_engines

    engines = folder / "engines"
    build_practice_engines(engines)
    build_stable_diffusion(engines / SLUG, sketch=engines / "atelier-sketch", channels=CHANNELS)
    school = found_school(people=8, engines=Engines(SLUG, SLUG, GUIDANCE), rows=[_row()])
    os.environ["BENCH_ENGINES"] = SLUG
    with hatchery(folder) as hatched:
        hatched.prepare()
        stage = Stage(school, hatched, postgres, redis, seed=1, bounds=Bounds())
        hatched.hatch_clock()
        hatched.hatch_worker(scenes.WORKER)
        stage.play(_asks(8, seed=1), limit=RUN_SECONDS)
        return scenes.serve_backlog(stage, _asks(jobs, seed=100)).seconds


def _asks(count: int, *, seed: int) -> list[Any]:
    from bench.serving.workloads import Ask

    return [Ask(0.0, number % 8, STEPS, seed + number) for number in range(count)]


def _row() -> dict[str, Any]:
    return {
        "slug": SLUG, "title_en": SLUG, "title_zh": SLUG, "pipeline": "stable-diffusion", "folder": SLUG,
        "licence": "CC0-1.0", "tools": ["text-to-image"], "seconds_per_step": 0.05,
        "options": {"width": SIDE, "height": SIDE, "steps": STEPS, "guidance": GUIDANCE},
    }  # fmt: skip


# ---------------------------------------------------------------- InvokeAI
@contextmanager
def invokeai(program: Path, root: Path, *, core: int) -> Iterator[str]:
    """Start InvokeAI on a free port with an empty root, pinned to a core; yield its address."""
    port = free_port()
    root.mkdir()
    settings = {
        "schema_version": "4.0.3", "host": "127.0.0.1", "port": port, "device": "cpu", "log_level": "warning",
        "node_cache_size": 0,
    }  # fmt: skip
    root.joinpath("invokeai.yaml").write_text("".join(f"{key}: {value}\n" for key, value in settings.items()))
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONPATH": ""}
    with (root / "log").open("wb") as log:
        command = ["taskset", "-c", str(core), str(program), "--root", str(root)]
        process = subprocess.Popen(command, env=environment, cwd=root, stdout=log, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}/api"
        _wait(lambda: _answers(f"{address}/v1/app/version"), seconds=START_SECONDS, what="InvokeAI to start")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def through_invokeai(address: str, folder: Path, *, jobs: int) -> float:
    """Return seconds from the first start to the last end of a backlog, after one picture to warm up."""
    model = _install(address, folder)
    _run(address, _batch(model, seeds=[1]))
    spans = _run(address, _batch(model, seeds=range(100, 100 + jobs)))
    return max(end for _start, end in spans) - min(start for start, _end in spans)


def _install(address: str, folder: Path) -> dict[str, Any]:
    _post(f"{address}/v2/models/install?source={folder}&inplace=true", {"name": SLUG})

    def listed() -> dict[str, Any] | None:
        found = _get(f"{address}/v2/models/")["models"]
        return next((model for model in found if model["name"] == SLUG), None)

    model = _wait(listed, seconds=60, what="the model to be installed")
    return {name: model[name] for name in ("key", "hash", "name", "base", "type")}


def _run(address: str, batch: dict[str, Any]) -> list[tuple[float, float]]:
    """Put a batch into the queue and wait for it; return when each of its pictures began and ended."""
    queue = f"{address}/v1/queue/default"
    asked = _post(f"{queue}/enqueue_batch", {"batch": batch, "prepend": False})["batch"]["batch_id"]

    def mine() -> list[dict[str, Any]]:
        return [item for item in _get(f"{queue}/list_all") if item["batch_id"] == asked]

    _wait(
        lambda: not any(item["status"] in OPEN for item in mine()), seconds=RUN_SECONDS, what="the pictures"
    )
    if failed := [item for item in mine() if item["status"] != "completed"]:
        raise RuntimeError(f"InvokeAI: {failed[0]['error_type']}: {failed[0]['error_message']}")
    return [(_moment(item["started_at"]), _moment(item["completed_at"])) for item in mine()]


def _batch(model: dict[str, Any], *, seeds: Sequence[int]) -> dict[str, Any]:
    """Return InvokeAI's text-to-image graph, once for each seed."""
    nodes: dict[str, dict[str, Any]] = {
        "model": {"type": "main_model_loader", "model": model},
        "words": {"type": "compel", "prompt": "a ferry landing in the rain, wide shot"},
        "not": {"type": "compel", "prompt": ""},
        "noise": {"type": "noise", "width": SIDE, "height": SIDE, "use_cpu": True},
        "denoise": {
            "type": "denoise_latents", "steps": STEPS, "cfg_scale": GUIDANCE, "scheduler": "ddim",
            "denoising_start": 0, "denoising_end": 1,
        },
        "picture": {"type": "l2i", "fp32": True},
    }  # fmt: skip
    edges = [
        ("model", "unet", "denoise", "unet"), ("model", "clip", "words", "clip"), ("model", "clip", "not", "clip"),
        ("model", "vae", "picture", "vae"), ("words", "conditioning", "denoise", "positive_conditioning"),
        ("not", "conditioning", "denoise", "negative_conditioning"), ("noise", "noise", "denoise", "noise"),
        ("denoise", "latents", "picture", "latents"),
    ]  # fmt: skip
    return {
        "graph": {
            "id": "dailies",
            "nodes": {name: {"id": name, "is_intermediate": False, **node} for name, node in nodes.items()},
            "edges": [
                {"source": {"node_id": a, "field": b}, "destination": {"node_id": c, "field": d}}
                for a, b, c, d in edges
            ],
        },
        "runs": 1,
        "data": [[{"node_path": "noise", "field_name": "seed", "items": list(seeds)}]],
    }


# ---------------------------------------------------------------- HTTP
def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  # our own loopback address
        return json.load(answer)


def _post(url: str, body: dict[str, Any]) -> Any:
    asked = urllib.request.Request(  # noqa: S310
        url, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
        return json.load(answer)


def _answers(url: str) -> bool:
    try:
        _get(url)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True


def _wait(look: Any, *, seconds: float, what: str) -> Any:
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            raise RuntimeError(f"Waited {seconds:.0f} s for {what}.")
        time.sleep(0.5)
    return found


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


if __name__ == "__main__":
    sys.exit(main())
