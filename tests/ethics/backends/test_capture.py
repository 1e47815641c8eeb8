from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from ethics.backends.capture import CaptureTest, capture_test
from ethics.backends.tracer import Source, build_assessment, trace_film
from footage.fingerprints import make_reference
from footage.painter.scene import parse_scene
from footage.painter.takes import Camera, write_take
from tests.ethics.backends.test_tracer import with_sound
from tests.footage.drawing import panned, write
from tests.footage.sensing import handheld, seen, write_sensed
from tests.footage.sounding import RATE, melody, write_sound

SHOT_ON = datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_two_things_make_proof_one_a_hint_none_a_claim():
    assert [CaptureTest(passed).grade for passed in [(), ("sound",), ("sound", "handles")]] == [0, 1, 2]


@pytest.fixture(scope="module")
def take(tmp_path_factory):
    """A take whose container names no program but the camera's own."""
    folder = tmp_path_factory.mktemp("take")
    painted, path = folder / "painted.mov", folder / "take.mov"
    scene = parse_scene("wide, sea, dusk, a boat, red")
    write_take(painted, scene, seed=1, seconds=3, width=160, height=90, camera=Camera(), taken_at=SHOT_ON)
    command = ["ffmpeg", "-v", "error", "-i", painted, "-c", "copy", "-fflags", "+bitexact"]
    subprocess.run([*command, "-movflags", "use_metadata_tags", path], check=True)
    return path


def passed(path, used: Fraction, others=()) -> tuple[str, ...]:
    reference = make_reference(path)
    return capture_test(path=path, name=path.name, reference=reference, used=used, others=others).passed


def test_a_take_with_sound_handles_and_camera_facts_passes(take):
    assert passed(take, Fraction(1)) == ("camera", "handles", "sound")


def test_camera_facts_in_a_file_that_a_program_wrote_do_not_count(take):
    assert passed(take.with_name("painted.mov"), Fraction(1)) == ("handles", "sound")


def test_a_take_used_to_its_last_frame_has_no_handles(take):
    assert passed(take, Fraction(3)) == ("camera", "sound")


def test_an_export_without_camera_and_sound_has_only_its_handles(tmp_path):
    assert passed(write(tmp_path / "export.mp4", panned(1, 75)), Fraction(1)) == ("handles",)


def test_a_motion_sensor_speaks_for_the_take_it_was_in_and_for_no_other(tmp_path):
    turns = handheld(1, 6)
    own = write_sensed(tmp_path / "own.mp4", seen(turns), turns)
    borrowed = write_sensed(tmp_path / "borrowed.mp4", seen(handheld(2, 6)), turns)
    assert passed(own, Fraction(1)) == ("handles", "motion")
    assert passed(borrowed, Fraction(1)) == ("handles",)


def test_a_recording_longer_than_what_is_heard_of_it_has_handles(tmp_path):
    sound = write_sound(tmp_path / "wild.wav", melody(1, 4))
    assert (passed(sound, Fraction(2)), passed(sound, Fraction(4))) == (("handles",), ())


def test_a_recording_that_is_only_heard_is_put_through_the_test(tmp_path):
    sound = write_sound(tmp_path / "wild.wav", melody(1, 6))
    film = with_sound(write(tmp_path / "silent.mp4", panned(1, 100)), melody(1, 6)[RATE : 5 * RATE], tmp_path)
    wild = Source(id="wild", path=sound, kind="footage", reference=make_reference(sound))
    voice = build_assessment(trace_film(film, [wild]))["planes"]["voice"]
    kinds = {
        entry["kind"] for part in voice["segments"] for use in part["sources"] for entry in use["evidence"]
    }
    assert kinds == {"sound-match", "capture-handles"}


def test_another_take_of_the_set_up_speaks_for_both(tmp_path):
    one = write(tmp_path / "one.mp4", panned(1, 75))
    other = make_reference(write(tmp_path / "other.mp4", panned(1, 75, first=6)))
    assert passed(one, Fraction(1), [other]) == ("handles", "takes")


def test_a_copy_is_no_other_take(tmp_path):
    one = write(tmp_path / "one.mp4", panned(1, 75))
    copy = make_reference(write(tmp_path / "copy.mp4", panned(1, 75), crf=30))
    assert passed(one, Fraction(1), [make_reference(one), copy]) == ("handles",)


@pytest.mark.parametrize(("frames", "expected"), [(75, ("U", "attached")), (60, ("U", "attached"))])
def test_footage_that_fails_the_test_stays_unknown(tmp_path, frames, expected):
    take = write(tmp_path / "export.mp4", panned(1, 75))
    film = write(tmp_path / "film.mp4", panned(1, frames))
    found = build_assessment(trace_film(film, [Source("export.mp4", take, "footage")]))
    (part,) = found["planes"]["picture"]["segments"]
    assert (part["state"], part["why"]) == expected
    assert [item["why"] for item in found["verdict"]["todo"]] == ["attached"]


def test_footage_that_passes_the_test_is_proven(tmp_path):
    sources = [
        Source(name, write(tmp_path / name, panned(1, 100, first=first)), "footage")
        for name, first in (("one.mp4", 0), ("two.mp4", 8))
    ]
    film = write(tmp_path / "film.mp4", panned(1, 40))
    (part,) = build_assessment(trace_film(film, sources))["planes"]["picture"]["segments"]
    assert part["state"] == "H"
