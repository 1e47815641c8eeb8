"""Answers of text towers, kept for the next job with the same words. Exact: the same tensors are handed out again."""

from __future__ import annotations

import copy
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

MOST_BYTES = 256 * 1024 * 1024


class Remembered:
    """The last answers of one network, the longest unused forgotten first.

    It lives and dies with the network, so the engine's revision is part of its key by itself.
    """

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes, self.bytes = most_bytes, 0
        self.hits = self.misses = 0
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def of(
        self,
        compute: Callable[[], Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        *,
        worn: Hashable = (),
    ) -> Any:
        """Return the answer to these arguments, computed at most once; `worn` are the adapters in effect."""
        key = (worn, _key(tuple(args)), _key(dict(kwargs)))
        if key in self._answers:
            self.hits += 1
            self._answers.move_to_end(key)
        else:
            self.misses += 1
            self._keep(key, compute())
        return copy.copy(self._answers[key][0])

    def _keep(self, key: Hashable, answer: Any) -> None:
        size = _bytes_of(answer)
        self._answers[key] = (answer, size)
        self.bytes += size
        while self.bytes > self.most_bytes and len(self._answers) > 1:
            _old, (_gone, freed) = self._answers.popitem(last=False)
            self.bytes -= freed


def _key(value: Any) -> Hashable:
    import torch

    if isinstance(value, torch.Tensor):
        plain = value.detach().cpu().contiguous()
        content = plain.flatten().view(torch.uint8).numpy().tobytes() if plain.numel() else b""
        return (tuple(value.shape), str(value.dtype), hashlib.sha256(content).digest())
    if isinstance(value, Mapping):
        return tuple((name, _key(value[name])) for name in sorted(value))
    if isinstance(value, list | tuple):
        return tuple(_key(item) for item in value)
    return value if isinstance(value, Hashable) else repr(value)


def _bytes_of(answer: Any) -> int:
    import torch

    if isinstance(answer, torch.Tensor):
        return int(answer.numel() * answer.element_size())
    if isinstance(answer, Mapping):
        return sum(_bytes_of(value) for value in answer.values())
    if isinstance(answer, list | tuple):
        return sum(_bytes_of(value) for value in answer)
    return 0
