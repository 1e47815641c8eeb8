"""LoRA files by their headers: whether one is a LoRA at all, whole, and made for this engine.

Two spellings say which network a tensor belongs to: `unet.…lora_A.weight` (peft, diffusers) and `lora_unet_…lora_down.weight`
(kohya). The former names modules as the engine's own weights do, so its shapes are compared before anything is loaded; the
latter is converted while loading, and what doesn't fit is told then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from footage.problems import Problem, gettext_noop
from generation.backends import weights
from generation.backends.folders import PICKLED
from generation.backends.weights import Tensor

CHUNK_BYTES = 1024 * 1024
DOWN, UP = ".lora_A.weight", ".lora_B.weight"
MARKS = ("lora_A", "lora_B", "lora_down", "lora_up", "lora.down", "lora.up", "lora_linear_layer")
COMPARED = ("unet", "transformer")
"""Parts whose modules are called alike in the engine and in an adapter; text towers change their names too often."""
NO_FILE = gettext_noop("There is no file %(file)s. Copy the adapter there, or correct its path.")
PICKLE = gettext_noop(
    "%(file)s holds pickled weights, which can run programs when loaded. Convert it to safetensors."
)
NO_LORA = gettext_noop(
    "%(file)s holds no LoRA weights. It is perhaps an entire model: add that as an engine."
)
NOT_ITS_BASE = gettext_noop(
    "%(file)s was made for another engine: %(module)s is %(have)s here and %(want)s there. Take the one for this engine."
)
NO_SUCH_MODULE = gettext_noop(
    "%(file)s was made for another engine: this one has no %(module)s. Take the one for this engine."
)


def check_adapter(file: Path, *, over: Path) -> None:
    """Refuse a file that is no LoRA for the engine in the folder `over`.

    Raises:
        Problem: says what is wrong with it.
    """
    if not file.is_file():
        raise Problem(NO_FILE, file=str(file))
    if file.suffix.lower() in PICKLED:
        raise Problem(PICKLE, file=file.name)
    header = weights.read_header(file)
    if not any(mark in key for key in header for mark in MARKS):
        raise Problem(NO_LORA, file=file.name)
    _check_shapes(header, over, file)


def fingerprint(file: Path) -> str:
    """Return SHA-256 of the file, as 64 hex digits."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _check_shapes(header: Mapping[str, Tensor], over: Path, file: Path) -> None:
    """Compare each pair of matrices, (rank, in) and (out, rank), with the weight (out, in) it is added to."""
    parts: dict[str, Mapping[str, Tensor]] = {}
    for key, down in header.items():
        if not key.endswith(DOWN) or key.removesuffix(DOWN) + UP not in header:
            continue
        part, _, module = key.removesuffix(DOWN).partition(".")
        if part not in COMPARED or not (over / part).is_dir():
            continue
        base = parts.setdefault(part, _tensors_of(over / part)).get(f"{module}.weight")
        if base is None:
            raise Problem(NO_SUCH_MODULE, file=file.name, module=f"{part}.{module}")
        want = (header[key.removesuffix(DOWN) + UP].shape[0], down.shape[1])
        if base.shape[:2] != want:
            raise Problem(
                NOT_ITS_BASE,
                file=file.name,
                module=f"{part}.{module}",
                have=_said(base.shape[:2]),
                want=_said(want),
            )


def _tensors_of(part: Path) -> dict[str, Tensor]:
    return {
        key: tensor
        for file in sorted(part.glob("*.safetensors"))
        for key, tensor in weights.read_header(file).items()
    }


def _said(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
