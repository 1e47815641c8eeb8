"""Calls of a denoiser as rows: what calls must have in common to share a forward, joining them, parting the answer.

Arguments keep their names. A tensor is of *rows* when its first dimension belongs to the pictures of the call, and is
*shared* when all rows use it alike (position ids, rotary tables); shared ones must be equal for calls to be joined.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

SAMPLES = ("sample", "hidden_states", "x")
"""Names a denoiser gives to its noisy latents; the first dimension (or length) of these is the number of rows."""
SHARED = frozenset({"image_rotary_emb", "rotary_emb", "freqs_cis", "txt_ids", "img_ids", "ids"})
"""Tensors without rows, unless they have three dimensions (as the batched ids of Flux 2)."""
REPEATED = frozenset(
    {
        "encoder_hidden_states", "encoder_attention_mask", "image_embeds", "down_block_additional_residuals",
        "mid_block_additional_residual",
    }
)  # fmt: skip
"""Tensors that may hold several rows for each row of the sample: AnimateDiff repeats words for every frame."""
LISTED = frozenset({"img_shapes", "txt_seq_lens"})
"""Python lists with one entry for each row."""
TIMES = frozenset({"timestep", "t", "timesteps"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a denoiser.

    Attributes:
        named: Arguments by name.
        rows: Pictures in it: two where guidance needs the words and their absence at once. 0: can't be told, so the
            call is not joined with any other.
        is_listed: The sample is a list with one tensor for each row (Z-Image).
        key: What calls must have in common to be joined.
    """

    named: Mapping[str, Any]
    rows: int
    is_listed: bool
    key: Hashable

    @property
    def sample(self) -> Any:
        """The noisy latents, (rows, ...); of a listed sample its first row."""
        found = next((self.named[name] for name in SAMPLES if name in self.named), None)
        return found[0] if self.is_listed and found else found

    @property
    def timestep(self) -> Any:
        return next((self.named[name] for name in TIMES if name in self.named), None)


def read_call(forward: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Call:
    """Name the arguments and find the rows and the key of a call."""
    named = dict(zip(_parameters(forward), args, strict=False)) | dict(kwargs)
    sample: Any = next((named[name] for name in SAMPLES if name in named), None)
    is_listed = isinstance(sample, list | tuple)
    rows = len(sample) if is_listed else int(sample.shape[0]) if _is_tensor(sample) and sample.ndim else 0
    for name in TIMES & named.keys():
        named[name] = _as_times(named[name], rows=rows, like=sample)
    key = tuple((name, _key(named[name], name, rows, is_listed)) for name in sorted(named))
    return Call(named, rows, is_listed, key if rows else object())


def joined(calls: Sequence[Call], *, size: int, start: int = 0) -> dict[str, Any]:
    """Return the arguments of one forward of `size` rows for calls of one key, beginning at row `start`.

    Rows that are missing before are filled up with the first, those behind with the last.
    """
    first = calls[0]
    if len(calls) == 1 and size in {0, first.rows}:
        return dict(first.named)
    filling = (start, size - start - sum(call.rows for call in calls))
    return {
        name: _joined([call.named[name] for call in calls], name, first.rows, first.is_listed, filling)
        for name in first.named
    }


def parted(
    answer: Any, rows: Sequence[int], *, size: int, start: int = 0, is_listed: bool = False
) -> list[Any]:
    """Return each call's part of an answer of `size` rows, the first beginning at row `start`.

    Args:
        is_listed: The sample was a list, so a list in the answer holds one tensor for each row. Otherwise it holds one for
            each level of the network, as a ControlNet's, however many these are.
    """
    if len(rows) == 1 and rows[0] in {0, size}:
        return [answer]
    starts = [start + sum(rows[:index]) for index in range(len(rows))]
    return [
        _part(answer, start, start + count, size, is_listed)
        for start, count in zip(starts, rows, strict=True)
    ]


def label(call: Call, module: Any) -> str:
    """Return what rows of a call have in common, for people and as the name of a learned cap; at most 120 letters."""
    sample = call.sample
    if not _is_tensor(sample):
        return type(module).__name__[:120]
    shape = sample.shape if call.is_listed else sample.shape[1:]
    size = "x".join(str(side) for side in shape)
    return f"{type(module).__name__} {size} {str(sample.dtype).removeprefix('torch.')}"[:120]


# ---------------------------------------------------------------- what calls have in common
def _key(value: Any, name: str, rows: int, is_listed: bool) -> Hashable:
    if _is_tensor(value):
        if _rows_of(value, name, rows):
            return ("rows", value.shape[0] // rows, tuple(value.shape[1:]), value.dtype, value.device)
        return ("shared", tuple(value.shape), value.dtype, value.device, _fingerprint(value))
    if isinstance(value, Mapping):
        return tuple((str(item), _key(value[item], str(item), rows, is_listed)) for item in sorted(value))
    if _is_row_list(value, name, rows, is_listed):
        return ("list", *sorted({str(_key(item, "", 0, is_listed)) for item in value}))
    if isinstance(value, list | tuple):
        return tuple(_key(item, name, rows, is_listed) for item in value)
    return value if isinstance(value, Hashable) else id(value)


def _rows_of(tensor: Any, name: str, rows: int) -> bool:
    """Tell whether the first dimension of a tensor belongs to the rows."""
    if tensor.ndim == 0 or not rows or (name in SHARED and tensor.ndim < 3):
        return False
    return bool(
        tensor.shape[0] == rows or (name in REPEATED and tensor.shape[0] % rows == 0 and tensor.ndim > 1)
    )


def _is_row_list(value: Any, name: str, rows: int, is_listed: bool) -> bool:
    if not isinstance(value, list | tuple) or len(value) != rows:
        return False
    return name in LISTED or (is_listed and all(_is_tensor(item) for item in value))


def _fingerprint(tensor: Any) -> str:
    """Return a short hash of a shared tensor's contents, remembered on the tensor itself: it is the same every step."""
    known: tuple[int, str] | None = getattr(tensor, "_dailies_fingerprint", None)
    if known is None or known[0] != tensor._version:
        plain = tensor.detach().contiguous().cpu().flatten()
        known = (tensor._version, hashlib.sha256(plain.view(-1).float().numpy().tobytes()).hexdigest()[:16])
        tensor._dailies_fingerprint = known
    return known[1]


def _as_times(value: Any, *, rows: int, like: Any) -> Any:
    """Give every row its own time.

    Whole-numbered times become float32, so that solvers that count in whole and in broken times can share a forward;
    networks embed `timestep.float()`, and float32 holds whole numbers to 2^24 exactly.
    """
    import torch

    if not _is_tensor(like) or not rows:
        return value
    times = value if _is_tensor(value) else torch.tensor(value)
    if not times.is_floating_point():
        times = times.float()
    times = times.to(like.device)
    return times.expand(rows) if times.ndim == 0 or (times.ndim == 1 and len(times) == 1) else times


# ---------------------------------------------------------------- joining and parting
def _joined(values: list[Any], name: str, rows: int, is_listed: bool, filling: tuple[int, int]) -> Any:
    import torch

    first = values[0]
    if _is_tensor(first):
        if not _rows_of(first, name, rows):
            return first
        share = first.shape[0] // rows
        return torch.cat([*[first[:share]] * filling[0], *values, *[values[-1][-share:]] * filling[1]])
    if isinstance(first, Mapping):
        return {
            item: _joined([value[item] for value in values], str(item), rows, is_listed, filling)
            for item in first
        }
    if _is_row_list(first, name, rows, is_listed):
        own = [item for value in values for item in value]
        return [own[0]] * filling[0] + own + [own[-1]] * filling[1]
    if isinstance(first, list | tuple):
        return type(first)(
            _joined([value[index] for value in values], name, rows, is_listed, filling)
            for index in range(len(first))
        )
    return first


def _part(answer: Any, start: int, end: int, size: int, is_listed: bool) -> Any:
    if _is_tensor(answer):
        share = answer.shape[0] // size if answer.ndim and answer.shape[0] % size == 0 else 0
        return answer[start * share : end * share] if share else answer
    if isinstance(answer, Mapping):
        return type(answer)(
            **{name: _part(value, start, end, size, is_listed) for name, value in answer.items()}
        )
    if is_listed and isinstance(answer, list) and len(answer) == size:
        return answer[start:end]
    if isinstance(answer, list | tuple):
        return type(answer)(_part(item, start, end, size, is_listed) for item in answer)
    return answer


def _is_tensor(value: Any) -> bool:
    import torch

    return isinstance(value, torch.Tensor)


@lru_cache(maxsize=256)
def _parameters_of(function: Any) -> tuple[str, ...]:
    return tuple(name for name in inspect.signature(function).parameters if name != "self")


def _parameters(forward: Callable[..., Any]) -> tuple[str, ...]:
    return _parameters_of(getattr(forward, "__func__", forward))
