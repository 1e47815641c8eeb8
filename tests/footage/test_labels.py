from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from footage.hashes import sha256_packets, sha256_samples
from footage.labels import (
    FIELDS,
    AigcLabel,
    label_generated,
    parse_aigc,
    read_labels,
    source_type_code,
    state_source_type,
    xmp_packet,
)
from footage.probe import probe
from footage.problems import Problem
from tests.footage.making import make_film, make_sound

PRODUCER = "001191110108MA01KP2T5U00001"
STILLS = ("png", "jpg", "webp", "lossless.webp", "alpha.webp", "exif.jpg")
SOUNDS = {"m4a": "aac", "wav": "pcm_s16le", "mp3": "libmp3lame", "flac": "flac", "ogg": "libopus"}
GOOD = dict(zip(FIELDS, ("1", PRODUCER, "job-1", "", PRODUCER, "job-1", ""), strict=True))


def make_still(path: Path) -> Path:
    image = Image.radial_gradient("L").resize((61, 40)).convert("RGBA" if "alpha" in path.name else "RGB")
    exif = Image.Exif()
    if "exif" in path.name:
        exif[0x010F] = "SONY"
    image.save(path, lossless="lossless" in path.name, exif=exif)
    return path


def label(path: Path, produce_id: str = "job-42") -> AigcLabel:
    label_generated(path, producer=PRODUCER, produce_id=produce_id)
    found = read_labels(path).aigc
    assert found is not None
    return found


@pytest.mark.parametrize("name", STILLS)
def test_a_labelled_still_keeps_every_pixel(tmp_path: Path, name: str) -> None:
    path = make_still(tmp_path / f"still.{name}")
    before, camera = Image.open(path).tobytes(), probe(path).camera
    found = label(path)
    assert (found.label, found.producer, found.produce_id, found.propagator) == (
        "1",
        PRODUCER,
        "job-42",
        PRODUCER,
    )
    assert (found.verdict, found.carrier) == ("compliant", "XMP AIGC")
    assert read_labels(path).digital_source_type == "trainedAlgorithmicMedia"
    assert Image.open(path).tobytes() == before
    assert probe(path).camera == camera


@pytest.mark.parametrize("suffix", SOUNDS)
def test_a_labelled_sound_keeps_every_sample(tmp_path: Path, suffix: str) -> None:
    path = make_sound(tmp_path / f"voice.{suffix}", codec=SOUNDS[suffix])
    before = sha256_samples(path)
    assert label(path).verdict == "compliant"
    assert read_labels(path).digital_source_type == "trainedAlgorithmicMedia"
    assert sha256_samples(path) == before


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_a_labelled_film_keeps_every_packet(tmp_path: Path, suffix: str) -> None:
    path = make_film(tmp_path / f"clip.{suffix}", sound=True, rotation=-90)
    before, facts = (sha256_packets(path, kind="video"), sha256_samples(path)), probe(path)
    assert label(path).carrier == f"{suffix.upper()} metadata AIGC"
    assert read_labels(path).digital_source_type == "trainedAlgorithmicMedia"
    after = probe(path)
    assert (sha256_packets(path, kind="video"), sha256_samples(path)) == before
    assert (after.duration, after.fps, after.rotation) == (facts.duration, facts.fps, facts.rotation)


@pytest.mark.parametrize("name", ["png", "jpg", "webp", "mp4", "wav", "mp3", "flac"])
def test_a_file_bears_one_label_and_a_second_writing_replaces_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"out.{name}"
    if name == "mp4":
        make_film(path)
    elif name in SOUNDS:
        make_sound(path, codec=SOUNDS[name])
    else:
        make_still(path)
    label(path, "job-1")
    assert label(path, "job-2").produce_id == "job-2"
    assert path.read_bytes().count(b"ProduceID") == 1


def test_other_metadata_in_a_packet_is_kept() -> None:
    existing = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="Lake" '
        'xmlns:t="http://www.tc260.org.cn/ns/AIGC/1.0/" t:AIGC="{}"/></rdf:RDF></x:xmpmeta>'
    )
    packet = xmp_packet(
        json.dumps(GOOD), "http://example/digitalsourcetype/composite", existing=existing
    ).decode()
    assert "Lake" in packet
    assert packet.count("AIGC>") == 2
    assert 'AIGC="' not in packet


@pytest.mark.parametrize("existing", ["<x:xmpmeta <<<", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", ""])
def test_a_damaged_packet_is_replaced(existing: str) -> None:
    assert b"ProduceID" in xmp_packet(json.dumps(GOOD), "composite", existing=existing)


@pytest.mark.parametrize("value", ["two words", 'quo"te', "back\\slash", "中文", "line\n"])
def test_values_outside_the_standard_are_not_written(tmp_path: Path, value: str) -> None:
    path = make_still(tmp_path / "a.png")
    before = path.read_bytes()
    with pytest.raises(ValueError, match="ProduceID"):
        label_generated(path, producer=PRODUCER, produce_id=value)
    assert path.read_bytes() == before


def stated(path: Path) -> tuple[object, str | None, bool]:
    label_generated(path, producer=PRODUCER, produce_id="1")
    state_source_type(path, "composite")
    found = read_labels(path)
    return found.aigc, found.digital_source_type, found.says_ai


@pytest.mark.parametrize("name", STILLS)
def test_a_source_type_alone_takes_the_place_of_a_label_in_a_still(tmp_path: Path, name: str) -> None:
    assert stated(make_still(tmp_path / f"still.{name}")) == (None, "composite", False)


@pytest.mark.parametrize("suffix", SOUNDS)
def test_a_source_type_alone_takes_the_place_of_a_label_in_a_sound(tmp_path: Path, suffix: str) -> None:
    path = make_sound(tmp_path / f"voice.{suffix}", codec=SOUNDS[suffix])
    assert stated(path) == (None, "composite", False)


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_a_source_type_alone_takes_the_place_of_a_label_in_a_film(tmp_path: Path, suffix: str) -> None:
    assert stated(make_film(tmp_path / f"clip.{suffix}", sound=True)) == (None, "composite", False)


def test_a_kind_without_a_place_for_labels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.new("RGB", (4, 4)).save(path)
    with pytest.raises(Problem, match=r"a\.tif can't carry an AI label"):
        label_generated(path, producer=PRODUCER, produce_id="1")


def test_an_unlabelled_file_has_no_label(tmp_path: Path) -> None:
    found = read_labels(make_still(tmp_path / "a.png"))
    assert (found.aigc, found.verdict, found.digital_source_type, found.says_ai) == (
        None,
        "not_found",
        None,
        False,
    )


def faults(values: dict[str, object]) -> list[str]:
    found = parse_aigc(json.dumps(values), carrier="test")
    assert found is not None
    assert (found.verdict == "compliant") is (found.faults == ())
    return [str(fault) for fault in found.faults]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"Label": "4"}, ["The AIGC label's level is 4 instead of 1, 2 or 3."]),
        ({"Label": 1}, ["The field Label of the AIGC label is not text."]),
        ({"ReservedCode1": None}, ["The field ReservedCode1 of the AIGC label is not text."]),
        ({"ProduceID": ""}, ["The field ProduceID of the AIGC label is empty."]),
        (
            {"ProduceID": "a b"},
            ["The field ProduceID of the AIGC label holds characters that are not allowed."],
        ),
        ({"ProduceID": "AXXXX"}, ["The field ProduceID of the AIGC label is an unfilled example."]),
        ({"Propagator": "x"}, ["The AIGC label has an unknown field Propagator."]),
    ],
)
def test_each_fault_of_a_label_is_named(change: dict[str, object], said: list[str]) -> None:
    assert faults(GOOD | change) == said


def test_a_missing_field_is_named() -> None:
    assert faults({key: value for key, value in GOOD.items() if key != "ProduceID"}) == [
        "The AIGC label has no field ProduceID."
    ]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(GOOD),
        json.dumps({"AIGC": GOOD}),
        "AIGC=" + json.dumps(GOOD),
        json.dumps(GOOD).replace('"', "&quot;"),
        "---\nAIGC: " + json.dumps(GOOD) + "\n---",
        "  " + json.dumps(GOOD) + " \0",
    ],
)
def test_every_way_of_wrapping_a_label_is_read(text: str) -> None:
    found = parse_aigc(text, carrier="test")
    assert found is not None
    assert (found.verdict, found.produce_id) == ("compliant", "job-1")


@pytest.mark.parametrize(
    "text", ["", "a prompt about {lakes}", '{"prompt": "AIGC"}', "[1, 2]", '{"AIGC": 3}']
)
def test_text_about_something_else_is_no_label(text: str) -> None:
    assert parse_aigc(text, carrier="comment") is None


@pytest.mark.parametrize(
    "value",
    [
        "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
        "https://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture/",
        "digsrctype:digitalCapture",
        "digitalCapture",
    ],
)
def test_every_spelling_of_a_source_type_is_read(value: str) -> None:
    assert source_type_code(value) == "digitalCapture"


def plant_exif_comment(path: Path, text: bytes) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = text
    Image.new("RGB", (8, 8)).save(path, exif=exif)


def plant_png_text(path: Path, text: str) -> None:
    body = b"tEXtAIGC\0" + text.encode()
    data = make_still(path).read_bytes()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    path.write_bytes(data[:33] + chunk + data[33:])


def test_labels_in_other_carriers_are_found(tmp_path: Path) -> None:
    text = json.dumps(GOOD)
    plant_exif_comment(tmp_path / "a.jpg", b"ASCII\0\0\0" + json.dumps({"AIGC": GOOD}).encode())
    plant_exif_comment(tmp_path / "b.jpg", b"UNICODE\0" + json.dumps({"AIGC": GOOD}).encode("utf-16-be"))
    plant_png_text(tmp_path / "c.png", text)
    make_film(tmp_path / "d.mkv", tags={"AIGC": text})
    make_film(tmp_path / "e.mp4", tags={"comment": "AIGC=" + text})
    (tmp_path / "f.md").write_text(f"---\nAIGC: {text}\n---\nA story.")
    carriers = {path.name: read_labels(path) for path in sorted(tmp_path.iterdir())}
    assert {name: found.aigc.carrier for name, found in carriers.items() if found.aigc} == {
        "a.jpg": "Exif UserComment",
        "b.jpg": "Exif UserComment",
        "c.png": "PNG text AIGC",
        "d.mkv": "MKV metadata AIGC",
        "e.mp4": "MP4 metadata comment",
        "f.md": "front matter AIGC",
    }
    assert {found.verdict for found in carriers.values()} == {"compliant"}


def test_a_damaged_label_is_inconclusive(tmp_path: Path) -> None:
    plant_png_text(tmp_path / "cut.png", '{"Label":"1","ContentProducer":"0011')
    path = make_still(tmp_path / "xmp.png")
    label(path)
    path.write_bytes(path.read_bytes().replace(b"</TC260:AIGC>", b"</TC260:AIGK>"))
    assert read_labels(tmp_path / "cut.png").verdict == "inconclusive"
    assert read_labels(path).verdict == "inconclusive"


def test_labels_survive_cutting_the_file_anywhere(tmp_path: Path) -> None:
    whole = make_film(tmp_path / "a.mp4")
    label(whole)
    data = whole.read_bytes()
    verdicts = set()
    for size in range(0, len(data), len(data) // 40):
        (tmp_path / "cut.mp4").write_bytes(data[:size])
        verdicts.add(read_labels(tmp_path / "cut.mp4").verdict)
    assert verdicts <= {"compliant", "not_found", "inconclusive"}


def test_labels_from_the_wild_are_judged(corpus: Path) -> None:
    verdicts = {}
    for path in sorted((corpus / "aigc/variants").glob("*.json")):
        variant = json.loads(path.read_text())
        found = parse_aigc(variant["value"], carrier=variant["carrier"])
        assert found is not None, path
        verdicts[variant["name"]] = (found.verdict, found.label)
    assert verdicts == {
        "alibaba_av_prefix": ("noncompliant", "1"),
        "bytedance_exif_short": ("noncompliant", "1"),
        "key_with_colon_fault": ("noncompliant", "value1"),
        "kling_mp4_v1": ("noncompliant", "1"),
        "neta_note": ("noncompliant", "1"),
        "zhipu_markdown": ("compliant", "1"),
    }


def test_labelled_pictures_from_the_wild_are_read(corpus: Path) -> None:
    pictures = sorted((corpus / "aigc").rglob("*.png"))
    producers = {read_labels(path).aigc.producer for path in pictures if read_labels(path).says_ai}
    assert producers == {"001191110102MACQD9K64010000", "00119144030008867405X210001"}
