"""Music by trained engines: Stable Audio, Stable Audio 3 and ACE-Step."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footage.problems import Problem, gettext_noop
from generation.backends import devices, gate, writing
from generation.backends.base import Asked, Cancelled, EngineSpec, Produced, Progress, Request
from generation.backends.placing import placed
from generation.backends.stepping import at_each_step, stop_if
from generation.domain.composing.moods import MOODS
from generation.domain.effects import EFFECTS

PEAK = 10 ** (-1 / 20)
"""Share of full scale that a peak over it is brought down to."""
INSTRUMENTAL = "[Instrumental]"
"""ACE-Step's lyrics for music without a voice."""


class MusicEngine:
    """A loaded text-to-music pipeline."""

    def __init__(self, spec: EngineSpec, pipeline: Any) -> None:
        self.spec = spec
        self.pipeline = pipeline

    @classmethod
    def load(cls, spec: EngineSpec) -> MusicEngine:
        import diffusers

        name = str(json.loads((spec.folder / "model_index.json").read_text())["_class_name"])
        if name not in SETTINGS:
            raise ValueError(f"{name} makes no music; known are {', '.join(SETTINGS)}")
        pipeline = getattr(diffusers, name).from_pretrained(
            spec.folder, local_files_only=True, use_safetensors=True, dtype=devices.dtype_of(spec)
        )
        return cls(spec, placed(pipeline, spec))

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        own, inputs = gate.session(self.pipeline, adapters=request.adapters), request.inputs
        name, seconds = type(self.pipeline).__name__, float(inputs["seconds"])
        with devices.machine_failures():
            made = own(
                prompt=[prompt_of(request)],
                num_inference_steps=int(inputs["steps"]),
                guidance_scale=float(inputs["guidance"]),
                generator=[devices.generator(int(inputs["seed"]))],
                **SETTINGS[name](own, inputs, progress, cancelled),
            )
        stop_if(cancelled)
        rate = int(self.pipeline.vae.config.sampling_rate)
        samples = made.audios[0].float().cpu().numpy()[:, : round(seconds * rate)]
        path = writing.write_sound(_within(samples).T, folder, rate=rate)
        facts = devices.machine_facts(
            self.spec, rate=rate, samples=int(samples.shape[1]), pipeline=name, prompt=prompt_of(request),
            scheduler=type(own.scheduler).__name__, batch=1,
        )  # fmt: skip
        return Produced(path, "sound", facts)


def prompt_of(request: Request) -> str:
    """Return what the engine reads: the person's words, and those of the effect, or of the mood with tempo and key."""
    inputs = request.inputs
    if request.tool == "effects":
        words = [str(inputs["style"]), EFFECTS[inputs["effect"]].words, "sound effect, field recording"]
        return ", ".join(word for word in words if word)
    tempo = f"{inputs['tempo']} bpm" if inputs["tempo"] else ""
    key = f"in {inputs['key']}" if inputs["key"] else ""
    words = [str(inputs["style"]), MOODS[inputs["mood"]].words, "instrumental film music", tempo, key]
    return ", ".join(word for word in words if word)


def _within(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the sound with its peaks inside full scale."""
    peak = float(np.abs(samples).max(initial=0))
    return samples * np.float32(PEAK / peak) if peak > PEAK else samples


def _stable_audio(
    own: Any, inputs: Mapping[str, Any], progress: Progress, cancelled: Asked
) -> dict[str, Any]:
    most = own.transformer.config.sample_size * own.vae.hop_length / own.vae.config.sampling_rate
    if float(inputs["seconds"]) > most:
        raise Problem(
            gettext_noop(
                "This engine makes at most %(most)d seconds at once. Ask for less, or choose another engine."
            ),
            most=int(most),
        )

    def watch(step: int, _timestep: Any, _latents: Any) -> None:
        progress(min(step + 1, int(inputs["steps"])), int(inputs["steps"]))
        if cancelled():
            raise Cancelled

    return {
        "negative_prompt": ["low quality, noise"],
        "audio_end_in_s": float(inputs["seconds"]),
        "callback": watch,
    }


def _stable_audio_3(
    own: Any, inputs: Mapping[str, Any], progress: Progress, cancelled: Asked
) -> dict[str, Any]:
    return {
        "duration": float(inputs["seconds"]),
        "callback_on_step_end": at_each_step(
            steps=int(inputs["steps"]), progress=progress, cancelled=cancelled
        ),
    }


def _ace_step(own: Any, inputs: Mapping[str, Any], progress: Progress, cancelled: Asked) -> dict[str, Any]:
    return {
        "lyrics": [INSTRUMENTAL],
        "audio_duration": float(inputs["seconds"]),
        "bpm": int(inputs["tempo"]) or None,
        "keyscale": f"{inputs['key']} {MOODS[inputs['mood']].scale_name}" if inputs["key"] else None,
        "callback_on_step_end": at_each_step(
            steps=int(inputs["steps"]), progress=progress, cancelled=cancelled
        ),
    }


Settings = Callable[[Any, Mapping[str, Any], Progress, Asked], dict[str, Any]]
SETTINGS: Mapping[str, Settings] = {
    "StableAudioPipeline": _stable_audio,
    "StableAudio3Pipeline": _stable_audio_3,
    "AceStepPipeline": _ace_step,
}
"""What only this class of pipeline takes."""
