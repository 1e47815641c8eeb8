"""Reading scripts of both layouts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.scene_writer import draft
from generation.domain.screenplay import read_screenplay, spoken_rows
from generation.domain.screenplay.marks import Heading

ENGLISH = """FADE IN:

INT. TEA HOUSE - NIGHT

Steam. LIN (60) pours tea without looking.
His hands know the pot.

MEI
(not sitting)
You kept the letter.
Why?

LIN (O.S.)
I kept the envelope.

CUT TO:

2. EXT. FERRY LANDING - DAWN

CAPTAIN: Last boat!
"""
CHINESE = """第一场 茶馆 夜 内

△老林（60岁）倒茶，看也不看。
梅（没坐下）：信你留着。
老林（画外音）：我留的是信封。

2、外景 渡口 清晨
梅沿着码头跑。
"""


def shape(text):
    return [
        (scene.heading, [(one.kind, one.name, one.aside, one.text) for one in scene.elements])
        for scene in read_screenplay(text).scenes
    ]


def test_an_english_script_is_read_by_sluglines_names_and_transitions():
    assert shape(ENGLISH) == [
        (Heading(), [("transition", "", "", "FADE IN:")]),
        (
            Heading("", "inside", "TEA HOUSE", "NIGHT"),
            [
                ("action", "", "", "Steam. LIN (60) pours tea without looking. His hands know the pot."),
                ("speech", "MEI", "not sitting", "You kept the letter. Why?"),
                ("speech", "LIN", "O.S.", "I kept the envelope."),
                ("transition", "", "", "CUT TO:"),
            ],
        ),
        (Heading("2", "outside", "FERRY LANDING", "DAWN"), [("speech", "CAPTAIN", "", "Last boat!")]),
    ]


def test_a_chinese_script_is_read_by_scene_heads_triangles_and_colons():
    assert shape(CHINESE) == [
        (
            Heading("一", "inside", "茶馆", "夜"),
            [
                ("action", "", "", "老林（60岁）倒茶，看也不看。"),
                ("speech", "梅", "没坐下", "信你留着。"),
                ("speech", "老林", "画外音", "我留的是信封。"),
            ],
        ),
        (Heading("2", "outside", "渡口", "清晨"), [("action", "", "", "梅沿着码头跑。")]),
    ]


@pytest.mark.parametrize(
    ("row", "heading"),
    [
        ("INT./EXT. CAR - DUSK", Heading("", "both", "CAR", "DUSK")),
        ("int. kitchen", Heading("", "inside", "kitchen", "")),
        ("SCENE 4. EXT. ROOF – NIGHT", Heading("4", "outside", "ROOF", "NIGHT")),
        ("场3 外 江边 黄昏", Heading("3", "outside", "江边", "黄昏")),
        ("5．内景　老宅·天井　日", Heading("5", "inside", "老宅 天井", "日")),
        ("第12场", Heading("12", "", "", "")),
    ],
)
def test_headings_are_written_in_many_ways(row, heading):
    [scene] = read_screenplay(f"{row}\nA door opens. 门开了。").scenes
    assert scene.heading == heading


@pytest.mark.parametrize(
    "row", ["The exterior is cold.", "内心很乱。", "3、他走了。", "NOTE: check this", "时间：现在"]
)
def test_what_only_looks_like_a_heading_or_a_name_is_action(row):
    [scene] = read_screenplay(row).scenes
    assert [(one.kind, one.text) for one in scene.elements] == [("action", row)]


def test_what_our_own_drafts_say_to_the_reader_is_no_script():
    words = draft(task="scene", premise="An old ferryman waits for his daughter", seed=1, length=200)
    labelled = f"[AI-generated · 由人工智能生成 · X · algorithmicMedia]\n\n{words}"
    texts = [one.text for one in read_screenplay(labelled).elements]
    assert [
        text for text in texts if "TEMPLATE" in text or "AI-generated" in text or text.startswith("–")
    ] == []
    assert len(texts) > 3


def test_spoken_rows_name_the_place_of_every_spoken_word():
    rows = ENGLISH.splitlines()
    spoken = spoken_rows(ENGLISH)
    assert [rows[number - 1][begin : begin + len(words)] for number, (begin, words) in spoken.items()] == [
        "You kept the letter.", "Why?", "I kept the envelope.", "Last boat!",
    ]  # fmt: skip


def test_a_text_without_speeches_counts_as_spoken():
    assert spoken_rows("Hello.\n\n  There.") == {1: (0, "Hello."), 3: (0, "  There.")}


@given(st.text(alphabet="AB ab.:()-—内外景日夜场第一1、：（）△\n\t", max_size=300))
def test_whatever_is_pasted_spoken_words_stand_where_they_are_said_to(text):
    rows = text.splitlines()
    read_screenplay(text)
    assert [
        number
        for number, (begin, words) in spoken_rows(text).items()
        if begin < 0 or rows[number - 1][begin : begin + len(words)] != words
    ] == []
