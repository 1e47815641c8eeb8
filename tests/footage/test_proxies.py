from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from footage.probe import probe
from footage.problems import Problem
from footage.proxies import make_filmstrip, make_poster, make_proxy, make_waveform
from tests.footage.making import make_film, make_sound


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    return make_film(folder / "rush.mov", frames=50, size=(192, 108), sound=True)


def test_a_film_proxy_keeps_length_rate_and_sound(film: Path, tmp_path: Path) -> None:
    make_proxy(film, tmp_path / "proxy.mp4", height=54)
    facts = probe(tmp_path / "proxy.mp4")
    assert (facts.width, facts.height, facts.fps, facts.duration) == (96, 54, 25, 2)
    assert (facts.video_codec, facts.audio_codec, facts.channels) == ("h264", "aac", 2)


def test_a_proxy_begins_with_its_index_and_has_a_key_frame_each_second(film: Path, tmp_path: Path) -> None:
    proxy = tmp_path / "proxy.mp4"
    make_proxy(film, proxy)
    data = proxy.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(proxy)) as container:
        keys = [packet.pts * packet.time_base for packet in container.demux(video=0) if packet.is_keyframe]
    assert {0, 1} <= set(keys)


def test_small_films_are_not_blown_up_and_odd_sizes_become_even(tmp_path: Path) -> None:
    film = make_film(tmp_path / "small.mp4", size=(98, 50))
    make_proxy(film, tmp_path / "proxy.mp4", height=27)
    facts = probe(tmp_path / "proxy.mp4")
    assert (facts.width, facts.height) == (50, 26)


def test_an_upright_film_stands_upright(tmp_path: Path) -> None:
    film = make_film(tmp_path / "upright.mp4", rotation=-90)
    make_proxy(film, tmp_path / "proxy.mp4")
    make_poster(film, tmp_path / "poster.jpg", at=Fraction(0))
    facts = probe(tmp_path / "proxy.mp4")
    assert (facts.width, facts.height, facts.rotation) == (64, 96, 0)
    with av.open(str(tmp_path / "proxy.mp4")) as container:
        proxied = next(container.decode(video=0)).to_ndarray(format="gray")
    poster = np.asarray(Image.open(tmp_path / "poster.jpg").convert("L"))
    # The bright block at the top left of the stored picture comes to lie at the top right.
    for picture in (proxied, poster):
        assert picture.shape == (96, 64)
        assert picture[:12, -10:].min() > 200
        assert picture[:12, :10].max() < 50


def test_more_than_sixty_frames_a_second_are_thinned_out(tmp_path: Path) -> None:
    film = make_film(tmp_path / "slow.mp4", frames=120, fps=Fraction(120), size=(32, 32))
    make_proxy(film, tmp_path / "proxy.mp4")
    facts = probe(tmp_path / "proxy.mp4")
    assert (facts.fps, facts.duration) == (60, 1)


def test_progress_rises_to_one(film: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    make_proxy(film, tmp_path / "proxy.mp4", progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 10


def test_a_sound_proxy_is_aac(tmp_path: Path) -> None:
    make_proxy(make_sound(tmp_path / "a.wav", codec="pcm_s16le"), tmp_path / "a.m4a")
    facts = probe(tmp_path / "a.m4a")
    assert (facts.kind, facts.audio_codec, facts.sample_rate) == ("sound", "aac", 48_000)


@pytest.mark.parametrize("suffix", [".webp", ".jpg"])
def test_a_still_proxy_is_upright_small_and_without_metadata(tmp_path: Path, suffix: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SONY"
    Image.new("RGB", (4000, 1000), "red").save(tmp_path / "still.jpg", exif=exif)
    make_proxy(tmp_path / "still.jpg", tmp_path / f"proxy{suffix}")
    facts = probe(tmp_path / f"proxy{suffix}")
    assert (facts.width, facts.height, facts.camera) == (512, 2048, None)


def test_a_transparent_still_stays_transparent_as_webp(tmp_path: Path) -> None:
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(tmp_path / "still.png")
    make_proxy(tmp_path / "still.png", tmp_path / "proxy.webp")
    assert Image.open(tmp_path / "proxy.webp").getpixel((5, 5))[3] == 0


def test_an_animated_picture_gets_a_film_proxy(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (32, 32), (shade, 0, 0)) for shade in range(0, 250, 25)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], duration=100)
    make_proxy(tmp_path / "a.webp", tmp_path / "proxy.mp4")
    assert probe(tmp_path / "proxy.mp4").duration == 1


def test_the_filmstrip_shows_the_middle_of_each_share(film: Path, tmp_path: Path) -> None:
    make_filmstrip(film, tmp_path / "strip.jpg", tiles=5, height=36)
    strip = np.asarray(Image.open(tmp_path / "strip.jpg").convert("L"))
    assert strip.shape == (36, 320)
    # Fifty frames in five tiles: frames 5, 15, 25 … of grey 8·n, over again after 32 frames.
    shades = [int(strip[20:, 64 * tile + 24 : 64 * tile + 60].mean()) for tile in range(5)]
    expected = [frame * 8 % 256 for frame in (5, 15, 25, 35, 45)]
    assert np.abs(np.subtract(shades, expected)).max() <= 6


def test_a_far_tile_is_the_same_frame_as_when_decoded_through(tmp_path: Path) -> None:
    film = make_film(tmp_path / "long.mp4", frames=200, fps=Fraction(10), size=(32, 32))
    make_poster(film, tmp_path / "poster.jpg", at=Fraction(155, 10))
    shade = np.asarray(Image.open(tmp_path / "poster.jpg").convert("L"))[20:, 20:].mean()
    assert abs(shade - 155 * 8 % 256) <= 6


def test_the_waveform_is_as_loud_as_the_sound(tmp_path: Path) -> None:
    tone = make_sound(tmp_path / "tone.wav", codec="pcm_s16le")
    make_waveform(tone, tmp_path / "wave.png", width=100, height=50, colour="#336699")
    image = Image.open(tmp_path / "wave.png")
    alpha = np.asarray(image)[:, :, 3]
    assert image.getpixel((50, 25))[:3] == (0x33, 0x66, 0x99)
    assert set(np.unique(alpha)) == {0, 255}
    # Half loudness fills half the height.
    assert abs(int((alpha[:, 50] > 0).sum()) - 25) <= 2


def test_a_silent_film_has_no_waveform(tmp_path: Path) -> None:
    film = make_film(tmp_path / "silent.mp4")
    with pytest.raises(Problem, match=r"silent\.mp4 has no sound"):
        make_waveform(film, tmp_path / "wave.png")
    assert list(tmp_path.iterdir()) == [film]


def test_a_source_that_fails_leaves_no_half_proxy(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(make_film(tmp_path / "whole.mp4").read_bytes()[:900])
    with pytest.raises(Problem):
        make_proxy(broken, tmp_path / "proxies" / "proxy.mp4")
    assert not (tmp_path / "proxies").exists()
