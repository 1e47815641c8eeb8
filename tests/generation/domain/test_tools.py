"""What a person may type, and the request that comes of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.domain.direction import CHOICES, compose_prompt
from generation.domain.tools import TOOLS, validate

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
        "direction": {"shot": "close-up", "lens": "", "light": "", "time": "", "place": "", "action": "she turns"},
        "prompt": "close-up, she turns", "prompt_is_own": False, "negative": "",
        "seed": 5, "steps": 12, "guidance": 3.0,
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


def test_every_directors_choice_has_words_for_the_engine():
    assert [
        word.slug for words in CHOICES.values() for word in words if not (word.label and word.prompt)
    ] == []


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
    assert set(request) == {"direction", "prompt", "prompt_is_own", "negative", "seed", "steps", "guidance"}
