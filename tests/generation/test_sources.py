"""Pictures of any mode as the tools need them, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from footage.problems import Problem
from generation.backends import sources


def saved(folder, picture, name="given.png", **options):
    path = folder / name
    picture.save(path, **options)
    return path


def grey_ramp(mode, most):
    values = np.linspace(0, most, 64)[None, :].repeat(8, axis=0)
    return Image.fromarray(values.astype({"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]))


def colour_of(picture):
    return picture.getpixel((picture.width // 2, picture.height // 2))


@pytest.mark.parametrize(
    ("picture", "name"),
    [
        (Image.new("RGB", (20, 10), (200, 30, 40)), "a.png"),
        (Image.new("RGB", (20, 10), (200, 30, 40)).quantize(4), "palette.png"),
        (Image.new("RGBA", (20, 10), (200, 30, 40, 255)), "alpha.png"),
        (Image.new("RGB", (20, 10), (200, 30, 40)).convert("CMYK"), "cmyk.tif"),
    ],
)
def test_a_picture_of_any_mode_becomes_the_same_rgb(tmp_path, picture, name):
    read = sources.whole_picture(saved(tmp_path, picture, name))
    assert (read.mode, read.size, colour_of(read)) == ("RGB", (20, 10), (200, 30, 40))


def test_sixteen_bits_are_brought_down_and_not_cut_off(tmp_path):
    read = np.asarray(sources.whole_picture(saved(tmp_path, grey_ramp("I;16", 65535))))[0, :, 0]
    assert (read[0], read[-1], int(read[32])) == (0, 255, 130)


def test_floating_point_pictures_are_read(tmp_path):
    read = np.asarray(sources.whole_picture(saved(tmp_path, grey_ramp("F", 1.0), "a.tif")))[0, :, 0]
    assert (read[0], read[-1]) == (0, 255)


def test_what_is_transparent_becomes_paper_and_in_a_mask_stays_as_it_is(tmp_path):
    clear = Image.new("RGBA", (20, 10), (255, 0, 0, 0))
    clear.paste((255, 255, 255, 255), (0, 0, 5, 10))
    path = saved(tmp_path, clear)
    assert colour_of(sources.whole_picture(path)) == (255, 255, 255)
    assert sources.mask(path, size=(20, 10)).getbbox() == (0, 0, 5, 10)


def test_a_photograph_is_turned_as_its_camera_says(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(tmp_path, Image.new("RGB", (20, 10)), "turned.jpg", exif=exif)
    assert sources.whole_picture(path).size == (10, 20)


@pytest.mark.parametrize("read", [sources.whole_picture, lambda path: sources.mask(path, size=(8, 8))])
def test_a_picture_of_thirty_thousand_pixels_is_refused_without_decoding_it(tmp_path, read):
    path = saved(tmp_path, Image.new("1", (30_000, 4)))
    with pytest.raises(Problem, match="too large: at most 12000 pixels a side"):
        read(path)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_broken_file_is_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(Problem, match="holds no picture that could be read"):
        sources.whole_picture(path)


def test_a_mask_is_stretched_and_has_two_values(tmp_path):
    mask = Image.linear_gradient("L")
    found = sources.mask(saved(tmp_path, mask), size=(64, 32))
    assert (found.size, {value for _count, value in found.getcolors()}) == ((64, 32), {0, 255})


def test_a_mask_without_white_is_refused(tmp_path):
    with pytest.raises(Problem, match="black all over"):
        sources.mask(saved(tmp_path, Image.new("L", (8, 8))), size=(8, 8))
