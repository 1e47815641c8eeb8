"""One sitting of training: steps until the time is up, with curve, checkpoint and averaged weights."""

from __future__ import annotations

import copy
import csv
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

WARM_STEPS = 80
COOL_SHARE = 0.25
"""The last part of a sitting, in which the learning rate falls."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """What one sitting may spend and whom it tells.

    Attributes:
        seconds: Wall time of the stage in this sitting.
        steps: Stop after so many, whatever the time.
        stop: Whether somebody asked to stop.
    """

    seconds: float
    device: Any
    stop: Callable[[], bool]
    say: Callable[[str], None]
    steps: int | None = None
    save_every: float = 90.0
    look_every: float = 240.0


@dataclass(slots=True)
class Trainee:
    """A module in training: its averaged copy, optimiser and how far it has come."""

    name: str
    work: Path
    module: Any
    rate: float
    decay: float = 0.998
    ema: Any = None
    optimizer: Any = None
    step: int = 0
    samples: int = 0
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """The checkpoint."""
        return self.work / self.name / "checkpoint.pt"

    @property
    def curve(self) -> Path:
        """The loss curve, one row per look."""
        return self.work / self.name / "curve.csv"

    def prepare(self, device: Any) -> Trainee:
        """Move to the device and continue from the checkpoint where there is one."""
        self.module.to(device)
        self.ema = copy.deepcopy(self.module).requires_grad_(False).eval()
        trained = [weight for weight in self.module.parameters() if weight.requires_grad]
        self.optimizer = torch.optim.AdamW(
            trained, lr=self.rate, betas=(0.9, 0.99), weight_decay=0.01, fused=True
        )
        if self.path.exists():
            self._load(device)
        return self

    def _load(self, device: Any) -> None:
        kept = torch.load(self.path, map_location=device, weights_only=True)
        self.module.load_state_dict(kept["module"])
        self.ema.load_state_dict(kept["ema"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.step, self.samples, self.seconds = kept["step"], kept["samples"], kept["seconds"]

    def save(self) -> None:
        """Write the checkpoint whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(".part")
        torch.save(
            {
                "module": self.module.state_dict(),
                "ema": self.ema.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "step": self.step,
                "samples": self.samples,
                "seconds": self.seconds,
            },
            unfinished,
        )
        unfinished.replace(self.path)

    def learn(self, loss: Any, *, rate: float) -> None:
        """One step of the optimiser and of the average."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.module.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self._average()

    def _average(self) -> None:
        keep = min(self.decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, weight in zip(self.ema.parameters(), self.module.parameters(), strict=True):
                if weight.requires_grad:
                    mean.lerp_(weight, 1 - keep)

    def note(self, **figures: float) -> None:
        """Add a row to the curve."""
        self.curve.parent.mkdir(parents=True, exist_ok=True)
        mean = sum(self.losses) / max(1, len(self.losses))
        row = {
            "step": self.step,
            "samples": self.samples,
            "seconds": round(self.seconds),
            "loss": round(mean, 5),
        }
        row |= {name: round(value, 5) for name, value in figures.items()}
        fresh = not self.curve.exists()
        with self.curve.open("a", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(row))
            if fresh:
                writer.writeheader()
            writer.writerow(row)
        self.losses.clear()


def attention_on(device: Any) -> AbstractContextManager[None]:
    """On a CPU plain attention trains faster than the fused kernel, whose way back is slow."""
    plain: AbstractContextManager[None] = sdpa_kernel(SDPBackend.MATH)
    return plain if device.type == "cpu" else nullcontext()


def rate_at(trainee: Trainee, *, spent: float) -> float:
    """Learning rate: warm up by steps, hold, and fall to a fiftieth over the last quarter of the sitting."""
    warm = min(1.0, (trainee.step + 1) / WARM_STEPS)
    cool = min(1.0, max(0.02, (1.0 - spent) / COOL_SHARE))
    return trainee.rate * warm * cool


def sit(
    trainee: Trainee,
    *,
    sitting: Sitting,
    batch: int,
    loss_of: Callable[[int], Any],
    look: Callable[[Any], dict[str, float]],
) -> None:
    """Train until time, steps or patience end; leaves a checkpoint.

    Args:
        loss_of: The loss of the step of this number; equal numbers draw equal data.
        look: Figures of the averaged module, and a sample sheet as it pleases.
    """
    started = saved = looked = time.monotonic()
    first = trainee.step
    told_at, before = started, trainee.seconds
    while not sitting.stop() and (sitting.steps is None or trainee.step - first < sitting.steps):
        spent = (time.monotonic() - started) / max(sitting.seconds, 1e-9)
        if spent >= 1.0 and trainee.step > first:
            break
        loss = loss_of(trainee.step)
        trainee.losses.append(float(loss.detach()))
        trainee.learn(loss, rate=rate_at(trainee, spent=0.0 if sitting.steps else spent))
        trainee.samples += batch
        now = time.monotonic()
        trainee.seconds = before + now - started
        if now - told_at > 30:
            told_at = now
            sitting.say(
                progress(trainee, speed=(trainee.step - first) * batch / (now - started), spent=spent)
            )
        if now - saved > sitting.save_every:
            saved = now
            trainee.save()
        if now - looked > sitting.look_every:
            trainee.note(**look(trainee.ema))
            looked = time.monotonic()
    trainee.note(**look(trainee.ema))
    trainee.save()


def progress(trainee: Trainee, *, speed: float, spent: float) -> str:
    """One line about how it goes."""
    recent = trainee.losses[-50:]
    mean = sum(recent) / max(1, len(recent))
    far = f"step {trainee.step}, {trainee.samples} samples, {speed:.1f}/s"
    return f"{trainee.name}: {far}, loss {mean:.4f}, {spent:.0%}"
