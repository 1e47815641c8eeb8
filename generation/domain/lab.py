"""Module 1's lab: one thing changed at a time, and what two runs differ in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from footage.problems import gettext_noop

MOST_STEPS = 24
LEAST_STEPS = 2
COMPARED: Mapping[str, str] = MappingProxyType(
    {
        "seed": gettext_noop("seed"),
        "steps": gettext_noop("steps"),
        "guidance": gettext_noop("how closely to follow the words"),
        "prompt": gettext_noop("words"),
        "negative": gettext_noop("what is not to be in the picture"),
        "engine": gettext_noop("engine"),
    }
)
"""What a run can differ in, in the order it is told."""

Request = Mapping[str, Any]
CHANGES: Mapping[str, tuple[str, Callable[[Request], dict[str, Any]]]] = MappingProxyType(
    {
        "seed": (gettext_noop("another seed"), lambda asked: {"seed": int(asked["seed"]) + 1}),
        "fewer": (gettext_noop("half the steps"), lambda asked: {"steps": max(LEAST_STEPS, int(asked["steps"]) // 2)}),
        "more": (gettext_noop("twice the steps"), lambda asked: {"steps": min(MOST_STEPS, int(asked["steps"]) * 2)}),
        "looser": (gettext_noop("hardly follow the words"), lambda asked: {"guidance": 1.0}),
        "closer": (
            gettext_noop("follow the words twice as closely"),
            lambda asked: {"guidance": min(20.0, float(asked["guidance"]) * 2)},
        ),
    }
)  # fmt: skip
"""Single changes offered beside a run: how they are called, and what they put into its request."""


def changed(asked: Request, change: str) -> dict[str, Any]:
    """Return the inputs of a run with one thing changed."""
    inputs = {**asked, **asked.get("direction", {}), **CHANGES[change][1](asked)}
    if not asked.get("prompt_is_own"):
        inputs["prompt"] = ""
    return inputs


def useful_changes(asked: Request) -> tuple[str, ...]:
    """Return the changes that would change something."""
    return tuple(
        name for name, (_label, change) in CHANGES.items() if any(asked.get(key) != value for key, value in change(asked).items())
    )  # fmt: skip


def differences(one: Request, other: Request) -> tuple[str, ...]:
    """Return the labels of what two runs differ in; their requests with the engine's slug under `engine`."""
    return tuple(label for name, label in COMPARED.items() if one.get(name) != other.get(name))
