from __future__ import annotations

import hashlib
from pathlib import Path

import av
import pytest

from footage.hashes import sha256_file, sha256_packets, sha256_samples
from footage.problems import Problem
from tests.footage.making import make_film, make_sound


def remux(src: Path, dst: Path) -> Path:
    with av.open(str(src)) as source, av.open(str(dst), "w") as target:
        copies = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                target.mux(packet)
    return dst


def test_the_file_hash_is_that_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"dailies" * 300_000)
    assert sha256_file(path) == hashlib.sha256(b"dailies" * 300_000).hexdigest()


def test_a_remux_keeps_the_packets_and_a_re_encode_does_not(tmp_path: Path) -> None:
    film = make_film(tmp_path / "a.mp4", sound=True)
    moved = remux(film, tmp_path / "b.mov")
    other = make_film(tmp_path / "c.mp4", frames=6)
    assert sha256_file(film) != sha256_file(moved)
    assert sha256_packets(film, kind="video") == sha256_packets(moved, kind="video")
    assert sha256_packets(film, kind="video") != sha256_packets(other, kind="video")


def test_lossless_copies_share_their_samples(tmp_path: Path) -> None:
    wave = make_sound(tmp_path / "a.wav", codec="pcm_s16le")
    flac = make_sound(tmp_path / "a.flac", codec="flac")
    longer = make_sound(tmp_path / "b.wav", codec="pcm_s16le", seconds=1.5)
    assert sha256_samples(wave) == sha256_samples(flac)
    assert sha256_samples(wave) != sha256_samples(longer)


def test_what_is_not_there_has_no_hash(tmp_path: Path) -> None:
    film = make_film(tmp_path / "silent.mp4")
    assert sha256_samples(film) is None
    assert sha256_packets(film, kind="audio") is None


def test_an_unreadable_film_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(Problem, match=r"broken\.mp4 can't be read to its end"):
        sha256_packets(path, kind="video")
