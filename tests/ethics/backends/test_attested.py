"""What files say of themselves, weighed against what the trace found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ethics.backends.attested import attested
from ethics.backends.tracer import Source, build_assessment, trace_film
from footage.credentials import Action, make_school_ca, sign_file
from footage.evidence import Evidences, read_evidence
from footage.fingerprints import make_reference
from footage.labels import label_generated
from tests.footage.drawing import panned, write

CAPTURED = Action("c2pa.created", source_type="digitalCapture")
COMPOSITE = Action("c2pa.created", source_type="compositeWithTrainedAlgorithmicMedia")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A take, a clip in the ledger, and a shop of files that say things of themselves."""
    folder = tmp_path_factory.mktemp("attested")
    write(folder / "take.mp4", panned(1, 100))
    write(folder / "generated.mp4", panned(5, 100))
    write(folder / "film.mp4", [*panned(1, 50), *panned(5, 50)])
    write(folder / "labelled.mp4", panned(1, 100))
    label_generated(folder / "labelled.mp4", producer="0011X", produce_id="7")
    for name, action, seed in (("camera", CAPTURED, 1), ("forged", CAPTURED, 5), ("composite", COMPOSITE, 1)):
        keys = folder / f"keys-{name}"
        make_school_ca(keys, school=name, now=datetime.now(UTC))
        made = write(folder / f"{name}.mp4", panned(seed, 100))
        sign_file(made, made, folder=keys, actions=[action])
    return folder


def footage(folder, name: str, *, trusting: str = "") -> Source:
    path = folder / f"{name}.mp4"
    anchors = (folder / f"keys-{trusting}" / "ca.pem").read_bytes() if trusting else None
    return Source(
        id=name,
        path=path,
        kind="footage",
        reference=make_reference(path),
        evidences=read_evidence(path, anchors=anchors),
    )


def judged(folder, *sources: Source) -> list[tuple]:
    picture = build_assessment(trace_film(folder / "film.mp4", sources))["planes"]["picture"]
    return [(part["state"], part["alpha"], part["why"]) for part in picture["segments"]]


def test_a_file_nobody_read_says_nothing():
    assert attested(None) == attested(Evidences("take.mp4"))


def test_a_trusted_capture_credential_alone_proves_a_take(folder):
    assert judged(folder, footage(folder, "camera", trusting="camera"))[0] == ("H", [0, 0], "")


def test_the_same_credential_of_a_signer_nobody_trusts_proves_nothing(folder):
    assert judged(folder, footage(folder, "camera"))[0] == ("U", [0, 1], "attached")


def test_a_take_that_admits_to_be_generated_counts_as_ai(folder):
    (first, _second) = judged(folder, footage(folder, "labelled"))
    assert first == ("A", [1, 1], "")


def test_a_take_that_admits_a_generated_part_is_mixed(folder):
    (first, _second) = judged(folder, footage(folder, "composite", trusting="composite"))
    assert first == ("M", [0.05, 1], "")


@pytest.mark.parametrize("trusting", ["", "forged"])
def test_a_capture_manifest_on_a_generated_clip_is_a_conflict_and_never_human(folder, trusting):
    path = folder / "generated.mp4"
    ledger = Source(id="g", path=path, kind="generated", reference=make_reference(path))
    (_first, second) = judged(folder, ledger, footage(folder, "forged", trusting=trusting))
    assert second == ("X", [0 if trusting else 1, 1], "")


def test_what_a_file_says_stands_with_the_segment(folder):
    film = trace_film(folder / "film.mp4", [footage(folder, "labelled")])
    (use,) = build_assessment(film)["planes"]["picture"]["segments"][0]["sources"]
    assert [(entry["kind"], entry["grade"]) for entry in use["evidence"]][-2:] == [
        ("aigc-ai", 1),
        ("iptc-ai", 1),
    ]
