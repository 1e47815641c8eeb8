"""The peers' work: errands without users, the offline loop that knows them all, and one task per errand."""

from __future__ import annotations

import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from generation.backends.base import EngineSpec, Request

BATCHES = (1, 2, 4, 8, 16)
PROFILE_STEPS = 3


@dataclass(frozen=True, slots=True)
class Errand:
    """A job as a peer sees it: engine, tool, validated inputs, the file it begins with."""

    spec: EngineSpec
    tool: str
    inputs: Mapping[str, Any]
    source: str | None

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Errand:
        spec = EngineSpec(**{**raw["spec"], "folder": Path(raw["spec"]["folder"])})
        return cls(spec, raw["tool"], raw["inputs"], raw["source"])

    def as_dict(self) -> dict[str, Any]:
        plain = asdict(self)
        return {**plain, "spec": {**plain["spec"], "folder": str(self.spec.folder)}}

    def request(self) -> Request:
        return Request(self.tool, self.inputs, Path(self.source) if self.source else None)

    @property
    def kind(self) -> tuple[str, str, int]:
        """What a batch made by hand must have in common."""
        return self.spec.slug, self.tool, int(self.inputs["steps"])


@dataclass(frozen=True, slots=True)
class Ideal:
    """The offline loop's figures.

    Attributes:
        seconds: Words to written files, of all errands (ideal_e2e).
        compute_seconds: The same without decoding and writing (ideal_compute).
        cpu_seconds: CPU-seconds of the process meanwhile, which other work on the machine doesn't lengthen.
        batch: Pictures per call that were fastest.
    """

    seconds: float
    compute_seconds: float
    cpu_seconds: float
    batch: int


def run_ideal(errands: Sequence[Errand], report: Path) -> None:
    """Run all errands, grouped by engine and length in the best profiled batch, weights in memory before the clock starts."""
    folder = Path(tempfile.mkdtemp(prefix="ideal-"))
    groups: dict[tuple[str, str, int], list[Errand]] = defaultdict(list)
    for errand in errands:
        groups[errand.kind].append(errand)
    pictures = next((group[0] for group in groups.values() if group[0].tool == "text-to-image"), None)
    drawing = Drawing(pictures) if pictures else None
    batch = drawing.best_batch(folder) if drawing else 1
    for group in groups.values():
        _warm(group[0], drawing)
    begun, cpu, decoded = time.perf_counter(), time.process_time(), 0.0
    for group in groups.values():
        decoded += _run_group(group, drawing, batch=batch, folder=folder)
    spent = time.perf_counter() - begun
    ideal = Ideal(spent, spent - decoded, time.process_time() - cpu, batch)
    report.write_text(json.dumps(asdict(ideal)))


class Drawing:
    """A diffusers pipeline called with many prompts at once."""

    def __init__(self, errand: Errand) -> None:
        from diffusers import AutoPipelineForText2Image

        from generation.backends import devices

        devices.prepare()
        self.spec = errand.spec
        self.sample = errand
        self.pipeline = AutoPipelineForText2Image.from_pretrained(
            self.spec.folder, local_files_only=True, use_safetensors=True, dtype=devices.dtype_of(self.spec)
        ).to(devices.device_name())
        self.pipeline.set_progress_bar_config(disable=True)
        self.decoding = 0.0
        self._time_decoding()

    def best_batch(self, folder: Path) -> int:
        """Return how many pictures per call cost least each."""
        return min(BATCHES, key=lambda count: self._profile(count, folder))

    def draw(self, errands: Sequence[Errand], folder: Path, *, steps: int) -> float:
        """Draw and write the pictures; return the seconds spent on decoding and writing."""
        from generation.backends import devices

        self.decoding = 0.0
        options = self.spec.options
        rescale = {"guidance_rescale": options["guidance_rescale"]} if "guidance_rescale" in options else {}
        made = self.pipeline(
            prompt=[errand.inputs["prompt"] for errand in errands],
            negative_prompt=[errand.inputs["negative"] for errand in errands],
            guidance_scale=float(errands[0].inputs["guidance"]),
            generator=[devices.generator(int(errand.inputs["seed"])) for errand in errands],
            width=int(options.get("width", 512)), height=int(options.get("height", 512)),
            num_inference_steps=steps, **rescale,
        )  # fmt: skip
        begun = time.perf_counter()
        for number, picture in enumerate(made.images):
            picture.save(folder / f"{number}.png")
        return self.decoding + time.perf_counter() - begun

    def _profile(self, count: int, folder: Path) -> float:
        errands = [self.sample] * count
        self.draw(errands, folder, steps=1)
        begun = time.perf_counter()
        self.draw(errands, folder, steps=PROFILE_STEPS)
        return (time.perf_counter() - begun) / count

    def _time_decoding(self) -> None:
        decode = self.pipeline.vae.decode

        def timed(*arguments: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            decoded = decode(*arguments, **named)
            self.decoding += time.perf_counter() - begun
            return decoded

        self.pipeline.vae.decode = timed


def _warm(errand: Errand, drawing: Drawing | None) -> None:
    if errand.tool != "text-to-image":
        _run_alone(errand)
    elif drawing is not None:
        drawing.draw([errand], Path(tempfile.mkdtemp(prefix="ideal-")), steps=1)


def _run_group(group: Sequence[Errand], drawing: Drawing | None, *, batch: int, folder: Path) -> float:
    """Run errands of one kind; return the seconds of decoding and writing (0 for clips, which run alone)."""
    if group[0].tool != "text-to-image" or drawing is None:
        for errand in group:
            _run_alone(errand)
        return 0.0
    steps = int(group[0].inputs["steps"])
    return sum(drawing.draw(part, folder, steps=steps) for part in _parts(group, batch))


def _run_alone(errand: Errand) -> None:
    from generation.backends.loading import loaded_engine

    with tempfile.TemporaryDirectory(prefix="ideal-") as folder:
        loaded_engine(errand.spec).run(
            errand.request(), folder=Path(folder), progress=lambda step, steps: None, cancelled=lambda: False
        )


def _parts(group: Sequence[Errand], size: int) -> Iterator[Sequence[Errand]]:
    for start in range(0, len(group), size):
        yield group[start : start + size]


def read_notes(folder: Path) -> list[tuple[float, float]]:
    """Return (began, ended) of each errand that the naive workers have finished."""
    return sorted(tuple(json.loads(note.read_text())) for note in folder.glob("*.json"))


def send_naive(errands: Iterable[Errand], folder: Path) -> int:
    """Send a message per errand; return how many."""
    from bench.serving.naive import render

    count = 0
    for count, errand in enumerate(errands, start=1):
        render.delay(errand.as_dict(), str(folder / f"{count}.json"))
    return count
