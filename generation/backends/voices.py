"""Spoken lines by VITS (MMS-TTS and its kin)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from footage.problems import Problem, gettext_noop
from generation.backends import devices, writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.stepping import stop_if
from generation.domain.lexicon import apply_lexicon, read_lexicon


class VoiceEngine:
    """A loaded voice. It speaks a line in one step, so a cancel is seen before and after it."""

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

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        import torch

        stop_if(cancelled)
        entries, _problem = read_lexicon(str(request.inputs.get("lexicon", "")))
        line = apply_lexicon(str(request.inputs["line"]), entries, takes_phonemes=False)
        ids = self.tokenizer(line, return_tensors="pt")
        silent = {self.tokenizer.pad_token_id, self.tokenizer.unk_token_id}
        if not set(ids["input_ids"][0].tolist()) - silent:
            raise Problem(
                gettext_noop(
                    "This voice knows none of the letters of “%(line)s”. Choose a voice for its language."
                ),
                line=line[:60],
            )
        self.model.speaking_rate = self.model.config.speaking_rate * float(request.inputs["pace"])
        with devices.machine_failures(), torch.random.fork_rng(), torch.no_grad():
            torch.manual_seed(int(request.inputs["seed"]))  # VITS draws from the global random source
            samples = self.model(**ids.to(self.model.device)).waveform[0].float().cpu().numpy()
        stop_if(cancelled)
        progress(1, 1)
        rate = int(self.model.config.sampling_rate)
        facts = devices.machine_facts(self.spec, rate=rate, samples=len(samples), pipeline="VitsModel")
        return Produced(writing.write_sound(samples, folder, rate=rate), "sound", facts)
