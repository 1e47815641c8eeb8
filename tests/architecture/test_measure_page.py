"""The published page of the measure says the numbers the code uses, in both languages."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from ethics.domain.alteration import ALTERATIONS
from ethics.domain.chance import FILMS_PER_FALSE, least_agreement
from ethics.domain.intervention import BETAS, EDIT_WEIGHTS, MOST_FOR_AI, VERSION, WEIGHTS
from ethics.domain.process import LEAST_SHARED, NEAR_DUPLICATE
from ethics.domain.profiles import PROFILES
from ethics.domain.script import GAP, LEAST_AGREEING, LEAST_RUN, MOST_AT_ONCE, MOST_PER_SECOND, SHINGLE
from ethics.domain.segments import LEAST_AREA
from ethics.domain.share import DROPPED_PART, DULL_PART
from ethics.domain.sound_planes import LEAST_PART, LEAST_REST, MARGIN
from ethics.domain.versions import NOTICED
from footage.fingerprints import SAMPLE_SECONDS
from footage.landmarks import LEAST_HITS, SPEEDS
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
ALTERATION_WORDS = {
    "composite": ("composite", "合成"),
    "framing": ("framing", "重新构图"),
    "painting": ("painting", "绘制调色"),
    "retiming": ("retiming", "变速"),
    "turning": ("turning", "翻转"),
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


@pytest.mark.parametrize("half", [0, 1])
def test_the_bounds_of_sound_stand_as_in_the_code(half):
    sound = HALVES[half][HALVES[half].index(("**Sound**", "**声音**")[half]) :].split("\n\n")[0]
    numbers = {float(LEAST_REST), float(LEAST_PART), float(MARGIN), min(SPEEDS), max(SPEEDS), LEAST_HITS}

    assert numbers <= {float(number) for number in re.findall(r"\d+(?:\.\d+)?", sound)}


@pytest.mark.parametrize("half", [0, 1])
def test_what_is_asked_of_strangers_material_stands_as_in_the_code(half):
    part = HALVES[half][HALVES[half].index(("**Other crews' material**", "**别的剧组的素材**")[half]) :]
    numbers = re.findall(r"\d[\d,]*(?:\.\d+)?", part.split("\n\n")[0])
    asked = [
        f"{float(least_agreement(frames=frames, seconds=Fraction(600))):.2f}"
        for frames in (100, 10_000, 1_000_000)
    ]

    assert {f"{FILMS_PER_FALSE:,}", *asked} <= set(numbers)


def test_the_version_is_the_codes():
    assert f"`{VERSION}`" in PAGE


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("level", sorted(PROFILES))
def test_the_weights_of_each_level_stand_in_its_row(half, level):
    rows = [line for line in HALVES[half].splitlines() if line.startswith(f"| {level} ")]
    row = next(line for line in rows if not line.startswith(f"| {level} |"))
    weights = [f"{float(weight):.2f}" for weight in PROFILES[level].weights.values()]

    assert [cell.strip() for cell in row.split("|")[2:-1]] == weights


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize(("name", "words"), ALTERATION_WORDS.items())
def test_each_kind_of_alteration_stands_with_its_number(half, name, words):
    assert f"{words[half]} {float(ALTERATIONS[name]):.2f}" in HALVES[half]


@pytest.mark.parametrize("half", [0, 1])
def test_the_bounds_of_the_script_and_of_the_records_stand_as_in_the_code(half):
    text = HALVES[half]
    english = (
        f"at least {LEAST_RUN} words",
        f"no more than {MOST_AT_ONCE} new",
        f"no more than {MOST_PER_SECOND} a second",
    )
    chinese = (f"至少 {LEAST_RUN} 个字", f"不超过 {MOST_AT_ONCE} 个字符", f"每秒不超过 {MOST_PER_SECOND} 个")

    assert [words for words in (english, chinese)[half] if words not in text] == []
    numbers = (LEAST_AGREEING, NEAR_DUPLICATE, LEAST_SHARED, NOTICED)
    assert [number for number in numbers if f"{float(number)}" not in text] == []
    assert (f"runs of {SHINGLE}, with at most {GAP}", f"连续 {SHINGLE} 个相合，中间最多改动 {GAP} 个")[
        half
    ] in text
