"""Drafts by templates: the premise's words, its language, the same for the same seed, never too long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.domain.languages import language_of
from generation.domain.scene_words.chinese import CHINESE
from generation.domain.scene_words.english import ENGLISH
from generation.domain.scene_writer import LARGEST_OVERHEAD, draft, size

TASKS = ["logline", "scene", "breakdown", "dialogue"]
SISTERS = "At dawn two sisters meet on a ferry landing in the rain. One must give back a letter, but the other has read it."
STATION = "深夜的火车站，女孩撑着一把红伞等父亲，她要把一封信还给他，但他没有来"
tasks, seeds = st.sampled_from(TASKS), st.integers(0, 2**31 - 1)


@given(tasks, st.sampled_from([SISTERS, STATION]), seeds, st.integers(20, 800))
def test_the_same_seed_writes_the_same_draft(task, premise, seed, length):
    first, second = (draft(task=task, premise=premise, seed=seed, length=length) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("premise", [SISTERS, STATION])
def test_other_seeds_write_other_drafts(task, premise):
    drafts = {
        draft(task=task, premise=premise, seed=seed, length=400).split("\n", 1)[1] for seed in range(12)
    }
    assert len(drafts) >= 8


@given(tasks, seeds)
def test_people_place_and_hour_are_the_premises_own(task, seed):
    english = draft(task=task, premise=SISTERS, seed=seed, length=400).lower()
    chinese = draft(task=task, premise=STATION, seed=seed, length=400)
    assert "one sister" in english
    assert "女孩" in chinese
    if task != "logline":
        assert ("ext. ferry landing – dawn" in english, "外景　火车站　夜" in chinese) == (True, True)


@given(tasks, seeds)
def test_nothing_that_was_told_stands_in_brackets(task, seed):
    """Both premises name everything."""
    assert "[" not in draft(task=task, premise=SISTERS, seed=seed, length=400)
    assert "【" not in draft(task=task, premise=STATION, seed=seed, length=400)


@given(tasks, seeds)
def test_what_was_filled_in_is_marked_and_explained(task, seed):
    written = draft(task=task, premise="Loneliness", seed=seed, length=400)
    assert written.endswith(ENGLISH.filled)
    assert len(re.findall(r"\[[^\]]+\]", written)) >= 2
    assert draft(task=task, premise="孤独", seed=seed, length=400).endswith(CHINESE.filled)


@given(tasks, seeds)
def test_a_draft_says_what_it_is_and_where_it_comes_from(task, seed):
    head, quoted = draft(task=task, premise="A robot", seed=seed, length=100).split("\n")[:2]
    assert head == f"TEMPLATE DRAFT · template writer: no language model · seed {seed}"
    assert quoted == "From: “A robot”"


@given(tasks, st.text(min_size=1, max_size=300), seeds, st.integers(20, 800))
@settings(max_examples=200)
def test_any_premise_gets_a_draft_of_its_language_and_bounded_length(task, premise, seed, length):
    written = draft(task=task, premise=premise, seed=seed, length=length)
    words = CHINESE if language_of(premise) == "zh" else ENGLISH
    assert written.startswith(words.head.format(seed=seed))
    assert size(written) <= length + LARGEST_OVERHEAD
    assert "{" not in written.replace(premise, "") or "{" in premise


@pytest.mark.parametrize("task", TASKS)
def test_a_longer_length_writes_more(task):
    short, long = (size(draft(task=task, premise=SISTERS, seed=3, length=length)) for length in (20, 500))
    assert short < long


def test_a_dialogue_is_spoken_by_the_two_people():
    written = draft(task="dialogue", premise=STATION, seed=1, length=400)
    speakers = set(re.findall(r"^([^：\n（]+)(?:（[^）]+）)?：", written, re.MULTILINE)) - {
        "出自",
        "模板草稿 · 模板写手",
    }
    assert {"女孩", "父亲"} <= speakers


def test_a_breakdown_numbers_its_shots():
    written = draft(task="breakdown", premise=SISTERS, seed=1, length=800)
    assert re.findall(r"^(\d+)\. ", written, re.MULTILINE) == [str(number) for number in range(1, 9)]


@pytest.mark.parametrize("words", [ENGLISH, CHINESE])
def test_both_languages_have_templates_for_everything(words):
    beats = (words.openings, words.arrivals, words.tactics, words.turns, words.buttons, words.loglines)
    assert min(map(len, beats)) >= 6
    assert set(words.light) == set(words.hours) == {"dawn", "day", "dusk", "night"}
    assert len(words.shots) == 8
