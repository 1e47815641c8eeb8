"""Safetensors files by their headers: whole or cut off, how large in memory, which tensors of which shape.

Layout (github.com/huggingface/safetensors, README, “Format”): eight bytes little-endian N, N bytes of JSON that names each
tensor with dtype, shape and data_offsets, then the data. Nothing here reads the data, so a check takes no time.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footage.problems import Problem, gettext_noop

MOST_HEADER_BYTES = 100_000_000
"""The limit that the safetensors library sets itself."""
CUT_OFF = gettext_noop("%(file)s is not whole: it has %(have)d bytes of %(want)d. Copy or download it again.")
NOT_SAFETENSORS = gettext_noop(
    "%(file)s is no safetensors file, whatever its name says. Convert the weights to safetensors."
)


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a file."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        return math.prod(self.shape)


def read_header(path: Path, *, name: str = "") -> Mapping[str, Tensor]:
    """Return the tensors of a file by their names.

    Args:
        name: How the file is called in sentences; its own name when empty.

    Raises:
        Problem: It is no safetensors file, or was cut off.
    """
    name = name or path.name
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else MOST_HEADER_BYTES + 1
        if length > MOST_HEADER_BYTES:
            raise Problem(NOT_SAFETENSORS, file=name)
        if 8 + length > size:
            raise Problem(CUT_OFF, file=name, have=size, want=8 + length)
        header = _parsed(file.read(length), name)
    end = max((facts["data_offsets"][1] for facts in header.values()), default=0)
    if 8 + length + end != size:
        raise Problem(CUT_OFF, file=name, have=size, want=8 + length + end)
    return {key: Tensor(str(facts["dtype"]), tuple(facts["shape"])) for key, facts in header.items()}


def _parsed(raw: bytes, name: str) -> dict[str, Any]:
    try:
        header = json.loads(raw)
        header.pop("__metadata__", None)
        for facts in header.values():
            _begin, end = facts["data_offsets"]
            if not isinstance(end, int) or not all(isinstance(side, int) for side in facts["shape"]):
                raise TypeError
    except (ValueError, AttributeError, KeyError, TypeError) as fault:
        raise Problem(NOT_SAFETENSORS, file=name) from fault
    return header  # type: ignore[no-any-return]


def gigabytes(files: list[Path], *, bytes_each: int) -> float:
    """Return what the tensors of these files take in memory, in GB of 10⁹ bytes, at so many bytes a number."""
    return sum(tensor.size for path in files for tensor in read_header(path).values()) * bytes_each / 1e9
