"""Dubs and music: what is heard, when, how long, and how it is labelled."""

from __future__ import annotations

import shutil
import wave
from fractions import Fraction

import numpy as np
import pytest

from footage.credentials import SchoolCa, read_credentials
from footage.labels import read_labels
from footage.problems import Problem
from generation.backends.base import Cancelled, EngineSpec, Request
from generation.backends.dubbing import stretched, trimmed
from generation.backends.loading import loaded_engine
from generation.domain.composing.moods import KEYS, MOODS
from generation.domain.effects import EFFECTS
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


# ---------------------------------------------------------------- music
def in_scale_share(samples, rate, tonic, scale):
    """Share of the sound's energy between 60 Hz and 2 kHz that lies on notes of the scale."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    heard = (hertz > 60) & (hertz < 2000)
    classes = np.rint(69 + 12 * np.log2(hertz[heard] / 440)).astype(int) % 12
    wanted = np.isin(classes, [(tonic + step) % 12 for step in scale])
    return spectrum[heard][wanted].sum() / spectrum[heard].sum()


def flatness(samples):
    """Spectral flatness: near 0 for tones, 0.56 for white noise."""
    power = np.abs(np.fft.rfft(samples)) ** 2 + 1e-12
    return np.exp(np.log(power).mean()) / power.mean()


@pytest.mark.parametrize("mood", list(MOODS))
def test_the_composer_plays_tones_of_its_key_exactly_as_long_as_asked(tmp_path, mood):
    given = {"mood": mood, "seconds": 9.3, "key": "D"}
    produced, _steps = make(tmp_path, "music", given, pipeline="composer")
    samples, rate = heard(produced.path)
    mono = samples.mean(axis=1)
    assert (samples.shape, rate, produced.source_type) == ((446_400, 2), 48_000, "algorithmicMedia")
    assert in_scale_share(mono, rate, KEYS["D"], MOODS[mood].scale) > 0.9
    assert flatness(mono) < 0.02
    assert abs(20 * np.log10(np.sqrt((samples**2).mean())) + 20) < 2
    assert np.abs(samples).max() <= 10 ** (-3 / 20) + 1e-3
    assert np.abs(samples[-480:]).max() < 0.01, "it dies away"


def test_the_same_choices_and_seed_give_the_same_samples_and_another_seed_another_piece(tmp_path):
    def piece(seed):
        given = {"seconds": 20, "mood": "hopeful", "key": "C", "seed": seed}
        return heard(make(tmp_path, "music", given, pipeline="composer")[0].path)[0]

    pieces = [piece(seed) for seed in (3, 3, 4)]
    assert np.array_equal(pieces[0], pieces[1])
    assert not np.array_equal(pieces[0], pieces[2])


def test_a_tempo_too_slow_to_be_one_is_refused_at_its_field():
    _request, [problem] = validate(TOOLS["music"], {"tempo": 20}, has_source=False)
    assert (problem.slug, problem.sentence[:36]) == ("tempo", "20 beats a minute is too slow: take ")


def test_the_composer_can_be_stopped(tmp_path):
    asked = iter([False, True])
    with pytest.raises(Cancelled):
        make(tmp_path, "music", {"mood": "festive"}, pipeline="composer", cancelled=lambda: next(asked))


@pytest.mark.engine
def test_stable_audio_answers_words_and_seed_for_the_seconds_asked(tmp_path, engines_folder):
    def piece(**given):
        given = {"seconds": 6, "steps": 3, "guidance": 2, **given}
        folder = engines_folder / "practice-music"
        produced, steps = make(tmp_path, "music", given, pipeline="music", folder=folder)
        return produced, steps, heard(produced.path)[0]

    produced, steps, first = piece(seed=1)
    assert (produced.source_type, first.shape, steps[-1]) == ("trainedAlgorithmicMedia", (48_000, 2), (3, 3))
    assert (produced.machine["pipeline"], produced.machine["prompt"]) == (
        "StableAudioPipeline",
        "calm, warm, gentle, instrumental film music",
    )
    assert np.array_equal(first, piece(seed=1)[2])
    assert np.abs(first - piece(seed=2)[2]).mean() > 1e-3
    assert np.abs(first - piece(seed=1, style="guqin")[2]).mean() > 1e-3


@pytest.mark.engine
def test_stable_audio_says_how_long_it_can_play_and_stops_within_a_step(tmp_path, engines_folder):
    folder = engines_folder / "practice-music"
    with pytest.raises(Problem, match="at most 32 seconds at once"):
        make(tmp_path, "music", {"seconds": 90}, pipeline="music", folder=folder)
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        make(
            tmp_path,
            "music",
            {"seconds": 6, "steps": 9},
            pipeline="music",
            folder=folder,
            cancelled=lambda: next(asked),
        )


@pytest.mark.engine
def test_ace_step_is_told_tempo_and_key(tmp_path):
    folder = tmp_path / "ace"
    small_ace_step(folder)
    given = {"seconds": 6, "steps": 2, "tempo": 80, "key": "D", "mood": "sad"}
    produced, steps = make(tmp_path, "music", given, pipeline="music", folder=folder)
    samples, rate = heard(produced.path)
    assert (produced.machine["pipeline"], samples.shape, rate, steps[-1]) == (
        "AceStepPipeline", (96_000, 2), 16_000, (2, 2),
    )  # fmt: skip
    assert produced.machine["prompt"].endswith("80 bpm, in D")


def small_ace_step(folder):
    import torch
    from diffusers import (
        AceStepConditionEncoder,
        AceStepPipeline,
        AceStepTransformer1DModel,
        AutoencoderOobleck,
        FlowMatchEulerDiscreteScheduler,
    )
    from transformers import Qwen3Config, Qwen3Model

    from generation.backends.practice.music import byte_tokenizer

    torch.manual_seed(0)
    tokenizer = byte_tokenizer()
    sizes = {
        "hidden_size": 32,
        "intermediate_size": 32,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 16,
    }
    AceStepPipeline(
        tokenizer=tokenizer,
        text_encoder=Qwen3Model(Qwen3Config(vocab_size=len(tokenizer), num_hidden_layers=1, **sizes)),
        vae=AutoencoderOobleck(
            encoder_hidden_size=8, downsampling_ratios=[4, 8, 8], channel_multiples=[1, 1, 1], decoder_channels=8,
            decoder_input_channels=8, audio_channels=2, sampling_rate=16_000,
        ),
        transformer=AceStepTransformer1DModel(
            num_hidden_layers=2, in_channels=24, audio_acoustic_hidden_dim=8, sliding_window=16, **sizes
        ),
        condition_encoder=AceStepConditionEncoder(
            text_hidden_dim=32, timbre_hidden_dim=8, num_lyric_encoder_hidden_layers=1, num_timbre_encoder_hidden_layers=1,
            sliding_window=16, **sizes,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
    ).save_pretrained(folder, safe_serialization=True)  # fmt: skip


@pytest.mark.engine
def test_stable_audio_3_plays_the_seconds_asked(tmp_path):
    folder = tmp_path / "three"
    small_stable_audio_3(folder)
    given = {"seconds": 6, "steps": 2, "guidance": 2}
    produced, steps = make(tmp_path, "music", given, pipeline="music", folder=folder)
    samples, rate = heard(produced.path)
    assert (produced.machine["pipeline"], samples.shape, rate, steps[-1]) == (
        "StableAudio3Pipeline", (48_000, 2), 8_000, (2, 2),
    )  # fmt: skip


def small_stable_audio_3(folder):
    import torch
    from diffusers import (
        AutoencoderSAME,
        FlowMatchEulerDiscreteScheduler,
        StableAudio3DiTModel,
        StableAudio3Pipeline,
    )
    from diffusers.pipelines.stable_audio_3.modeling_stable_audio_3 import StableAudio3DurationEmbedder
    from transformers import T5GemmaConfig, T5GemmaEncoderModel, T5GemmaModuleConfig

    from generation.backends.practice.music import byte_tokenizer

    torch.manual_seed(0)
    tokenizer = byte_tokenizer()
    sizes = {
        "vocab_size": len(tokenizer), "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1,
        "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 16,
    }  # fmt: skip
    half = T5GemmaModuleConfig(**sizes)
    words = T5GemmaConfig(encoder=half, decoder=half, is_encoder_decoder=False, vocab_size=len(tokenizer))
    StableAudio3Pipeline(
        tokenizer=tokenizer,
        text_encoder=T5GemmaEncoderModel(words),
        vae=AutoencoderSAME(
            patch_size=64, encoder_channels=16, encoder_c_mults=[2], encoder_strides=[4], encoder_transformer_depths=[1],
            latent_dim=8, dim_heads=16, sampling_rate=8000,
        ),
        duration_embedder=StableAudio3DurationEmbedder(output_dim=32, fourier_dim=16),
        transformer=StableAudio3DiTModel(
            io_channels=8, embed_dim=32, depth=1, num_heads=2, cond_token_dim=32, global_cond_dim=32, local_add_cond_dim=9,
            timestep_features_dim=16, num_memory_tokens=4,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(stochastic_sampling=True),
    ).save_pretrained(folder, safe_serialization=True)  # fmt: skip


@pytest.mark.engine
def test_a_folder_that_makes_no_music_says_so(engines_folder, tmp_path):
    with pytest.raises(Problem, match="makes no music"):
        make(tmp_path, "music", {}, pipeline="music", folder=engines_folder / "atelier-sketch")


# ---------------------------------------------------------------- effects
def effect(tmp_path, slug, **given):
    given = {"effect": slug, "seconds": 6, **given}
    produced, _steps = make(tmp_path, "effects", given, pipeline="effects")
    samples, rate = heard(produced.path)
    assert (produced.source_type, samples.shape, rate) == ("algorithmicMedia", (288_000, 2), 48_000)
    return samples


def centroid(samples):
    power = np.abs(np.fft.rfft(samples[:, 0])) ** 2
    return (power * np.fft.rfftfreq(len(samples), 1 / 48_000)).sum() / power.sum()


@pytest.mark.parametrize("slug", list(EFFECTS))
def test_an_effect_is_heard_at_a_beds_level_and_dies_away(tmp_path, slug):
    samples = effect(tmp_path, slug)
    assert -38 < 20 * np.log10(np.sqrt((samples**2).mean())) < -25
    assert np.abs(samples).max() <= 10 ** (-3 / 20) + 1e-3
    assert np.abs(samples[-48:]).max() < 0.01
    assert not np.array_equal(samples[:, 0], samples[:, 1]), "it is wide"


def test_effects_differ_as_they_do_outside(tmp_path):
    heights = [centroid(effect(tmp_path, slug)) for slug in ("thunder", "room-tone", "rain")]
    assert heights == sorted(heights)
    power = np.abs(np.fft.rfft(effect(tmp_path, "crickets")[:, 0])) ** 2
    assert 4000 < np.fft.rfftfreq(288_000, 1 / 48_000)[power.argmax()] < 5000


def test_strength_makes_the_sea_rougher_and_the_steps_faster(tmp_path):
    def steps(samples):
        level = np.abs(samples).max(axis=1).reshape(-1, 480).max(axis=1)
        return int(((level[1:] > 0.1) & (level[:-1] <= 0.1)).sum())

    assert centroid(effect(tmp_path, "sea", strength=1)) > centroid(effect(tmp_path, "sea", strength=0))
    assert (
        steps(effect(tmp_path, "footsteps", strength=1))
        > 1.5 * steps(effect(tmp_path, "footsteps", strength=0))
        > 8
    )


def test_an_effect_is_the_same_again_by_its_seed(tmp_path):
    assert np.array_equal(effect(tmp_path, "fire"), effect(tmp_path, "fire"))
    assert not np.array_equal(effect(tmp_path, "fire"), effect(tmp_path, "fire", seed=2))


@pytest.mark.engine
def test_a_trained_engine_is_told_the_effect_in_words(tmp_path, engines_folder):
    given = {"effect": "rain", "style": "on a tin roof", "seconds": 2, "steps": 2, "guidance": 2}
    produced, _steps = make(
        tmp_path, "effects", given, pipeline="music", folder=engines_folder / "practice-music"
    )
    assert produced.machine["prompt"].startswith(
        "on a tin roof, steady rain on leaves and stone, sound effect"
    )


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


@pytest.mark.django_db
@pytest.mark.servers
def test_music_is_labelled_signed_and_logged_as_made_by_a_program(work, scene, settings):
    job, path = run(work, "music", {"seconds": 6, "mood": "festive"}, by=scene.alice)
    labels = read_labels(path)
    found = read_credentials(path, anchors=SchoolCa(settings.SCHOOL_CA_DIR).anchor)
    assert (job.engine.slug, labels.aigc.label, labels.digital_source_type) == (
        "composer",
        "1",
        "algorithmicMedia",
    )
    assert (found.trust, found.digital_source_types) == ("trusted", ("algorithmicMedia",))
