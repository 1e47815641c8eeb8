"""What is found in a premise, in its own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.premise import read_premise

TOLD = {
    "An old ferryman wants to cross the river one last time, but the bridge opened today.": {
        "who": ("An old ferryman",), "want": "to cross the river one last time", "obstacle": "the bridge opened today",
    },
    "At dawn two sisters meet on a ferry landing in the rain; the older one must give back a letter.": {
        "who": ("one sister", "the other sister"), "place": "a ferry landing", "hour": "dawn", "is_inside": False,
        "thing": "a letter", "want": "to give back a letter", "weather": "rain",
    },
    "Mei wants to leave before her father wakes up.": {
        "who": ("Mei", "her father"), "want": "to leave before her father wakes up",
    },
    "Mei and Tom share a taxi at night.": {"who": ("Mei", "Tom"), "hour": "night"},
    "A nurse waits in a kitchen with a red umbrella": {
        "who": ("A nurse",), "place": "a kitchen", "is_inside": True, "thing": "a red umbrella",
    },
    "I want a film about loneliness": {},
    "一个老船工想再渡一次江，可是最后一个乘客不肯上船。": {
        "who": ("老船工", "乘客"), "want": "再渡一次江", "obstacle": "最后一个乘客不肯上船",
    },
    "深夜的火车站，女孩撑着一把红伞等父亲，她要把一封信还给他，但他没有来": {
        "who": ("女孩", "父亲"), "place": "火车站", "hour": "night", "is_inside": False, "thing": "一把红伞",
        "want": "把一封信还给他", "obstacle": "他没有来",
    },
    "小梅和阿强在老街的茶馆里，谁也不想先开口": {"who": ("小梅", "阿强"), "place": "老街的茶馆", "is_inside": True},
    "姐妹俩在雨中的渡口": {"who": ("姐姐", "妹妹"), "place": "雨中的渡口", "is_inside": False, "weather": "rain"},
    "黄昏，老人在天台上放风筝": {"who": ("老人",), "place": "天台", "hour": "dusk", "is_inside": False},
    "孤独": {},
}  # fmt: skip


@pytest.mark.parametrize("text", TOLD)
def test_a_premise_tells(text):
    found = read_premise(text)
    named = {name: getattr(found, name) for name in found.__slots__ if name not in {"language", "text"}}
    assert {name: value for name, value in named.items() if value not in {"", (), None}} == TOLD[text]


@given(st.text(max_size=300))
def test_whatever_is_found_are_words_of_the_premise(text):
    found = read_premise(text)
    for phrase in (found.place, found.thing):
        assert phrase in found.text
