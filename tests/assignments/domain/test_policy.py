from dataclasses import replace
from decimal import Decimal

import pytest

from assignments.domain.policy import AiPolicy, percent, sentence
from assignments.templatetags.briefs import say

POLICY = AiPolicy(
    level=3,
    picture_cap=Decimal("0.400"),
    voice_cap=None,
    tools=("text-to-image", "voice"),
    gpu_seconds=600,
    over_cap="ask",
)
SPACE = "\N{NO-BREAK SPACE}"


def said(policy):
    return say(sentence(policy)).replace(SPACE, " ")


def test_the_policy_is_one_plain_sentence():
    assert said(POLICY) == (
        "At most 40 % of the picture may be AI, made with text to image and voice in 10 minutes of engine "
        "time; over that, your teacher asks you for a talk."
    )


def test_a_cap_on_the_voice_and_a_short_budget_are_said():
    policy = replace(POLICY, voice_cap=Decimal("0.5"), gpu_seconds=90, tools=("voice",), over_cap="block")
    assert said(policy) == (
        "At most 40 % of the picture and 50 % of the voice may be AI, made with voice in 90 seconds of "
        "engine time; over that, the film is not taken."
    )


@pytest.mark.parametrize("policy", [replace(POLICY, level=1), replace(POLICY, tools=())])
def test_a_policy_without_ai_says_so(policy):
    assert said(policy) == "No AI in this film: over that, your teacher asks you for a talk."


def test_three_tools_are_listed_with_commas_and_one_and():
    policy = replace(POLICY, tools=("text-to-image", "a-new-tool", "voice"))
    assert "made with text to image, a-new-tool and voice in" in said(policy)


@pytest.mark.parametrize(
    ("share", "words"), [("0", "0"), ("0.4", "40"), ("0.375", "37.5"), ("1", "100"), ("0.1", "10")]
)
def test_shares_are_percent_with_at_most_one_decimal(share, words):
    assert percent(Decimal(share)) == f"{words}{SPACE}%"


def test_a_policy_knows_its_tools():
    assert POLICY.allows("voice")
    assert not POLICY.allows("image-to-video")
