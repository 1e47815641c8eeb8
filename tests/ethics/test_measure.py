from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.footage.drawing import panned, write
from tests.footage.sounding import melody, write_sound

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def film(tmp_path):
    """Two seconds of a rush, one of a generated clip."""
    write(tmp_path / "rush.mp4", panned(1, 100))
    write(tmp_path / "dream.mp4", panned(2, 60))
    return write(tmp_path / "film.mp4", [*panned(1, 50, first=20), *panned(2, 25)])


def measure(tmp_path, film, *more) -> dict:
    out = tmp_path / "out.json"
    given = [
        film,
        "--rush",
        tmp_path / "rush.mp4",
        "--generated",
        tmp_path / "dream.mp4",
        "--json",
        out,
        *more,
    ]
    call_command("measure", *map(str, given))
    return json.loads(out.read_bytes())


def test_a_film_is_measured_from_files(tmp_path, film):
    found = measure(tmp_path, film)
    assert found["planes"]["picture"]["share"] == [0.333333, 0.333333]
    assert (found["schema"], found["verdict"]["result"]) == ("dailies-assessment/1", "within")


def test_the_cap_decides_the_verdict(tmp_path, film):
    assert measure(tmp_path, film, "--cap", "0.3")["verdict"]["result"] == "over"


def test_a_script_without_record_leaves_its_term_open(tmp_path, film):
    (tmp_path / "script.txt").write_text("INT. ROOM – NIGHT", encoding="utf-8")
    found = measure(tmp_path, film, "--script", tmp_path / "script.txt")
    assert found["hcid"]["terms"]["S"]["value"] == [0, 1]


def test_two_files_of_one_name_are_kept_apart(tmp_path, film):
    (tmp_path / "b").mkdir()
    write(tmp_path / "b" / "rush.mp4", panned(2, 60))
    found = measure(tmp_path, film, "--rush", tmp_path / "b" / "rush.mp4")
    assert [part["state"] for part in found["planes"]["picture"]["segments"]] == ["H", "X"]


def test_it_needs_no_database(tmp_path, film):
    nowhere = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    command = [
        sys.executable,
        ROOT / "manage.py",
        "measure",
        film,
        "--rush",
        tmp_path / "rush.mp4",
        "--json",
        "-",
    ]
    done = subprocess.run(command, env=nowhere, capture_output=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["planes"]["picture"]["share"] == [0, 0.333333]


def refusal(*given) -> CommandError:
    with pytest.raises(CommandError) as caught:
        call_command("measure", *map(str, given))
    return caught.value


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.mp4", b""), ("page.mp4", b"<html><body>no</body></html>"), ("half.mp4", None)],
)
def test_an_unusable_film_is_refused_by_name(tmp_path, film, name, content):
    path = tmp_path / name
    path.write_bytes(film.read_bytes()[:200] if content is None else content)
    refused = refusal(path, "--json", tmp_path / "out.json")
    assert (refused.returncode, name in str(refused)) == (2, True)


def test_a_sound_is_no_film(tmp_path):
    sound = write_sound(tmp_path / "voice.wav", melody(1))
    refused = refusal(sound, "--json", tmp_path / "out.json")
    assert (refused.returncode, "voice.wav" in str(refused)) == (2, True)


def test_an_unusable_source_is_refused_by_name(tmp_path, film):
    (tmp_path / "notes.mp4").write_text("no film")
    refused = refusal(film, "--generated", tmp_path / "notes.mp4", "--json", tmp_path / "out.json")
    assert (refused.returncode, "notes.mp4" in str(refused)) == (2, True)


def test_a_timeline_of_another_film_is_refused(tmp_path, film):
    edl = "TITLE: OTHER\n\n001  AX       V     C        00:00:00:00 00:00:30:00 00:00:00:00 00:00:30:00\n"
    (tmp_path / "other.edl").write_text(edl)
    refused = refusal(film, "--timeline", tmp_path / "other.edl", "--json", tmp_path / "out.json")
    assert (refused.returncode, "30 s, 27 s longer than the film" in str(refused)) == (2, True)


def test_a_place_that_cannot_be_written_is_refused(tmp_path, film):
    refused = refusal(film, "--json", tmp_path / "nowhere" / "out.json")
    assert (refused.returncode, "nowhere" in str(refused)) == (2, True)
