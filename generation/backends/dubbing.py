"""Dubbing to a timing: every line spoken, brought into its slot, and laid on one track.

A line that is too long at the voice's own pace is spoken again faster; what is still too long is shortened in tempo
without a change of pitch (FFmpeg's `atempo`). What doesn't fit then is told with its line and seconds, and nothing is
made: a dub that runs into the next line is of no use, and the way out is a shorter line or a longer slot.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from footage.problems import Problem, gettext_noop
from generation.backends import writing
from generation.backends.base import Asked, Produced, Progress, Request
from generation.backends.stepping import stop_if
from generation.domain.cues import Cue, read_cues
from generation.domain.dubbing import Fit, misfits, pace_for, tempo_for

Samples = NDArray[np.float32]
SILENCE = 10 ** (-48 / 20)
"""Share of the line's own peak under which its ends count as silence."""
FADE = 0.005
"""Seconds over which the ends of a line are faded."""


class Voice(Protocol):
    """A loaded engine that speaks lines."""

    source_type: str

    @property
    def rate(self) -> int: ...

    def say(self, inputs: Mapping[str, Any], *, folder: Path) -> Samples: ...

    def facts(self, inputs: Mapping[str, Any]) -> dict[str, Any]: ...


def dub(voice: Voice, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
    """Speak the list of `request.inputs["lines"]` onto one track that begins at 0:00 and ends with its last slot.

    Raises:
        Problem: A line can't be spoken, or some don't fit into their slots; they are named with their seconds.
    """
    cues, problem = read_cues(str(request.inputs["lines"]))
    if problem:
        raise Problem(problem.template, **problem.params)
    spoken: list[tuple[Samples, Fit]] = []
    for cue in cues:
        stop_if(cancelled)
        spoken.append(_fitted(voice, cue, request.inputs, folder=folder))
        progress(cue.number, len(cues))
    if too_long := misfits([fit for _samples, fit in spoken]):
        raise Problem(
            gettext_noop(
                "Lines too long for their slots, and by how much: %(lines)s. Shorten them, or give them more time."
            ),
            lines=too_long,
        )
    path = writing.write_sound(_laid(spoken, rate=voice.rate), folder, rate=voice.rate)
    facts = voice.facts(_inputs_of(cues[0], request.inputs, pace=Fraction(1)))
    report = [fit.facts() for _samples, fit in spoken]
    return Produced(path, "sound", facts | {"fits": report}, source_type=voice.source_type)


def _fitted(voice: Voice, cue: Cue, inputs: Mapping[str, Any], *, folder: Path) -> tuple[Samples, Fit]:
    """Return the line as it will be heard, and how it came to fit."""

    def spoken(pace: Fraction) -> tuple[Samples, Fraction]:
        samples = trimmed(voice.say(_inputs_of(cue, inputs, pace=pace), folder=folder))
        return samples, Fraction(len(samples), voice.rate)

    samples, natural = spoken(Fraction(1))
    pace = pace_for(natural=natural, slot=cue.slot, fills=inputs.get("fills") == "slot")
    seconds = natural
    if pace != 1:
        samples, seconds = spoken(pace)
    tempo = tempo_for(spoken=seconds, slot=cue.slot)
    if tempo != 1:
        samples = stretched(samples, tempo=tempo, rate=voice.rate)
        seconds = Fraction(len(samples), voice.rate)
    return samples, Fit(cue, natural, pace, tempo, seconds)


def _inputs_of(cue: Cue, inputs: Mapping[str, Any], *, pace: Fraction) -> dict[str, Any]:
    """Return the voice's inputs for one line: its words and speaker, at a pace relative to the one chosen."""
    return {
        **inputs, "line": cue.line, "pace": float(pace) * float(inputs.get("pace", 1)),
        "speaker": cue.speaker or inputs.get("speaker", ""),
    }  # fmt: skip


def trimmed(samples: Samples) -> Samples:
    """Return a line without the silence at its ends."""
    loud = np.flatnonzero(np.abs(samples) > SILENCE * float(np.abs(samples).max(initial=0)))
    return samples[loud[0] : loud[-1] + 1] if loud.size else samples


def stretched(samples: Samples, *, tempo: Fraction, rate: int) -> Samples:
    """Return the sound at another tempo (above 1: shorter) and the same pitch.

    Source: FFmpeg's filter `atempo` (WSOLA, waveform similarity overlap-add).
    """
    import av
    from av.filter import Graph

    graph = Graph()
    entry = graph.add_abuffer(sample_rate=rate, format="flt", layout="mono", time_base=Fraction(1, rate))
    change, way_out = graph.add("atempo", f"{float(tempo):.6f}"), graph.add("abuffersink")
    entry.link_to(change)
    change.link_to(way_out)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(samples[None, :], np.float32), format="flt", layout="mono"
    )
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    entry.push(frame)
    entry.push(None)
    return _pulled(way_out)


def _pulled(way_out: Any) -> Samples:
    import av

    parts: list[Samples] = []
    while True:
        try:
            parts.append(way_out.pull().to_ndarray().reshape(-1))
        except (av.error.EOFError, av.error.BlockingIOError):
            return np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)


def _laid(spoken: list[tuple[Samples, Fit]], *, rate: int) -> Samples:
    """Return one track with every line at its time."""
    end = max(fit.cue.end for _samples, fit in spoken)
    track = np.zeros(round(end * rate), np.float32)
    for samples, fit in spoken:
        begin = round(fit.cue.begin * rate)
        line = faded(samples, rate=rate)[: track.size - begin]
        track[begin : begin + line.size] += line
    return track


def faded(samples: Samples, *, rate: int) -> Samples:
    """Return the line with ends that don't click."""
    edge = min(round(FADE * rate), samples.size // 2)
    ramp = np.ones(samples.size, np.float32)
    if edge:
        ramp[:edge] = np.linspace(0, 1, edge, dtype=np.float32)
        ramp[-edge:] = ramp[:edge][::-1]
    return samples * ramp
