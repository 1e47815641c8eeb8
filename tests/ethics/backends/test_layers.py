from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from ethics.backends.layers import Named, hints_of, layers_of, planes_of
from ethics.backends.tracer import build_assessment, trace_film
from ethics.domain.assessment import canonical_bytes
from footage.landmarks import SoundRun
from footage.timelines import Clip, Timeline, read_timeline, write_otio
from tests.ethics.backends.test_tracer import source, with_sound
from tests.footage.drawing import panned, write
from tests.footage.sounding import RATE, melody, write_sound

FPS = Fraction(25)


def clip(source: str, start, seconds, *, kind="video", into=0, track=1, name="", track_name="") -> Clip:
    return Clip(
        track, kind, name, source, Fraction(into), Fraction(start), Fraction(seconds), track_name=track_name
    )


def timeline(*clips: Clip) -> Timeline:
    return Timeline("cut", FPS, max(one.end for one in clips), clips)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A film of two seconds of take 1 and two of take 5, with a voice over a bed of music."""
    folder = tmp_path_factory.mktemp("layers")
    for seed in (1, 2, 5):
        write(folder / f"take-{seed}.mp4", panned(seed, 125))
    write_sound(folder / "line.wav", melody(2))
    write_sound(folder / "bed.wav", 0.6 * melody(7, seconds=6))
    mix = np.zeros(4 * RATE)
    mix += 0.3 * 0.6 * melody(7, seconds=6)[: 4 * RATE]
    mix[: 4 * RATE] += melody(2)
    silent = write(folder / "silent.mp4", [*panned(1, 50, first=25), *panned(5, 50)])
    with_sound(silent, mix, folder)
    return folder


@pytest.fixture(scope="module")
def sources(folder):
    return [
        source(folder, "take-1.mp4", "rush"),
        source(folder, "take-2.mp4", "rush"),
        source(folder, "take-5.mp4", "generated"),
        source(folder, "line.wav", "generated", planes=("voice",)),
        source(folder, "bed.wav", "rush"),
    ]


def measured(folder, sources, cut=None, **given):
    return build_assessment(trace_film(folder / "film.mov", sources, timeline=cut), **given)


HONEST = timeline(
    clip("take-1.mp4", 0, 2, into=1),
    clip("take-5.mp4", 2, 2),
    clip("line.wav", 0, 4, kind="audio", track_name="Dialogue"),
    clip("bed.wav", 0, 4, kind="audio", track=2, track_name="Music"),
)
LIE = timeline(
    clip("take-1.mp4", 0, 2, into=1),
    clip("take-2.mp4", 2, 2),
    clip("bed.wav", 0, 4, kind="audio", track_name="Dialogue"),
    clip("flown-in.mov", 1, 1, track=2),
)


def test_an_honest_timeline_names_the_planes_and_is_borne_out(folder, sources):
    found = measured(folder, sources, HONEST)
    assert found["timeline"] == {"clips": 4, "matched": 4, "unmatched": []}
    assert {plane: sorted({use["id"] for part in told["segments"] for use in part["sources"]})
            for plane, told in found["planes"].items() if plane != "picture"} == {
        "voice": ["line.wav"], "music": ["bed.wav"],
    }  # fmt: skip
    assert found["planes"]["voice"]["share"][0] == 1
    assert found["planes"]["music"]["share"][1] == 0


def test_a_lying_timeline_moves_no_share_of_the_picture(folder, sources):
    without, lied = measured(folder, sources), measured(folder, sources, LIE)
    assert lied["planes"]["picture"] == without["planes"]["picture"]
    assert json.loads(canonical_bytes(lied)) == lied
    assert lied["planes"]["voice"]["share"] == without["planes"]["voice"]["share"]
    assert without["planes"]["voice"]["share"][1] == 1
    assert lied["timeline"] == {
        "clips": 4,
        "matched": 2,
        "unmatched": [
            {"name": "flown-in.mov", "kind": "video", "track": 2, "start": 1.0, "end": 2.0, "why": "no-file"},
            {"name": "take-2.mp4", "kind": "video", "track": 1, "start": 2.0, "end": 4.0, "why": "not-found"},
        ],
    }


def test_a_film_without_a_timeline_says_nothing_of_one(folder, sources):
    assert "timeline" not in measured(folder, sources)


def test_a_timeline_alone_proves_nothing(folder):
    found = measured(folder, [], HONEST)
    assert found["planes"]["picture"]["share"] == [0, 1]
    assert found["timeline"]["matched"] == 0


def test_a_cap_on_the_voice_has_a_verdict_of_its_own(folder, sources):
    found = measured(folder, sources, HONEST, caps={"voice": Fraction(1, 2), "music": Fraction(0)})
    assert {plane: told["result"] for plane, told in found["verdicts"].items()} == {
        "voice": "over",
        "music": "within",
    }
    assert found["verdict"]["plane"] == "picture"


FILES = {
    "a1": Named("footage", ("A001_C003.MOV",), has_picture=True),
    "a2": Named("footage", ("a001_c003.mp4",), has_picture=True),
    "vo": Named("generated", ("final.wav",), planes=("voice",)),
    "zoom": Named("footage", ("ZOOM0012.WAV",)),
    "theirs": Named("other", ("x.wav",)),
    "loose": Named("generated", ("x2.wav",)),
    "song": Named("footage", ("主题曲.wav",)),
}


def test_clips_mean_files_of_their_name_or_stem_whatever_the_case():
    cut = timeline(
        clip("a001_c003.mov", 0, 1),
        clip("A001_C003", 1, 1),
        clip("", 2, 1, name="Final.wav"),
        clip("q", 3, 1),
    )
    assert [layer.ids for layer in layers_of(cut, FILES)] == [("a1",), ("a1", "a2"), ("vo",), ()]


def test_only_pictures_are_looked_for_by_hint():
    cut = timeline(clip("a001_c003.mov", 0, 1, into=4), clip("zoom0012.wav", 0, 1, kind="audio"))
    assert [(hint.key, hint.start, hint.source_start) for hint in hints_of(layers_of(cut, FILES))] == [
        ("a1", 0, 4)
    ]


@pytest.mark.parametrize(
    ("key", "planes"),
    [
        ("vo", ("voice",)),
        ("a1", ("voice", "effects")),
        ("zoom", ("voice", "effects")),
        ("song", ("music",)),
        ("theirs", ("voice", "music", "effects")),
        ("loose", ("voice", "music", "effects")),
    ],
)
def test_what_a_sound_may_be_without_a_timeline(key, planes):
    assert planes_of(SoundRun(key, 0, 2, 0, 40), FILES[key], ()) == planes


def test_a_track_moves_no_generated_sound():
    layers = layers_of(timeline(clip("x2.wav", 0, 4, kind="audio", track_name="MUSIC")), FILES)
    assert planes_of(SoundRun("loose", 0, 2, 0, 40), FILES["loose"], layers) == ("voice", "music", "effects")


@pytest.mark.parametrize(("name", "planes"), [("MUSIC", ("music",)), ("", ("voice", "effects"))])
def test_the_track_on_which_a_recording_lies_tells_its_plane(name, planes):
    cut = timeline(clip("zoom0012.wav", 0, 4, kind="audio", track_name=name))
    layers = layers_of(cut, FILES)
    assert planes_of(SoundRun("zoom", 0, 2, 0, 40), FILES["zoom"], layers) == planes
    assert planes_of(SoundRun("zoom", 5, 7, 0, 40), FILES["zoom"], layers) == ("voice", "effects")


def test_a_track_does_not_move_what_a_tool_has_made():
    layers = layers_of(timeline(clip("final.wav", 0, 4, kind="audio", track_name="MUSIC")), FILES)
    assert planes_of(SoundRun("vo", 0, 2, 0, 40), FILES["vo"], layers) == ("voice",)


def test_names_of_tracks_survive_writing_and_reading(tmp_path):
    write_otio(HONEST, tmp_path / "cut.otio")
    read = read_timeline(tmp_path / "cut.otio")
    assert [one.track_name for one in read.clips if one.kind == "audio"] == ["Dialogue", "Music"]
    assert {one.track_name for one in read.clips if one.kind == "video"} == {""}
