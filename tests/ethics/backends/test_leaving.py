"""A finished film on its way out: words on the picture, labels in the file, credentials last."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from ethics.backends.leaving import ASSERTION, Parting, Ware, finish_film, finish_here
from ethics.domain.leaving import Label, Placement
from footage.credentials import make_school_ca, read_credentials
from footage.labels import label_generated, read_labels
from footage.problems import Problem
from tests.footage.making import make_film

MIXED = Label("compositeWithTrainedAlgorithmicMedia", "1")
SECONDS = Fraction(4)


@pytest.fixture(scope="module")
def parting(tmp_path_factory) -> Parting:
    folder = tmp_path_factory.mktemp("leaving")
    keys = make_school_ca(folder / "keys", school="上海电影学院").folder
    film = make_film(folder / "film.mp4", frames=100, size=(320, 180), sound=True)
    rush, dream = make_film(folder / "a.mov", frames=30), make_film(folder / "b.mp4", frames=30)
    label_generated(dream, producer="001", produce_id="job-1")
    wares = (Ware("rush-1", rush, "A001.mov"), Ware("gen-1", dream, "dream.mp4"))
    placed = (
        Placement("rush-1", "picture", Fraction(0), Fraction(2)),
        Placement("gen-1", "picture", Fraction(2), Fraction(4)),
        Placement("rush-1", "voice", Fraction(0), Fraction(4)),
    )
    return Parting(
        film=film, name="灯船.mp4", seconds=SECONDS, folder=folder, label=MIXED, is_marked=True,
        producer="001191110102MACQD9K64010000", number="b" * 32, integrity="a" * 64, wares=wares, placed=placed,
        assertion={"schema": "dailies-assessment/1", "sha256": "a" * 64, "canonical": '{"share":[0.25,0.5],"x":null}'},
        keys=keys, title="灯船", agent="Dailies",
    )  # fmt: skip


def finished(parting: Parting, folder: Path, **changes) -> Path:
    return Path(finish_here("film", replace(parting, folder=folder, **changes), report=folder / "progress"))


def anchor(parting: Parting) -> str:
    return (parting.keys / "ca.pem").read_text()


def manifest_of(path: Path) -> dict:
    import json

    import c2pa

    with path.open("rb") as file, c2pa.Reader("video/mp4", file) as reader:
        store = json.loads(reader.json())
    return store["manifests"][store["active_manifest"]]


def assertion(manifest: dict, label: str) -> dict:
    return next(one["data"] for one in manifest["assertions"] if one["label"].startswith(label))


def test_the_film_is_labelled_marked_and_signed_in_that_order(parting, tmp_path):
    film = finished(parting, tmp_path)

    labels, found = read_labels(film), read_credentials(film, anchors=anchor(parting))
    assert (labels.verdict, labels.digital_source_type) == ("compliant", MIXED.source_type)
    assert (labels.aigc.label, labels.aigc.produce_id, labels.aigc.reserved1) == ("1", "b" * 32, "a" * 64)
    assert (found.integrity, found.signature, found.trust) == ("intact", "valid", "trusted")
    assert found.digital_source_types[0] == MIXED.source_type
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".mp4"] == ["film.mp4"]


def test_every_source_is_placed_with_its_time_and_its_ingredient(parting, tmp_path):
    manifest = manifest_of(finished(parting, tmp_path))

    actions = assertion(manifest, "c2pa.actions")["actions"]
    times = [
        (one["action"], one["description"], one["changes"][0]["region"][0]["time"]["start"], one["changes"][0]["region"][0]["time"]["end"])
        for one in actions if "changes" in one
    ]  # fmt: skip
    assert times == [
        ("c2pa.placed", "picture", "0.000", "2.000"),
        ("c2pa.placed", "picture", "2.000", "4.000"),
        ("c2pa.placed", "voice", "0.000", "4.000"),
        ("c2pa.addedText", "AI label", "0.000", "3.000"),
    ]
    assert [(one["title"], one["relationship"]) for one in manifest["ingredients"]] == [
        ("灯船.mp4", "inputTo"),
        ("A001.mov", "componentOf"),
        ("dream.mp4", "componentOf"),
    ]
    assert manifest["title"] == "灯船"


def test_the_assessment_stands_in_the_manifest(parting, tmp_path):
    manifest = manifest_of(finished(parting, tmp_path))
    assert assertion(manifest, ASSERTION) == dict(parting.assertion)


def test_without_ai_no_label_is_written_and_the_pixels_stay(parting, tmp_path):
    film = finished(parting, tmp_path, label=Label("composite", None))
    assert (read_labels(film).verdict, read_labels(film).digital_source_type) == ("not_found", "composite")
    assert pictures(film) == pictures(parting.film)


def test_a_film_asked_for_without_words_keeps_its_labels_in_the_file(parting, tmp_path):
    film = finished(parting, tmp_path, is_marked=False)
    assert read_labels(film).verdict == "compliant"
    assert pictures(film) == pictures(parting.film)


def pictures(path: Path) -> list[bytes]:
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="gray").tobytes() for frame in film.decode(video=0)]


def test_a_film_in_a_container_without_a_place_for_labels_leaves_as_mp4(parting, tmp_path):
    other = make_film(tmp_path / "film.mkv", frames=25, size=(320, 180), sound=True)
    film = finished(parting, tmp_path, film=other, label=Label("composite", None))
    assert film.name == "film.mp4"
    assert read_credentials(film, anchors=anchor(parting)).integrity == "intact"


def test_copying_the_streams_strips_the_credentials_but_not_the_words(parting, tmp_path):
    film, copy = finished(parting, tmp_path), tmp_path / "copy.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-i", film, "-c", "copy", copy], check=True)
    assert read_credentials(copy, anchors=anchor(parting)) is None
    assert pictures(copy) == pictures(film)


def test_the_sandbox_finishes_the_same_film_and_tells_how_far_it_is(parting, tmp_path):
    told: list[float] = []
    film = finish_film(replace(parting, folder=tmp_path), progress=told.append)
    assert read_credentials(film, anchors=anchor(parting)).signature == "valid"
    assert 0 <= min(told) <= max(told) <= 1


def test_a_file_that_is_no_film_is_refused_by_name(parting, tmp_path):
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(b"no film")
    with pytest.raises(Problem) as refusal:
        finish_film(
            replace(parting, film=broken, name="broken.mkv", folder=tmp_path), progress=lambda share: None
        )
    assert "broken" in str(refusal.value)
