"""Spoken lines by VITS (MMS-TTS and its kin)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footage.problems import Problem, gettext_noop
from generation.backends import devices, dubbing, writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.stepping import stop_if
from generation.domain.lexicon import apply_lexicon, read_lexicon


class VoiceEngine:
    """A loaded voice. It speaks a line in one step, so a cancel is seen before and after it."""

    source_type = "trainedAlgorithmicMedia"

    def __init__(self, spec: EngineSpec, model: Any, tokenizer: Any) -> None:
        self.spec = spec
        self.model = model
        self.tokenizer = tokenizer

    @classmethod
    def load(cls, spec: EngineSpec) -> VoiceEngine:
        from transformers import VitsModel, VitsTokenizer

        model = VitsModel.from_pretrained(spec.folder, local_files_only=True, use_safetensors=True)
        tokenizer = VitsTokenizer.from_pretrained(spec.folder, local_files_only=True)
        return cls(spec, model.to(devices.device_name()).eval(), tokenizer)

    @property
    def rate(self) -> int:
        return int(self.model.config.sampling_rate)

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        if request.tool == "dub":
            return dubbing.dub(self, request, folder=folder, progress=progress, cancelled=cancelled)
        samples = self.say(request.inputs, folder=folder)
        stop_if(cancelled)
        progress(1, 1)
        facts = self.facts(request.inputs) | {"samples": len(samples)}
        return Produced(writing.write_sound(samples, folder, rate=self.rate), "sound", facts)

    def say(self, inputs: Mapping[str, Any], *, folder: Path) -> NDArray[np.float32]:
        """Return a line as mono samples at `rate`. It is spoken in memory; `folder` isn't needed."""
        import torch

        ids = self._letters(inputs)
        self.model.speaking_rate = self.model.config.speaking_rate * float(inputs["pace"])
        with devices.machine_failures(), torch.random.fork_rng(), torch.no_grad():
            torch.manual_seed(int(inputs["seed"]))  # VITS draws from the global random source
            waveform = self.model(**ids.to(self.model.device)).waveform[0]
        samples: NDArray[np.float32] = waveform.float().cpu().numpy()
        return samples

    def facts(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return devices.machine_facts(self.spec, rate=self.rate, pipeline="VitsModel")

    def _letters(self, inputs: Mapping[str, Any]) -> Any:
        entries, _problem = read_lexicon(str(inputs.get("lexicon", "")))
        line = apply_lexicon(str(inputs["line"]), entries, takes_phonemes=False)
        ids = self.tokenizer(line, return_tensors="pt")
        silent = {self.tokenizer.pad_token_id, self.tokenizer.unk_token_id}
        if not set(ids["input_ids"][0].tolist()) - silent:
            raise Problem(
                gettext_noop(
                    "This voice knows none of the letters of “%(line)s”. Choose a voice for its language."
                ),
                line=line[:60],
            )
        return ids
