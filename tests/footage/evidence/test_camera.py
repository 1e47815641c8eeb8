from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from footage.evidence import Finding, read_evidence
from footage.evidence.camera import camera_findings
from footage.evidence.editor import editor_findings
from footage.labels.exif import exif_values
from footage.labels.model import Carried

SHOT = {"ExposureTime": "1/50", "FNumber": "14/5", "ISO": "400", "FocalLength": "35"}
IPHONE_STILL = {"Make": "Apple", "Model": "iPhone 15", "MakerNote": "Apple iOS\0\0\1MM", **SHOT}
IPHONE_FILM = {
    "major_brand": "qt  ",
    "com.apple.quicktime.make": "Apple",
    "com.apple.quicktime.model": "iPhone 15",
    "com.apple.quicktime.creationdate": "2026-05-04T10:00:00+0800",
}
PHONE_FILM = {"major_brand": "mp42", "com.android.version": "15", "com.android.manufacturer": "Xiaomi"}


def exif(values: Mapping[str, str]) -> list[Carried]:
    return [Carried("Exif", key, value) for key, value in values.items()]


def film(values: Mapping[str, str], *handlers: str) -> list[Carried]:
    tags = [Carried("MP4 metadata", key, value) for key, value in values.items()]
    return tags + [Carried("MP4 stream", "handler_name", handler) for handler in handlers]


def judged(texts: list[Carried], size: tuple[int, int] | None = None) -> tuple[int, list[str], list[str]]:
    (finding,) = camera_findings(texts, size=size)
    assert finding.says == "human"
    return finding.grade, finding.details["agree"], finding.details["against"]


def test_a_still_as_the_camera_left_it_is_corroborated() -> None:
    assert judged(exif(IPHONE_STILL)) == (1, ["maker_note", "shooting_data"], [])
    sized = exif(IPHONE_STILL | {"PixelXDimension": "4032", "PixelYDimension": "3024"})
    assert judged(sized, (3024, 4032)) == (1, ["maker_note", "shooting_data", "size"], [])


@pytest.mark.parametrize(
    ("change", "against"),
    [
        ({"MakerNote": "Nikon\0\2"}, "maker_note"),
        ({"ExposureTime": "90000"}, "shooting_data"),
        ({"PixelXDimension": "4032", "PixelYDimension": "3024"}, "size"),
        ({"Software": "Adobe Photoshop 27.0"}, "editor"),
    ],
)
def test_one_contradiction_makes_a_still_a_bare_claim(change: dict[str, str], against: str) -> None:
    grade, _, reasons = judged(exif(IPHONE_STILL | change), (1024, 1024))
    assert (grade, reasons) == (0, [against])


def test_an_exponent_for_an_exposure_fills_no_memory() -> None:
    assert judged(exif(IPHONE_STILL | {"ExposureTime": "1e999999999"}))[0] == 1


def test_typed_in_numbers_alone_are_a_bare_claim() -> None:
    typed = {"Make": "Canon", "Model": "EOS R5", "PixelXDimension": "64", "PixelYDimension": "64", **SHOT}
    assert judged(exif(typed), (64, 64)) == (0, ["shooting_data", "size"], [])


@pytest.mark.parametrize(
    ("texts", "agree"),
    [
        (film(IPHONE_FILM, "Core Media Video", "Core Media Audio"), ["brand", "handler", "keys"]),
        (film(PHONE_FILM, "VideoHandle", "SoundHandle"), ["brand", "handler", "keys"]),
        (film({"major_brand": "mp41", "make": "GoPro"}, "\tGoPro AVC"), ["brand", "handler"]),
    ],
)
def test_a_film_built_as_its_camera_builds_films_is_corroborated(
    texts: list[Carried], agree: list[str]
) -> None:
    assert judged(texts) == (1, agree, [])


@pytest.mark.parametrize(
    ("texts", "against"),
    [
        (film(IPHONE_FILM | {"major_brand": "isom"}, "Core Media Video"), ["brand"]),
        (film(IPHONE_FILM, "VideoHandler"), ["handler"]),
        (film(IPHONE_FILM | {"encoder": "Lavf62.3.100"}, "Core Media Video"), ["editor"]),
        (film(PHONE_FILM, "VideoHandler"), ["handler"]),
    ],
)
def test_forged_tags_on_an_exported_film_stay_a_bare_claim(texts: list[Carried], against: list[str]) -> None:
    grade, _, reasons = judged(texts)
    assert (grade, reasons) == (0, against)


def test_an_unknown_maker_is_a_bare_claim() -> None:
    assert judged(exif({"Make": "Brownie", **SHOT})) == (0, ["shooting_data"], [])


def test_a_node_graph_in_the_makers_place_is_no_camera() -> None:
    assert list(camera_findings(exif({"Make": 'workflow:{"nodes": []}'}), size=None)) == []


def editors(*texts: Carried) -> list[Finding]:
    return list(editor_findings(texts))


@pytest.mark.parametrize(
    ("text", "program"),
    [
        (Carried("Exif", "Software", "GIMP 2.10"), "GIMP"),
        (Carried("MP4 metadata", "encoder", "Lavf62.3.100"), "FFmpeg"),
        (Carried("MP4 stream", "handler_name", "\x1fMainconcept Video Media Handler"), "MainConcept"),
        (Carried("MOV metadata", "encoder", "Blackmagic Design DaVinci Resolve Studio"), "DaVinci Resolve"),
        (Carried("H.264 user data", "encoder", "x264 - core 165"), "x264"),
        (
            Carried(
                "XMP",
                "",
                '<x:xmpmeta xmlns:x="adobe:ns:meta/" xmlns:s="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#">'
                '<s:li s:softwareAgent="Adobe Premiere Pro 2026.0 (Macintosh)"/></x:xmpmeta>',
            ),
            "Adobe Premiere Pro",
        ),
    ],
)
def test_programs_are_known_by_the_names_they_leave(text: Carried, program: str) -> None:
    (finding,) = editors(text)
    assert (finding.details["software"], finding.says, finding.grade) == ([program], "unknown", 0)
    assert finding.note == f"It went through {program}."


def test_a_cameras_own_program_is_no_editor() -> None:
    firmware = [Carried("Exif", "Software", version) for version in ("10.0.2", "Ver.1.02 ", "HDR+ 1.0")]
    assert editors(*firmware, Carried("MP4 stream", "handler_name", "Core Media Video")) == []


def test_values_of_a_real_file_are_read(tmp_path: Path) -> None:
    block = Image.Exif()
    block[0x010F], block[0x0110] = "SONY", "ILCE-7M4"
    block.get_ifd(0x8769).update(
        {0x829A: IFDRational(1, 50), 0x829D: IFDRational(28, 10), 0x8827: 400, 0x927C: b"SONY DSC \0\0\0"}
    )
    block.get_ifd(0x8769).update({0xA002: 8, 0xA003: 6})
    for name in ("a.jpg", "a.webp", "a.png"):
        Image.new("RGB", (8, 6)).save(tmp_path / name, exif=block)
        (finding,) = read_evidence(tmp_path / name).of("camera")
        assert (finding.grade, finding.details["make"], finding.details["model"]) == (
            1,
            "SONY",
            "ILCE-7M4",
        ), name
        assert finding.details["agree"] == ["maker_note", "shooting_data", "size"], name


@given(st.binary(max_size=400), st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b""]))
def test_any_bytes_are_read_as_exif_without_complaint(block: bytes, head: bytes) -> None:
    assert all(isinstance(value, str) and value for value in exif_values(head + block).values())
