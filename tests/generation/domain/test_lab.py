"""One thing at a time."""

from __future__ import annotations

import pytest

from generation.domain.lab import CHANGES, LEAST_STEPS, MOST_STEPS, changed, differences, useful_changes
from generation.domain.tools import LAB, TOOLS, validate

ASKED = {"place": "the sea", "shot": "wide", "seed": 7, "steps": 12, "guidance": 3.0}


def request(**more):
    clean, problems = validate(TOOLS[LAB], ASKED | more, has_source=False)
    assert problems == ()
    return clean


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_changes_one_thing_and_stays_in_range(change):
    before = request()
    after = request(**changed(before, change))
    assert len(differences(before, after)) == 1


def test_changes_that_would_change_nothing_are_not_offered():
    assert "fewer" not in useful_changes(request(steps=LEAST_STEPS))
    assert "more" not in useful_changes(request(steps=MOST_STEPS))
    assert "looser" not in useful_changes(request(guidance=1))
    assert useful_changes(request()) == tuple(CHANGES)


def test_two_runs_differ_in_words_seed_and_engine():
    one, other = request() | {"engine": "a"}, request(place="the wood", seed=8) | {"engine": "b"}
    assert differences(one, other) == ("seed", "words", "engine")
    assert differences(one, dict(one)) == ()


def test_a_prompt_of_ones_own_is_kept_by_a_change():
    assert changed(request(prompt="fog"), "seed")["prompt"] == "fog"
    assert changed(request(), "seed")["prompt"] == ""
