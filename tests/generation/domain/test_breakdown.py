"""From script to shots, and the table they stand in."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.breakdown import MOST_SHOTS, break_down
from generation.domain.breakdown.table import Shot, read_table, written
from generation.domain.screenplay import read_screenplay
from tests.generation.domain.test_screenplay import CHINESE, ENGLISH

WORDS = st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=20).map(str.strip)


def shots(text):
    return break_down(read_screenplay(text))


def column(text, name):
    return [getattr(shot, name) for shot in shots(text)]


def test_a_scene_opens_wide_on_its_place():
    first = shots(ENGLISH)[0]
    assert (first.number, first.scene, first.size, first.picture) == (
        1,
        "2",
        "wide shot",
        "TEA HOUSE, NIGHT. Steam.",
    )


def test_shots_are_numbered_through_and_scenes_as_the_script_counts_them():
    assert [(shot.number, shot.scene) for shot in shots(CHINESE)] == [
        (1, "一"),
        (2, "一"),
        (3, "一"),
        (4, "2"),
    ]


@pytest.mark.parametrize(
    ("sentence", "size", "camera"),
    [
        ("CLOSE ON the envelope.", "close-up", "locked off"), ("She opens the letter.", "close-up", "locked off"),
        ("A tear.", "extreme close-up", "locked off"), ("He runs off.", "full shot", "follows"),
        ("The city at night.", "wide shot", "locked off"), ("Wide shot. The camera pushes in.", "wide shot", "push in"),
        ("He thinks.", "medium close-up", "locked off"), ("He sits.", "medium shot", "locked off"),
    ],
)  # fmt: skip
def test_what_a_sentence_shows_decides_size_and_camera(sentence, size, camera):
    [shot] = shots(sentence)
    assert (shot.size, shot.camera) == (size, camera)


@pytest.mark.parametrize(
    ("sentence", "size", "camera"),
    [
        ("特写：信封。", "特写", "固定"), ("大特写：眼睛。", "大特写", "固定"), ("她拿出手机。", "特写", "固定"),
        ("他跑了。", "全景", "跟拍"), ("镜头慢慢推近，她看着窗外。", "近景", "推"), ("江面很宽。", "远景", "固定"),
    ],
)  # fmt: skip
def test_the_same_in_chinese(sentence, size, camera):
    [shot] = shots(sentence)
    assert (shot.size, shot.camera) == (size, camera)


def test_a_dialogue_is_covered_two_shot_over_the_shoulder_then_close():
    talk = "\n".join(f"{name}: Line {number}." for number, name in enumerate(["ANN", "BO"] * 3, start=1))
    assert column(talk, "size") == [
        "two-shot",
        "over BO’s shoulder",
        "over ANN’s shoulder",
        "close-up",
        "close-up",
    ]
    assert shots(talk)[0].sound == "ANN: Line 1. / BO: Line 2."


def test_a_voice_off_screen_is_heard_over_who_listens():
    [first, second] = shots("ANN: Are you there?\nBO (O.S.): In the kitchen.")
    assert (first.picture, second.picture, second.sound) == ("ANN", "ANN listens", "BO: In the kitchen.")


def test_sounds_are_found_in_the_action():
    [shot] = shots("Thunder, and somebody knocks at the door.")
    assert shot.sound == "thunder, knocking, door"


def test_a_long_script_is_cut_at_a_number_of_shots():
    script = "\n\n".join("She opens the letter." for _row in range(MOST_SHOTS + 20))
    assert len(shots(script)) == MOST_SHOTS


@given(
    st.lists(
        st.builds(Shot, st.just(0), WORDS, WORDS, WORDS, WORDS.filter(bool), WORDS, st.integers(0, 999)),
        max_size=6,
    )
)
@pytest.mark.parametrize("form", ["csv", "markdown"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_table_is_read_back_as_it_was_written(form, language, listed):
    numbered = tuple(shot.numbered(at) for at, shot in enumerate(listed, start=1))
    assert (
        read_table(f"[AI-generated · label]\n\n{written(numbered, form=form, language=language)}") == numbered
    )


def test_a_cell_that_a_spreadsheet_would_reckon_is_made_harmless():
    table = written([Shot(1, "1", "", "", "=1+1", "@home")], form="csv", language="en")
    assert next(iter(csv.reader(io.StringIO(table.splitlines()[1]))))[4:6] == ["'=1+1", "'@home"]


def test_the_table_of_a_talkative_language_model_is_found():
    answer = """Sure! Here is your shot list:

| **Shot No.** | Shot Type | Description | Camera Movement | Audio | Duration |
|:--|:--|:--|:--|:--|--:|
| 1A | Wide | Rain on a roof | Static | Rain | 4s |
| 1B | CU | A hand \\| a key | Push in | | about 2 |

Let me know if you need more."""
    assert read_table(answer) == (
        Shot(1, "", "Wide", "Static", "Rain on a roof", "Rain", 4),
        Shot(2, "", "CU", "Push in", "A hand | a key", "", 0),
    )


@given(st.text(max_size=200))
def test_a_text_without_a_table_has_none(text):
    assert read_table(text.replace("|", "/").replace(",", ";")) == ()
