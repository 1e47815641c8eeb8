"""Character sheets as words and seeds."""

from __future__ import annotations

from generation.domain.characters import MOST_VIEWS, SHEETS, views_of
from generation.domain.tools import MOST_SEED, TOOLS, validate


def sheet(**given):
    request, problems = validate(
        TOOLS["character-sheet"], {"character": "an old ferryman", **given}, has_source=False
    )
    assert problems == ()
    return views_of(request)


def test_each_drawing_names_the_character_first_and_has_the_next_seed():
    front, side = sheet(views=2, seed=7, style="stock-bw-400")
    assert (front.prompt, front.seed) == (
        "an old ferryman, front view, black and white film, silver grain, deep blacks, monochrome", 7,
    )  # fmt: skip
    assert (side.shows, side.seed) == ("three-quarter view", 8)


def test_a_chinese_character_is_drawn_with_chinese_words():
    [front, _side] = sheet(character="老船工，\n蓝布褂", sheet="expressions", views=2)
    assert (front.shows, front.prompt) == ("平静", "老船工， 蓝布褂，平静")


def test_what_calls_an_adapter_stands_in_every_prompt():
    request, _problems = validate(
        TOOLS["character-sheet"], {"character": "an old ferryman", "views": 2}, has_source=False
    )
    assert [view.prompt for view in views_of(request | {"prompt": "ferrystyle"})] == [
        "an old ferryman, front view, ferrystyle", "an old ferryman, three-quarter view, ferrystyle",
    ]  # fmt: skip


def test_one_view_more_leaves_the_others_as_they_were():
    assert sheet(views=5, seed=3)[:4] == sheet(views=4, seed=3)


def test_the_family_of_the_highest_seed_stays_in_range():
    assert [view.seed for view in sheet(views=2, seed=MOST_SEED)] == [MOST_SEED, 0]


def test_every_sheet_has_words_for_the_most_views_in_both_languages():
    assert {(len(kind.words_en), len(kind.words_zh)) for kind in SHEETS} == {(MOST_VIEWS, MOST_VIEWS)}
