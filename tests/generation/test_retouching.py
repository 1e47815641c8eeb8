"""What a picture keeps of its own pixels, and the guides made of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from generation.backends import drift, guides, retouching, sheets

side = st.integers(8, 300)


def scene(seed=1, size=(320, 180)):
    """A soft sky with a few bodies in it."""
    rng = np.random.default_rng(seed)
    picture = Image.linear_gradient("L").resize(size).point(lambda value: 20 + value // 2).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for _ in range(6):
        x, y = rng.integers(0, size[0] - 60), rng.integers(0, size[1] - 40)
        draw.rectangle((x, y, x + 50, y + 35), fill=tuple(int(v) for v in rng.integers(40, 200, 3)))
    return picture


def ellipse(size, box):
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    return mask


@settings(deadline=None, max_examples=60)
@given(side, side, st.integers(1, 64), st.integers(1, 64), st.data())
def test_the_part_to_work_on_holds_the_mask_and_stays_inside(
    width, height, engine_width, engine_height, data
):
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    right, bottom = data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height))
    mask = Image.new("L", (width, height))
    mask.paste(255, (left, top, right, bottom))
    box = retouching.working_box(mask, width=engine_width * 8, height=engine_height * 8)
    assert 0 <= box.left <= left
    assert 0 <= box.top <= top
    assert right <= box.right <= width
    assert bottom <= box.bottom <= height


def test_a_small_hole_is_worked_on_close_by_in_the_engines_proportions():
    box = retouching.working_box(ellipse((1600, 900), (700, 400, 800, 450)), width=192, height=108)
    wide, high = box.right - box.left, box.bottom - box.top
    assert wide < 400
    assert wide / high == pytest.approx(192 / 108, rel=0.02)


def test_outside_of_the_mask_not_a_pixel_changes():
    picture, mask = scene(), ellipse((320, 180), (100, 50, 180, 120))
    box = retouching.working_box(mask, width=64, height=36)
    made = retouching.pasted(picture, Image.new("RGB", (64, 36), "red"), box=box, mask=mask)
    outside = np.asarray(mask) == 0
    assert np.array_equal(np.asarray(made)[outside], np.asarray(picture)[outside])
    assert made.getpixel((140, 85)) == (255, 0, 0)


def test_even_a_mask_of_one_pixel_lets_something_through():
    mask = Image.new("L", (320, 180))
    mask.putpixel((40, 40), 255)
    made = retouching.pasted(
        scene(), Image.new("RGB", (64, 36), "red"), box=retouching.Box(0, 0, 320, 180), mask=mask
    )
    assert made.getpixel((40, 40)) == (255, 0, 0)


def test_scratches_and_dust_are_found_and_the_rest_is_left_alone():
    picture = scene()
    truth = Image.new("L", picture.size)
    for layer, white in ((ImageDraw.Draw(truth), 255), (ImageDraw.Draw(picture), (250, 250, 250))):
        layer.line((60, 0, 62, 180), fill=white)
        layer.line((200, 0, 200, 180), fill=white)
        layer.point((250, 90), fill=white)
    found = np.asarray(retouching.damage(picture, amount=0.6)) > 0
    marked = np.asarray(truth) > 0
    assert found[marked].mean() > 0.9
    assert found[~marked].mean() < 0.06


def test_a_clean_picture_has_no_damage():
    assert retouching.damage(scene(), amount=0.4).getbbox() is None


def test_a_filled_hole_looks_like_its_surroundings():
    picture = Image.new("RGB", (100, 60), (90, 120, 150))
    picture.paste((255, 0, 0), (40, 20, 60, 40))
    closed = retouching.filled(picture, retouching.widened(ellipse((100, 60), (40, 20, 60, 40)), pixels=6))
    assert np.abs(np.asarray(closed, dtype=int) - (90, 120, 150)).max() <= 5


def test_colour_is_lent_and_lightness_stays():
    grey = retouching.grey(scene())
    made = retouching.coloured(grey, Image.new("RGB", (16, 9), (180, 90, 60)), saturation=0.5)
    own, after = (np.asarray(picture.convert("L"), dtype=float) for picture in (grey, made))
    middle = (own > 30) & (own < 220)  # at the ends no colour has that lightness
    assert np.abs(own - after)[middle].mean() < 4
    assert not retouching.is_grey(made)
    assert retouching.is_grey(grey)


# ---------------------------------------------------------------- guides
def test_more_lines_are_found_when_more_are_wanted():
    few, many = ((np.asarray(guides.edges(scene(), lines=lines)) > 0).sum() for lines in ("few", "many"))
    assert 0 < few < many


@pytest.mark.parametrize(("paper", "ink"), [((235, 228, 215), (60, 60, 70)), ((15, 15, 20), (230, 230, 230))])
def test_a_drawing_on_either_ground_becomes_white_lines_on_black(paper, ink):
    sheet = Image.new("RGB", (300, 200), paper)
    ImageDraw.Draw(sheet).line((20, 100, 280, 100), fill=ink, width=4)
    shade = np.linspace(1.0, 0.7, 300)[None, :, None]
    lines = np.asarray(guides.line_drawing(Image.fromarray((np.asarray(sheet) * shade).astype(np.uint8))))[
        :, :, 0
    ]
    assert lines[100, 40:260].mean() > 200
    assert lines[:80].max() == 0


def test_a_hazy_height_is_far_and_a_dark_foreground_near():
    picture = Image.new("RGB", (160, 90), (200, 205, 210))
    picture.paste((30, 40, 20), (0, 55, 160, 90))
    depth = np.asarray(guides.estimated_depth(picture))[:, :, 0]
    assert depth[10].mean() < 60 < 200 < depth[85].mean()


# ---------------------------------------------------------------- drift and sheets
def test_a_drawing_has_not_drifted_from_itself_and_far_from_another():
    one, other = scene(1), scene(2)
    assert drift.drift(one, [other, one]) == 0.0
    assert drift.drift(one, [other]) > 0.1
    assert drift.drift(Image.new("RGB", (9, 9), "black"), [Image.new("RGB", (9, 9), "white")]) >= 0.5


def test_drift_grows_with_another_coat():
    coat = scene(1)
    ImageDraw.Draw(coat).rectangle((100, 60, 150, 110), fill=(200, 20, 20))
    small = drift.drift(coat, [scene(1)])
    ImageDraw.Draw(coat).rectangle((60, 20, 250, 160), fill=(200, 20, 20))
    assert 0 < small < drift.drift(coat, [scene(1)]) <= 1


@pytest.mark.parametrize(("seen", "far"), [([1, 0], 0.0), ([0, 1], 0.5), ([-1, 0], 1.0)])
def test_an_encoders_drift_is_half_of_one_minus_cosine(seen, far):
    assert drift.drift_seen(seen, [[2, 0]]) == far


@pytest.mark.parametrize("count", [2, 3, 4, 5, 8])
def test_a_sheet_is_taken_apart_into_what_was_laid_on_it(tmp_path, count):
    drawings = [Image.new("RGB", (24, 16), (20 * number, 0, 0)) for number in range(count)]
    path, division = sheets.write_sheet(drawings, tmp_path)
    with Image.open(path) as sheet:
        apart = sheets.drawings_of(path, sheet.convert("RGB"))
    assert division["tiles"] == count
    assert [each.tobytes() for each in apart] == [each.tobytes() for each in drawings]


@pytest.mark.parametrize("said", ["", "0x0x0", "2x1x9", "axb", "99999x1x1"])
def test_a_picture_that_says_nonsense_of_itself_stays_whole(tmp_path, said):
    from PIL.PngImagePlugin import PngInfo

    info, picture = PngInfo(), Image.new("RGB", (20, 10))
    info.add_text(sheets.DIVISION, said)
    picture.save(tmp_path / "a.png", pnginfo=info)
    assert sheets.drawings_of(tmp_path / "a.png", picture) == [picture]
