"""Films as cameras, phones and export dialogues really leave them: whatever their form, the share stays what it is."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest
from django.core.management import call_command

from tests.footage.drawing import panned, write

SHARE = 1 / 3
"""One second of a generated clip after two of a rush."""

X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20"]

FORMS: dict[str, list[str]] = {
    "ten bits": [*X264, "-pix_fmt", "yuv420p10le"],
    "full chroma": [*X264, "-pix_fmt", "yuv444p"],
    "interlaced": ["-vf", "tinterlace=interleave_top,fieldorder=tff", "-r", "12.5", *X264, "-flags", "+ilme+ildct"],
    "HDR": [
        *X264, "-pix_fmt", "yuv420p10le", "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc",
    ],
    "uneven times": ["-vf", "setpts='PTS+if(mod(N,3),0.013/TB,0)'", "-fps_mode", "vfr", *X264],
    "24 from 25": ["-r", "24000/1001", *X264],
    "60 from 25": ["-r", "60", *X264],
    "upright pixels": ["-vf", "scale=160:180,setsar=2", *X264],
    "MPEG-2 transport": ["-c:v", "mpeg2video", "-q:v", "4"],
    "ProRes": ["-c:v", "prores_ks", "-profile:v", "0"],
    "a silent track": ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-map", "0:v", "-map", "1:a", "-shortest", *X264],
}  # fmt: skip
SUFFIX = {"MPEG-2 transport": ".ts", "ProRes": ".mov"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A rush, a generated clip, and a film of two seconds of the one and a second of the other."""
    folder = tmp_path_factory.mktemp("odd")
    write(folder / "rush.mp4", panned(1, 100))
    write(folder / "dream.mp4", panned(2, 60))
    write(folder / "film.mp4", [*panned(1, 50, first=20), *panned(2, 25)])
    return folder


def encoded(folder: Path, name: str, *arguments: str, before: tuple[str, ...] = ()) -> Path:
    target = folder / name
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        *before,
        "-i",
        str(folder / "film.mp4"),
        *arguments,
        str(target),
    ]
    subprocess.run(command, check=True)
    return target


def share(folder: Path, film: Path, out: Path) -> list[float]:
    given = [film, "--rush", folder / "rush.mp4", "--generated", folder / "dream.mp4", "--json", out]
    call_command("measure", *map(str, given))
    return json.loads(out.read_bytes())["planes"]["picture"]["share"]


@pytest.mark.parametrize("form", FORMS)
def test_a_film_in_any_form_has_the_share_it_has(form, folder, tmp_path):
    name = form.replace(" ", "-") + SUFFIX.get(form, ".mp4")
    film = encoded(folder, name, *FORMS[form])
    assert share(folder, film, tmp_path / "out.json") == pytest.approx([SHARE, SHARE], abs=0.02)


def test_a_film_that_lies_on_its_side_is_set_upright_first(folder, tmp_path):
    pictures = [*panned(1, 50, first=20), *panned(2, 25)]
    with av.open(str(folder / "turned.mp4"), "w") as film:
        stream = film.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.height, stream.width, stream.pix_fmt = 320, 180, "yuv420p"
        stream.set_display_rotation(90)
        for picture in pictures:
            lying = np.ascontiguousarray(np.rot90(picture, -1))
            film.mux(stream.encode(av.VideoFrame.from_ndarray(lying, format="rgb24")))
        film.mux(stream.encode(None))
    found = share(folder, folder / "turned.mp4", tmp_path / "out.json")
    assert found == pytest.approx([SHARE, SHARE], abs=0.02)


def test_a_cover_picture_in_the_file_is_not_the_film(folder, tmp_path):
    cover = folder / "cover.png"
    subprocess.run(
        [
            "ffmpeg",
            "-v",
            "error",
            "-y",
            "-f",
            "lavfi",
            "-i",
            "color=red:s=64x64:d=1",
            "-frames:v",
            "1",
            str(cover),
        ],
        check=True,
    )
    film = encoded(
        folder, "covered.mp4", "-i", str(cover), "-map", "1:v", "-map", "0:v", "-c:v:1", "copy", "-c:v:0", "mjpeg",
        "-disposition:v:0", "attached_pic",
    )  # fmt: skip
    assert share(folder, film, tmp_path / "out.json") == pytest.approx([SHARE, SHARE], abs=0.02)


def test_eight_thousand_pixels_are_measured_too(folder, tmp_path):
    """Four tenths of a second of the rush: eight thousand pixels take their time."""
    film = encoded(folder, "8k.mp4", "-t", "0.4", "-vf", "scale=7680:4320:flags=neighbor", "-r", "5", *X264)
    assert share(folder, film, tmp_path / "out.json") == [0.0, 0.0]
