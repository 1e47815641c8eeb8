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


DRAFT = (
    "The last lantern swings over the empty counter. Mei counts her coins twice, then pushes them back into the torn "
    "glove. Behind the glass an old clerk folds tomorrow into a paper boat."
)


def test_drafts_among_the_generated_files_are_found_in_the_script(tmp_path, film):
    mine = "My grandfather never took the ferry.\n"
    (tmp_path / "draft.md").write_text(DRAFT, encoding="utf-8")
    (tmp_path / "script.txt").write_text(mine + DRAFT, encoding="utf-8")
    found = measure(tmp_path, film, "--script", tmp_path / "script.txt", "--generated", tmp_path / "draft.md")
    plane = found["planes"]["script"]
    assert [(part["state"], part["start"], part["end"]) for part in plane["segments"]] == [
        ("U", 0, len(mine)),
        ("A", len(mine), len(mine + DRAFT)),
    ]
    assert (plane["unit"], plane["segments"][1]["sources"][0]["id"]) == ("characters", "draft.md")
    assert found["hcid"]["terms"]["S"]["value"][0] == 0


def test_the_level_chooses_the_weights_and_the_document_says_so(tmp_path, film):
    found = measure(tmp_path, film, "--level", "5")["hcid"]
    assert found["profile"] == {"level": 5, "name": "ai-exploration"}
    assert found["weights"]["P"] == pytest.approx(35 / (35 + 20), abs=1e-6)


def test_what_would_raise_the_degree_is_told_with_its_points(tmp_path, film):
    found = measure(tmp_path, film)["hcid"]
    ways = {way["code"]: way for way in found["raise"]}
    assert ways["control"]["source"] == "dream.mp4"
    assert [way["points"] for way in found["raise"]] == sorted(
        (way["points"] for way in found["raise"]), reverse=True
    )


def test_a_draft_that_is_no_text_is_refused_by_name(tmp_path, film):
    (tmp_path / "draft.txt").write_bytes(b"\xff\xfe\x00script")
    refused = refusal(film, "--generated", tmp_path / "draft.txt", "--json", tmp_path / "out.json")
    assert (refused.returncode, "draft.txt" in str(refused)) == (2, True)
