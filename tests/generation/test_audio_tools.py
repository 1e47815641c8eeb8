"""Dubs and music: what is heard, when, how long, and how it is labelled."""

from __future__ import annotations

import shutil
import wave
from fractions import Fraction

import numpy as np
import pytest

from footage.labels import read_labels
from footage.problems import Problem
from generation.backends.base import Cancelled, EngineSpec, Request
from generation.backends.dubbing import stretched, trimmed
from generation.backends.loading import loaded_engine
from generation.domain.tools import TOOLS, validate
from tests.factories import make_brief, make_work
from tests.generation.test_programs import pitch_of, run

has_program = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
LINES = "0.5 - 2.5 The ferry leaves at dawn.\n3 - 4.2 [woman] 我不会再等你了。\n4.5 - 8 Nobody comes back."


def make(tmp_path, tool, given, *, pipeline, folder=None, options=None, cancelled=lambda: False):
    request, problems = validate(TOOLS[tool], {"seed": 1, **given}, has_source=False)
    assert problems == ()
    spec = EngineSpec(pipeline, pipeline, folder or tmp_path / "none", "1", options or {})
    steps = []
    produced = loaded_engine(spec).run(
        Request(tool, request),
        folder=tmp_path,
        progress=lambda *step: steps.append(step),
        cancelled=cancelled,
    )
    return produced, steps


def heard(path):
    """Samples as (n, channels) and the rate."""
    with wave.open(str(path)) as sound:
        pcm = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, sound.getnchannels())
        return pcm / 32767, sound.getframerate()


def loud_between(samples, rate, begin, end):
    return bool(np.abs(samples[int(begin * rate) : int(end * rate)]).max(initial=0) > 0.02)


# ---------------------------------------------------------------- dub
@has_program
def test_every_line_is_heard_in_its_slot_and_nothing_between(tmp_path):
    produced, steps = make(tmp_path, "dub", {"lines": LINES}, pipeline="espeak")
    samples, rate = heard(produced.path)
    assert (produced.kind, produced.source_type, len(samples) / rate) == ("sound", "algorithmicMedia", 8.0)
    assert [loud_between(samples, rate, begin, end) for begin, end in ((0.5, 2.5), (3, 4.2), (4.5, 8))] == [
        True
    ] * 3
    assert [loud_between(samples, rate, begin, end) for begin, end in ((0, 0.5), (2.53, 3), (4.23, 4.5))] == [
        False
    ] * 3
    assert steps == [(1, 3), (2, 3), (3, 3)]


@has_program
def test_a_long_line_is_first_spoken_faster_and_then_stretched(tmp_path):
    line = "I will not wait for you any longer than this"
    roomy, _ = make(tmp_path, "dub", {"lines": f"0 - 9 {line}"}, pipeline="espeak")
    natural = roomy.machine["fits"][0]["natural"]
    tight, _ = make(tmp_path, "dub", {"lines": f"0 - {natural / 1.2:.3f} {line}"}, pipeline="espeak")
    tighter, _ = make(tmp_path, "dub", {"lines": f"0 - {natural / 1.5:.3f} {line}"}, pipeline="espeak")
    (one,), (two,) = tight.machine["fits"], tighter.machine["fits"]
    assert 1.1 < one["pace"] < 1.3
    assert (one["pace"] < two["pace"] == 1.35, two["tempo"] > 1) == (True, True)
    assert two["seconds"] <= two["slot"] + 0.02


@has_program
def test_short_lines_fill_their_slots_on_request(tmp_path):
    kept, _ = make(tmp_path, "dub", {"lines": LINES}, pipeline="espeak")
    filled, _ = make(tmp_path, "dub", {"lines": LINES, "fills": "slot"}, pipeline="espeak")
    assert kept.machine["fits"][2]["pace"] == 1
    assert filled.machine["fits"][2]["pace"] == 0.8
    assert filled.machine["fits"][2]["seconds"] > 1.15 * kept.machine["fits"][2]["seconds"]


@has_program
def test_lines_that_do_not_fit_are_named_with_their_seconds(tmp_path):
    lines = "0 - 2 Fine.\n2 - 2.4 This is far too much to be said in that time."
    with pytest.raises(Problem, match=r"by how much: 2 \(0:02\.0\): \d\.\d s\. Shorten them"):
        make(tmp_path, "dub", {"lines": lines}, pipeline="espeak")


@has_program
def test_a_cancel_is_seen_between_two_lines(tmp_path):
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        make(tmp_path, "dub", {"lines": LINES}, pipeline="espeak", cancelled=lambda: next(asked))


def test_a_list_without_times_is_refused_at_its_field():
    _request, [problem] = validate(TOOLS["dub"], {"lines": "Hello there"}, has_source=False)
    assert (problem.slug, problem.sentence[:33]) == ("lines", "Row 1, “Hello there”, has no time")


def test_stretching_keeps_the_pitch():
    tone = np.sin(np.arange(96_000) * 2 * np.pi * 220 / 48_000).astype(np.float32)
    shorter = stretched(tone, tempo=Fraction(6, 5), rate=48_000)
    assert abs(len(shorter) - 80_000) < 480
    assert abs(pitch_of(shorter[4800:-4800]) - 220) < 3


def test_silence_around_a_line_is_taken_off():
    line = np.concatenate([np.zeros(100), np.ones(50), np.full(80, 1e-4)]).astype(np.float32)
    assert len(trimmed(line)) == 50
    assert len(trimmed(np.zeros(7, np.float32))) == 7


@pytest.mark.engine
def test_a_trained_voice_dubs_through_the_same_tool(tmp_path, engines_folder):
    lines = "0 - 9 Nobody speaks.\n10 - 20 没有人说话。"
    produced, _ = make(
        tmp_path, "dub", {"lines": lines}, pipeline="vits", folder=engines_folder / "practice-voice"
    )
    samples, rate = heard(produced.path)
    assert (produced.source_type, len(samples) / rate, rate) == ("trainedAlgorithmicMedia", 20.0, 16_000)
    assert [fit["number"] for fit in produced.machine["fits"]] == [1, 2]


# ---------------------------------------------------------------- as jobs
@pytest.fixture
def work(scene, engines):
    brief = make_brief(scene.brief.module, tools=["dub", "music"])
    return make_work(brief, owner=scene.alice)


@has_program
@pytest.mark.django_db
@pytest.mark.servers
def test_a_dub_is_labelled_as_made_by_a_program(work, scene):
    job, path = run(work, "dub", {"lines": LINES}, by=scene.alice)
    labels = read_labels(path)
    assert (job.engine.slug, labels.aigc.label, labels.digital_source_type) == (
        "espeak",
        "1",
        "algorithmicMedia",
    )
    assert job.output.recipe["machine"]["fits"][0]["slot"] == 2.0
