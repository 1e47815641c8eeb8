"""Spoken lines by eSpeak NG, a free offline synthesiser in Mandarin and English, called as a program.

It forms speech by rules (formants), without a trained model; hence the digital source type `algorithmicMedia`.
Chinese is read by the voice `cmn-latn-pinyin`: in eSpeak NG 1.51 the plain `cmn` turns characters into pinyin and then
reads that as English ("ni three hao three"). The pinyin voice takes characters, pinyin with tone numbers, and English
words in between. English is asked for as `en`, because variants such as `+f3` don't attach to `en-gb`. The same request
makes the same samples; the seed changes nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footage.problems import Problem, gettext_noop
from generation.backends import dubbing, writing
from generation.backends.base import Asked, Breakdown, EngineSpec, Produced, Progress, Request
from generation.backends.stepping import stop_if
from generation.domain.languages import language_of
from generation.domain.lexicon import apply_lexicon, read_lexicon

PROGRAM = "espeak-ng"
RATE = 48_000
WORDS_A_MINUTE = {"en": 165, "zh": 170}
VOICES = {"en": "en", "zh": "cmn-latn-pinyin"}
SPEAKERS = {"man": "", "woman": "+f3", "old-man": "+grandpa", "old-woman": "+grandma", "whisper": "+whisper"}
LONGEST_SECONDS = 60
LOUDNESS, PEAK = 10 ** (-20 / 20), 10 ** (-3 / 20)
"""Root mean square aimed at, and the peak not to be passed, as shares of full scale."""


def check_program() -> None:
    """Raise a Problem that names the package when the program is missing."""
    if shutil.which(PROGRAM) is None:
        raise Problem(
            gettext_noop(
                "The voice program %(program)s is missing on this machine. An administrator can install the Debian "
                "package espeak-ng (apt-get install espeak-ng). Until then choose another voice."
            ),
            program=PROGRAM,
        )


def program_version() -> str:
    """Return the program's version, such as 1.51."""
    told = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"text-to-speech: (\S+)", told)
    return found.group(1) if found else told.strip()[:60]


class SpeakingProgram:
    """The program with the engine's options. A line takes hundredths of a second, so a cancel is seen around it."""

    rate = RATE
    source_type = "algorithmicMedia"

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        check_program()
        if request.tool == "dub":
            return dubbing.dub(self, request, folder=folder, progress=progress, cancelled=cancelled)
        samples = self.say(request.inputs, folder=folder)
        stop_if(cancelled)
        progress(1, 1)
        facts = self.facts(request.inputs) | {
            "spoken": spoken_of(request.inputs),
            "samples": int(samples.size),
        }
        path = writing.write_sound(samples, folder, rate=RATE)
        return Produced(path, "sound", facts, source_type=self.source_type)

    def say(self, inputs: Mapping[str, Any], *, folder: Path) -> NDArray[np.float32]:
        """Return a line as mono samples at `rate`, at a dialogue's level."""
        said = folder / "said.wav"
        _speak(spoken_of(inputs), ["-v", voice_of(inputs), *_manner(inputs), "-w", str(said)])
        samples = levelled(_resampled(said))
        if samples.size == 0:
            raise Problem(gettext_noop("There is nothing in this line that a voice could say. Write words."))
        return samples

    def facts(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "device": "cpu", "pipeline": PROGRAM, "voice": voice_of(inputs), "rate": RATE,
            "versions": {PROGRAM: self.spec.revision},
        }  # fmt: skip


def spoken_of(inputs: Mapping[str, Any]) -> str:
    """Return the line as the program is given it: with the readings of the person's word list."""
    entries, _problem = read_lexicon(str(inputs.get("lexicon", "")))
    return apply_lexicon(str(inputs["line"]), entries, takes_phonemes=True)


def voice_of(inputs: Mapping[str, Any]) -> str:
    """Return the program's name for language and speaker; the script of the line decides where neither is said."""
    language = str(inputs.get("language") or "") or language_of(str(inputs["line"]))
    return VOICES[language] + SPEAKERS[str(inputs.get("speaker") or "man")]


def _manner(inputs: Mapping[str, Any]) -> list[str]:
    """Return the options for pace and pitch. The program's pitch runs from 0 to 99 over two octaves, 50 its own."""
    language = VOICES["zh"] in voice_of(inputs)
    pace = WORDS_A_MINUTE["zh" if language else "en"] * float(inputs.get("pace", 1))
    pitch = 50 + float(inputs.get("pitch", 0)) * 50 / 12
    return ["-s", str(round(pace)), "-p", str(min(99, max(0, round(pitch))))]


def _speak(spoken: str, options: list[str]) -> None:
    """Have the line said into a file; it goes in through a pipe, so that no line is taken for an option."""
    command = [PROGRAM, "-b", "1", *options, "--stdin"]
    try:
        subprocess.run(
            command, input=spoken.encode(), capture_output=True, check=True, timeout=LONGEST_SECONDS,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"},
        )  # fmt: skip
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError) as fault:
        raise Breakdown(f"{PROGRAM}: {type(fault).__name__}") from fault


def _resampled(path: Path) -> NDArray[np.float32]:
    """Return the file's mono samples at 48 kHz, -1..1, shape (n,)."""
    import av

    mono = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(path)) as sound:
        frames = [made for frame in sound.decode(audio=0) for made in mono.resample(frame)]
        frames += mono.resample(None)
    arrays = [frame.to_ndarray().reshape(-1) for frame in frames]
    return np.concatenate(arrays) if arrays else np.zeros(0, np.float32)


def levelled(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the line without the silence around it, at a dialogue's level; empty when it is all silence.

    A tenth of a second stays before and after it, as an editor would leave it.
    """
    loud = np.flatnonzero(np.abs(samples) > 1e-3)
    if loud.size == 0:
        return samples[:0]
    pad = RATE // 10
    line = samples[max(0, loud[0] - pad) : loud[-1] + pad]
    gain = min(LOUDNESS / float(np.sqrt(np.mean(line**2))), PEAK / float(np.abs(line).max()))
    return (line * np.float32(gain)).astype(np.float32)
