from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from footage.evidence import Evidences, Finding, Note, read_evidence
from footage.labels import label_generated
from footage.problems import Problem
from tests.footage.evidence.walking import walk_limited
from tests.footage.making import make_film, make_sound

GRAPH = json.dumps({"3": {"class_type": "KSampler", "inputs": {"seed": 7}}})


def expected(corpus: Path, kind: str) -> dict[str, str]:
    """What the manifest says of each file of a kind, by its path there."""
    with (corpus / "MANIFEST.tsv").open(newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {row[1].removeprefix(f"{kind}/"): row[8] for row in rows if row[0] == kind}


def trust_lists(corpus: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(corpus.rglob("C2PA-*TRUST-LIST.pem")))


def read_kind(corpus: Path, kind: str) -> dict[str, Evidences]:
    outcomes = walk_limited(corpus / kind, anchors=trust_lists(corpus))
    assert outcomes
    refusals = {name: found for name, found in outcomes.items() if isinstance(found, str)}
    assert {name: Path(name).name in sentence for name, sentence in refusals.items()} == dict.fromkeys(
        refusals, True
    )
    return {name: found for name, found in outcomes.items() if isinstance(found, Evidences)}


def told(pattern: str, words: str) -> list[str]:
    found = re.search(pattern, words)
    return [part for part in found.group(1).split(",") if part] if found else []


def test_vendors_credentials_are_judged_as_the_manifest_says(corpus: Path) -> None:
    found, said = read_kind(corpus, "c2pa"), expected(corpus, "c2pa")
    judged = {name: evidences.of("c2pa")[0] for name, evidences in found.items() if evidences.of("c2pa")}
    without = {Path(name).name for name in found.keys() - judged.keys()}
    assert without == {"no_manifest.jpg"}
    for name, finding in judged.items():
        words = said[name].rpartition("with C2PA-TRUST-LIST")[2]
        details = finding.details
        if "Remote" in said[name]:
            assert details["remote_url"], name
            continue
        assert (details["trust"] == "trusted") == ("Trusted" in words), name
        assert (details["integrity"] == "changed") == ("Hash.mismatch" in words), name
        assert (details["signature"] == "invalid") == ("claimSignature.mismatch" in words), name
        assert (details["trust"] == "expired") == ("signingCredential.expired" in words), name
        assert [str(details["manifest_count"])] == told(r"manifests=(\d+)", said[name]), name


def test_vendors_pictures_by_ai_say_so_and_nothing_else_does(corpus: Path) -> None:
    found, said = read_kind(corpus, "c2pa"), expected(corpus, "c2pa")
    says_ai = {name for name, evidences in found.items() if any(f.says == "ai" for f in evidences.findings)}
    assert says_ai == {name for name, words in said.items() if "trainedAlgorithmicMedia" in words}
    grades = {Path(name).name: found[name].of("c2pa")[0].grade for name in says_ai}
    assert grades == {
        "ai-generated.jpg": 1,
        "trusted.jpg": 3,
        "DALL-E_cloud_surfing_puppy.webp": 1,
        "chatgpt-1.png": 1,
        "firefly-1.png": 1,
        "flux-1.jpg": 1,
    }


def test_generators_are_named_with_models_and_seeds_as_the_manifest_says(corpus: Path) -> None:
    found, said = read_kind(corpus, "genmeta"), expected(corpus, "genmeta")
    checked = 0
    for name, evidences in found.items():
        words = said[name]
        generators = evidences.of("generator")
        stated = told(r"generator=([\w ]+)", words) or (["ComfyUI"] if "embedded graph" in words else [])
        assert [finding.details["software"] for finding in generators] == stated, name
        models = told(r"graph: .*?models=([^;]*)", words) or told(r"; model=([^;|]*?)(?:;| \|\||$)", words)
        if models:
            assert set(generators[0].details["models"]) == set(models), name
        if seeds := told(r"seeds=([\d,]+)", words):
            assert list(map(str, generators[0].details["seeds"])) == seeds, name
        checked += bool(stated)
    assert checked >= 13


def test_labels_from_the_wild_are_read_in_their_carriers(corpus: Path, tmp_path: Path) -> None:
    for variant in sorted((corpus / "aigc/variants").glob("*.json")):
        data = json.loads(variant.read_text())
        plant(tmp_path, data["name"], data["carrier"], data["value"])
    found = walk_limited(tmp_path)
    seen = {
        Path(name).stem: (evidences.aigc, evidences.of("aigc")[0].says, evidences.of("aigc")[0].grade)
        for name, evidences in found.items()
        if isinstance(evidences, Evidences)
    }
    assert seen == {
        "alibaba_av_prefix": ("noncompliant", "ai", 1),
        "bytedance_exif_short": ("noncompliant", "ai", 1),
        "key_with_colon_fault": ("noncompliant", "unknown", 0),
        "kling_mp4_v1": ("noncompliant", "ai", 1),
        "neta_note": ("noncompliant", "ai", 1),
        "zhipu_markdown": ("compliant", "ai", 1),
    }


def plant(folder: Path, name: str, carrier: str, value: str) -> None:
    if "Exif" in carrier:
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + value.encode()
        Image.new("RGB", (8, 8)).save(folder / f"{name}.jpg", exif=exif)
    elif "Markdown" in carrier:
        (folder / f"{name}.md").write_text(value)
    else:
        key = "AIGC" if "key AIGC" in carrier else "comment"
        make_film(folder / f"{name}.mp4", tags={key: value})


def test_labelled_pictures_from_the_wild_say_what_the_manifest_says(corpus: Path) -> None:
    found, said = read_kind(corpus, "aigc"), expected(corpus, "aigc")
    labels = {name: evidences.of("aigc")[0].details["labels"][0] for name, evidences in found.items()}
    assert len(labels) == 2
    for name, label in labels.items():
        stated = json.loads(said[name].partition("label=")[2])
        assert (label["level"], label["producer"], label["produce_id"]) == (
            stated["Label"],
            stated["ContentProducer"],
            stated["ProduceID"],
        )
        assert found[name].aigc == "compliant"


def test_cameras_are_named_as_the_manifest_says(corpus: Path) -> None:
    found, said = read_kind(corpus, "exif"), expected(corpus, "exif")
    for name, evidences in found.items():
        stated = told(r"Make=([^;]+);", said[name].replace(",", "\v"))
        cameras = [finding.details["make"].replace(",", "\v") for finding in evidences.of("camera")]
        assert cameras == [make.strip() for make in stated], name
    assert sum(bool(evidences.of("camera")) for evidences in found.values()) >= 30


def test_no_camera_of_the_corpus_is_believed_beyond_what_agrees(corpus: Path) -> None:
    """Their pictures were shrunk or saved anew, so none is as the camera left it."""
    found = read_kind(corpus, "exif")
    assert {finding.grade for evidences in found.values() for finding in evidences.findings} == {0}


@pytest.mark.parametrize("kind", ["badmedia", "badsvg"])
def test_bad_files_are_read_or_refused_and_never_taken_for_evidence(corpus: Path, kind: str) -> None:
    found = read_kind(corpus, kind)
    assert {f.kind for evidences in found.values() for f in evidences.findings} <= {"editor", "camera"}
    if kind == "badsvg":
        assert found == {}


def labelled(path: Path) -> Path:
    if path.suffix == ".mp4":
        make_film(path)
    elif path.suffix == ".wav":
        make_sound(path, codec="pcm_s16le", seconds=0.05)
    else:
        info = PngInfo()
        info.add_text("prompt", GRAPH)
        exif = Image.Exif()
        exif[0x010F], exif[0x0110] = "Canon", "EOS"
        options = {"pnginfo": info} if path.suffix == ".png" else {}
        Image.new("RGB", (8, 8)).save(path, exif=exif, **options)
    label_generated(path, producer="001", produce_id="job-1")
    return path


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "mp4", "wav"])
def test_every_mark_of_a_generated_file_is_found(tmp_path: Path, suffix: str) -> None:
    found = read_evidence(labelled(tmp_path / f"a.{suffix}"), name="A lake")
    assert (found.name, found.aigc) == ("A lake", "compliant")
    assert [(f.kind, f.grade, f.says) for f in found.findings][:2] == [("aigc", 1, "ai"), ("iptc", 1, "ai")]
    assert found.of("iptc")[0].source_type == "trainedAlgorithmicMedia"


@given(st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_anywhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    suffix = data.draw(st.sampled_from(["png", "jpg", "webp", "mp4", "wav"]))
    good = tmp_path_factory.getbasetemp() / f"good.{suffix}"
    whole = (good if good.exists() else labelled(good)).read_bytes()
    at = data.draw(st.integers(0, len(whole)))
    until = at + data.draw(st.integers(0, 64))
    damaged = whole[:at] + data.draw(st.binary(max_size=64)) + whole[until:]
    path = tmp_path_factory.getbasetemp() / f"damaged.{suffix}"
    path.write_bytes(damaged[: data.draw(st.sampled_from([len(damaged), len(damaged) // 2, at]))])
    try:
        found = read_evidence(path)
    except Problem as problem:
        assert problem.params["name"] == path.name  # noqa: PT017
    else:
        assert found.to_json() == json.loads(json.dumps(found.to_json()))
        assert all(finding.note for finding in found.findings)


def test_evidence_travels_through_json_and_out_of_the_sandbox(tmp_path: Path) -> None:
    found = read_evidence(labelled(tmp_path / "a.png"))
    assert Evidences.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert walk_limited(tmp_path) == {"a.png": found}


def test_a_note_is_a_sentence_with_its_values() -> None:
    note = Note("It went through %(software)s.", {"software": "GIMP"})
    assert (
        Finding("editor", 0, "unknown", notes=(note, note)).note
        == "It went through GIMP. It went through GIMP."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "a.mov is empty (0 bytes). Export it again and upload the new file."),
        (b"<svg onload='x'/>", "a.mov is an SVG drawing, which can hold scripts. Export it as PNG."),
        (b"\0" * 500, "a.mov is no film, picture or sound that we know."),
    ],
)
def test_what_carries_no_evidence_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "stored").write_bytes(content)
    with pytest.raises(Problem, match=re.escape(said)):
        read_evidence(tmp_path / "stored", name="a.mov")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"lost\.mov is not a file"):
        read_evidence(tmp_path / "lost.mov")
