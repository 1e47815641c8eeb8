"""What every engine looks like from outside: a request in, one file out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all)."""
Asked = Callable[[], bool]
"""Tells whether the person wants the job stopped."""


class Cancelled(Exception):
    """The person asked for an end while the engine was at work."""


class Breakdown(Exception):
    """The machine failed, not the request: out of memory, a device lost. Worth another attempt."""


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """What a backend needs to know of an engine's row.

    Attributes:
        folder: Where the weights lie.
        revision: SHA-256 over the weights; with the options part of the key under which a loaded engine is kept.
        options: width, height, fps, dtype and other defaults.
        url: Of a remote engine, as the administrator typed it.
        sealed_secret: A remote engine's key, encrypted; opened only while it is called.
    """

    slug: str
    pipeline: str
    folder: Path
    revision: str
    options: Mapping[str, Any]
    url: str = ""
    sealed_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AdapterSpec:
    """A LoRA over an engine, as one request wants it.

    Attributes:
        path: Safetensors file.
        sha256: Of the file, 64 hex digits; with the weight part of the recipe and of the batch key.
        weight: How strongly it draws, -2..2; 0 is the engine alone.
    """

    slug: str
    path: Path
    sha256: str
    weight: float


@dataclass(frozen=True, slots=True)
class Request:
    """One validated request.

    Attributes:
        tool: Slug of the tool.
        inputs: As `domain.tools.validate` returned them.
        source: File the picture begins with.
        adapters: LoRAs over the engine, in the order they are put on.
        media: Further files by their use (choices.MediaUse): mask, control, reference, ...
    """

    tool: str
    inputs: Mapping[str, Any]
    source: Path | None = None
    adapters: tuple[AdapterSpec, ...] = ()
    media: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)

    def medium(self, use: str) -> Path | None:
        """Return the one file for this use, None when it was left out."""
        return next(iter(self.media.get(use, ())), None)


@dataclass(frozen=True, slots=True)
class Produced:
    """What an engine made.

    Attributes:
        path: The file, in the folder that was given.
        kind: image, video, sound or text.
        machine: Device, dtype, versions and settings, for the recipe.
        source_type: Code of IPTC's digital source type vocabulary: `trainedAlgorithmicMedia` from a trained
            network, `algorithmicMedia` from a program that was not trained (a rule-based voice, templates). Both
            get the AI label of GB 45438: synthetic speech and text fall under it however they were made.
    """

    path: Path
    kind: str
    machine: Mapping[str, Any]
    source_type: str = "trainedAlgorithmicMedia"


class Backend(Protocol):
    """A loaded engine."""

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        """Make one file in `folder`.

        Raises:
            Cancelled: `cancelled()` came true; nothing of worth is left behind.
            Breakdown: The machine failed.
            footage.problems.Problem: The request can't be carried out.
        """
        ...
