"""The device an engine computes on, and how its failures are told from wrong requests."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from typing import Any

from generation.backends.base import Breakdown, EngineSpec

PACKAGES = ("torch", "diffusers", "transformers")


def prepare() -> None:
    """Use as many threads as OMP_NUM_THREADS says (1 unless set), and never reach for the network."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    for logs in (diffusers_logging, transformers_logging):
        logs.set_verbosity_error()
        logs.disable_progress_bar()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))


def device_name() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def dtype_of(spec: EngineSpec) -> Any:
    """Return the torch dtype of the engine's options: float32 unless it says otherwise and a GPU is there."""
    import torch

    wanted = spec.options.get("dtype", "float32") if device_name() == "cuda" else "float32"
    return {"float16": torch.float16, "bfloat16": torch.bfloat16}.get(wanted, torch.float32)


def generator(seed: int) -> Any:
    """Return a random source of its own on the CPU, so that a seed means the same on every device."""
    import torch

    return torch.Generator("cpu").manual_seed(seed)


def machine_facts(spec: EngineSpec, **more: Any) -> dict[str, Any]:
    """Return what of this machine belongs into a recipe."""
    return {
        "device": device_name(),
        "device_label": device_label(),
        "dtype": str(dtype_of(spec)).removeprefix("torch."),
        "versions": dict(_versions()),
        **more,
    }


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    """Looked up once: reading them from disk for every picture costs more than a step of a small engine."""
    return tuple((name, version(name)) for name in PACKAGES)


@contextmanager
def machine_failures() -> Iterator[None]:
    """Turn failures of the machine into Breakdown."""
    try:
        yield
    except (MemoryError, RuntimeError) as fault:
        if not is_out_of_memory(fault):
            raise
        free_memory()
        raise Breakdown(f"out of memory: {fault}") from fault


def is_out_of_memory(fault: BaseException | None) -> bool:
    """Tell whether memory of the device or the machine ran out; torch says so on a CPU by a bare RuntimeError."""
    if fault is None:
        return False
    import torch

    if isinstance(fault, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(fault, RuntimeError) and "allocate memory" in str(fault)


def free_memory() -> None:
    """Let go of what nothing refers to any more, and give what the allocator keeps for later back to the device."""
    gc.collect()  # a gated network refers to itself
    torch = sys.modules.get("torch")
    if torch and torch.cuda.is_available():
        torch.cuda.empty_cache()


Moment = tuple[float, float]
"""A reading of both clocks: the wall's, and what this thread has computed."""


def moment() -> Moment:
    return time.perf_counter(), time.thread_time()


def seconds_since(began: Moment) -> float:
    """Return what the device computed for since a moment in this thread.

    A CPU is shared with other programs, so there it is what this thread computed: what is learned of forwards, and what
    people are charged, then doesn't depend on who else is at the machine.
    """
    torch = _loaded_torch()
    clock = 0 if torch is not None and torch.cuda.is_available() else 1
    return max(0.0, moment()[clock] - began[clock])


def settle() -> None:
    """Wait until the device has computed what it was told, so that seconds can be measured."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()


def _loaded_torch() -> Any:
    """Return torch; None while nobody has loaded it, or another thread is still at it."""
    torch = sys.modules.get("torch")
    is_loading = torch is not None and getattr(torch.__spec__, "_initializing", False)
    return None if is_loading else torch


def memory_gb() -> float:
    """Return the device's memory; 0 for a CPU, whose memory is not the school's bottleneck."""
    torch = _loaded_torch()
    has_gpu = torch is not None and torch.cuda.is_available()
    return torch.cuda.get_device_properties(0).total_memory / 1024**3 if torch and has_gpu else 0.0


def device_label() -> str:
    """Return what the device is, so that what was learned on one kind is not used on another.

    A worker that only runs programs never loads torch, which takes seconds; to it every device is a CPU.
    """
    torch = _loaded_torch()
    if torch is None:
        return "cpu"
    if torch.cuda.is_available():
        return str(torch.cuda.get_device_name())
    return f"cpu {torch.backends.cpu.get_cpu_capability()} x{torch.get_num_threads()}"
