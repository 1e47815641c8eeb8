"""The published page of the measure says the numbers the code uses, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ethics.domain.intervention import BETAS, EDIT_WEIGHTS, MOST_FOR_AI, VERSION, WEIGHTS
from ethics.domain.segments import LEAST_AREA
from ethics.domain.share import DROPPED_PART, DULL_PART
from footage.fingerprints import SAMPLE_SECONDS
from footage.trace.following import LEAST_SECONDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "measure.md").read_text()
HALVES = PAGE.split("\n---\n")
WORDS = {
    "control": ("control β", "控制 β"),
    "direction": ("direction", "导演指示"),
    "iteration": ("iteration", "迭代"),
    "selection": ("selection", "挑选"),
    "alteration": ("alteration", "生成后加工"),
    "versions": ("versions", "剪辑版数"),
    "arrangement": ("arrangement", "素材编排"),
    "shooting_ratio": ("shooting ratio", "片比"),
    "timeline": ("work in the timeline", "时间线上的功夫"),
}


@pytest.mark.parametrize("half", [0, 1])
def test_the_formula_stands_with_its_weights(half):
    terms = " + ".join(f"{float(weight):.2f} {name}" for name, weight in WEIGHTS.items())

    assert f"`HCID = 100 · ({terms})`" in HALVES[half]


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("name", [*BETAS, *EDIT_WEIGHTS])
def test_each_factor_stands_with_its_number(half, name):
    value = {**BETAS, **EDIT_WEIGHTS}[name]

    assert f"{WORDS[name][half]} {float(value):.2f}" in HALVES[half].replace("\n  ", " ")


@pytest.mark.parametrize("half", [0, 1])
def test_the_bounds_stand_as_in_the_code(half):
    assert f"min({float(MOST_FOR_AI):.2f}, " in HALVES[half]
    assert f"{float(LEAST_AREA)} " in HALVES[half]
    assert f"{float(DROPPED_PART)}" in HALVES[half]
    assert f"{float(DULL_PART)}" in HALVES[half]
    assert f"{float(SAMPLE_SECONDS)} " in HALVES[half]
    assert f"{LEAST_SECONDS} " in HALVES[half]


def test_the_version_is_the_codes():
    assert f"`{VERSION}`" in PAGE
