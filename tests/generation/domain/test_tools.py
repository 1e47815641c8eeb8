"""What a person may type, and the request that comes of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.domain.direction import CHOICES, compose_prompt
from generation.domain.languages import language_of
from generation.domain.style_packs import STYLE_PACKS
from generation.domain.tools import MOST_SIDE, TOOLS, Material, MediaInput, Tool, validate
from generation.domain.tools.inputs import SEED
from generation.domain.tools.model import CLIP_STEPS, ONE, PICTURE_STEPS, SPOKEN_LETTERS, TOKENS

PICTURE = TOOLS["text-to-image"]


def sentences(tool, given_inputs, *, has_source=True):
    _request, problems = validate(TOOLS[tool], given_inputs, has_source=has_source)
    return {problem.slug: problem.sentence for problem in problems}


def test_the_directors_words_become_a_prompt_in_the_order_of_a_shot_list():
    direction = {
        "action": "an old man ties up his boat.",
        "shot": "wide",
        "time": "dusk",
        "place": "a  ferry landing",
    }
    assert compose_prompt(direction) == "wide shot, dusk, a ferry landing, an old man ties up his boat"


def test_both_the_form_and_the_prompt_are_kept():
    request, problems = validate(
        PICTURE, {"shot": "close-up", "action": "she turns", "seed": "5"}, has_source=False
    )
    assert problems == ()
    assert request == {
        "direction": {
            "shot": "close-up", "angle": "", "lens": "", "light": "", "time": "", "place": "",
            "action": "she turns", "mood": "", "style": "",
        },
        "prompt": "close-up, she turns", "prompt_is_own": False, "negative": "",
        "seed": 5, "steps": 12, "guidance": 3.0, "solver": "",
    }  # fmt: skip


def test_a_prompt_of_ones_own_wins_and_says_so():
    request, _problems = validate(PICTURE, {"shot": "wide", "prompt": "  fog  "}, has_source=False)
    assert (request["prompt"], request["prompt_is_own"], request["direction"]["shot"]) == (
        "fog",
        True,
        "wide",
    )


@pytest.mark.parametrize(
    ("tool", "inputs", "slug", "words"),
    [
        ("text-to-image", {"shot": "wide"}, "action", "Say what is to be seen"),
        ("text-to-image", {"place": "x", "steps": "900"}, "steps", "900 is out of range: from 2 to 80."),
        ("text-to-image", {"place": "x", "steps": "many"}, "steps", "many is not a number."),
        ("text-to-image", {"place": "x", "guidance": "nan"}, "guidance", "nan is out of range"),
        ("text-to-image", {"place": "x", "shot": "<b>"}, "shot", "<b> is not one of the choices."),
        ("text-to-image", {"place": "x" * 161}, "place", "This is 161 characters long; at most 160"),
        ("voice", {"line": "  "}, "line", "This can’t stay empty."),
        ("text-draft", {"premise": ""}, "premise", "This can’t stay empty."),
    ],
)
def test_each_wrong_input_gets_a_sentence(tool, inputs, slug, words):
    assert sentences(tool, inputs)[slug].startswith(words)


def test_a_tool_that_begins_with_a_picture_asks_for_one():
    assert sentences("image-to-video", {}, has_source=False) == {
        "source": "Choose the picture to begin with."
    }
    assert sentences("image-to-video", {}, has_source=True) == {}


def test_every_directors_choice_has_words_for_the_engine_in_both_languages():
    words = [word for choices in CHOICES.values() for word in choices]
    assert [word.slug for word in words if language_of(word.prompt) != "en"] == []
    assert [word.slug for word in words if language_of(word.prompt_zh) != "zh"] == []


def test_a_director_who_writes_chinese_gets_a_chinese_prompt():
    direction = {
        "shot": "wide",
        "place": "渡口",
        "action": "老人系缆绳。",
        "mood": "quiet",
        "style": "jiangnan",
    }
    assert compose_prompt(direction) == (
        "全景，渡口，老人系缆绳，安静克制的气氛，江南水乡，粉墙黛瓦，石拱桥，河埠头，乌篷船，细雨，淡青色调"
    )


def test_the_form_of_a_prompt_of_ones_own_is_kept_as_well():
    request, _problems = validate(PICTURE, {"style": "lingnan", "prompt": "a red door"}, has_source=False)
    assert (request["prompt"], request["direction"]["style"]) == ("a red door", "lingnan")


def test_style_packs_say_what_is_seen_and_never_who():
    people = re.compile(r"\b(man|woman|girl|boy|people|person)\b|男|女|老人|姑娘|孩")
    packs = [pack for pack in STYLE_PACKS if people.search(f"{pack.words_en} {pack.words_zh}")]
    assert packs == []
    assert len({pack.slug for pack in STYLE_PACKS}) == len(STYLE_PACKS)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([item.slug for item in PICTURE.inputs]), st.text() | st.integers() | st.floats()
    )
)
def test_whatever_is_typed_the_request_keeps_its_ranges(typed):
    request, _problems = validate(PICTURE, typed, has_source=False)
    steps, guidance = PICTURE.input("steps"), PICTURE.input("guidance")
    assert steps.low <= request["steps"] <= steps.high
    assert guidance.low <= request["guidance"] <= guidance.high
    assert set(request) == {
        "direction",
        "prompt",
        "prompt_is_own",
        "negative",
        "seed",
        "steps",
        "guidance",
        "solver",
    }


RETOUCH = Tool(
    slug="retouch", title="Retouch", summary="", icon="image", module="image", makes="image", inputs=(SEED,),
    needs_source=True, source_kinds=("image",),
    media=(
        MediaInput("mask", "Mask", "Choose a mask.", is_required=True),
        MediaInput("reference", "Reference", "Choose a reference.", kinds=("image", "video"), most=2),
    ),
)  # fmt: skip
STILL, CLIP = Material("a.png", "image", 640, 360), Material("b.mp4", "video", 640, 360)


@pytest.mark.parametrize(
    ("source", "media", "slug", "words"),
    [
        (STILL, {}, "media-mask", "Choose a mask."),
        (STILL, {"mask": [CLIP]}, "media-mask", "b.mp4 is no still picture."),
        (STILL, {"mask": [STILL, STILL]}, "media-mask", "2 files were chosen; at most 1 can be used here."),
        (STILL, {"mask": [STILL], "reference": [Material("c.wav", "sound")]}, "media-reference", "c.wav holds no picture."),
        (CLIP, {"mask": [STILL]}, "source", "b.mp4 is no still picture."),
        (Material("big.png", "image", 30_000, 20), {"mask": [STILL]}, "source", "big.png is 30000 × 20 pixels; at most"),
        (STILL, {"mask": [Material("m.png", "image", 1, MOST_SIDE + 1)]}, "media-mask", "m.png is 1 × 12001 pixels"),
    ],
)  # fmt: skip
def test_each_wrong_medium_gets_a_sentence(source, media, slug, words):
    _request, problems = validate(RETOUCH, {}, has_source=True, source=source, media=media)
    assert [(problem.slug, problem.sentence.startswith(words)) for problem in problems] == [(slug, True)]


def test_media_of_the_right_kind_and_number_are_taken():
    media = {"mask": [STILL], "reference": [STILL, CLIP]}
    assert validate(RETOUCH, {}, has_source=True, source=STILL, media=media) == ({"seed": 1}, ())


@pytest.mark.parametrize(
    ("cost", "asked", "units"),
    [
        (PICTURE_STEPS, {"steps": 12}, 12),
        (CLIP_STEPS, {"steps": 4, "seconds": 2.5}, 10),
        (TOKENS, {"length": 120}, 120),
        (SPOKEN_LETTERS, {"line": "short"}, 1),
        (SPOKEN_LETTERS, {"line": "x" * 50}, 2.5),
        (ONE, {}, 1),
    ],
)
def test_units_of_a_request(cost, asked, units):
    assert cost.units(asked) == units


def test_every_tool_can_be_priced_from_what_its_form_opens_with():
    opened = {slug: tool.units(validate(tool, {}, has_source=True)[0]) > 0 for slug, tool in TOOLS.items()}
    assert opened == dict.fromkeys(TOOLS, True)


def test_a_prompt_of_a_hundred_thousand_characters_is_refused_with_its_length():
    assert sentences("text-to-image", {"prompt": "x" * 100_000})["prompt"] == (
        "This is 100000 characters long; at most 600 can be used. Shorten it."
    )


def test_control_characters_are_left_out():
    request, problems = validate(
        PICTURE, {"place": "a\x00 p\x1bier\u202e", "prompt": "fog\r\n\x07sea"}, has_source=False
    )
    assert (request["direction"]["place"], request["prompt"], problems) == ("a pier", "fog\nsea", ())
