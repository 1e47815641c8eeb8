"""A gate that looks at pictures and films through an image classifier of the school's choice. None ships.

`settings.GATE_CLASSIFIER_DIR` names a folder that transformers' AutoModelForImageClassification reads (safetensors only),
with a `gate.json` beside the weights that says which of its classes matter:

    {"name": "nsfw-vit 1", "limits": {"nsfw": {"hold": 0.5, "refuse": 0.98}}}

It runs on the processor, so that it takes nothing from the engines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from PIL import Image

from generation.backends.gates.frames import frames_of
from generation.domain.gates import Context, Level, Verdict, Words, judge_classes, limits_from


class ClassifierGate:
    """Looks at frames; it reads no words."""

    sees = frozenset({"image", "video"})

    def __init__(self) -> None:
        self.folder = Path(settings.GATE_CLASSIFIER_DIR)
        card = json.loads((self.folder / "gate.json").read_text(encoding="utf-8"))
        self.name = str(card["name"])
        self.limits = limits_from(card["limits"])

    def check_words(self, words: Words, context: Context) -> Verdict:
        return Verdict(Level.ALLOW, self.name)

    def check_output(self, path: Path, kind: str, context: Context) -> Verdict:
        seen = (self._classes(frame) for frame in frames_of(path, kind=kind))
        return judge_classes(seen, limits=self.limits, gate=self.name)

    def _classes(self, frame: Image.Image) -> Mapping[str, float]:
        import torch

        processor, model = self._parts
        with torch.inference_mode():
            logits = model(**processor(images=[frame], return_tensors="pt")).logits[0].float()
        is_many = getattr(model.config, "problem_type", None) == "multi_label_classification"
        shares = logits.sigmoid() if is_many else logits.softmax(-1)
        return dict(zip(_labels(model.config.id2label), shares.tolist(), strict=True))

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        from transformers import AutoImageProcessor, AutoModelForImageClassification

        facts = {"local_files_only": True}
        model = AutoModelForImageClassification.from_pretrained(self.folder, use_safetensors=True, **facts)
        return AutoImageProcessor.from_pretrained(self.folder, **facts), model.eval()


def _labels(by_number: Mapping[int, str]) -> Iterator[str]:
    return (by_number[number] for number in sorted(by_number))
