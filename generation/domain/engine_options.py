"""Options of an engine's row: which there are, and what each may be.

Besides these an engine may give a default for every input of its tools (steps, guidance, strength, …); whether such a
number is in range is the tool's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from footage.problems import Problem, gettext_noop
from generation.domain.tools import TOOLS

Check = Callable[[Any], bool]
UNKNOWN = gettext_noop("There is no option “%(name)s”. Known are %(known)s.")
MEANT = gettext_noop("There is no option “%(name)s”; perhaps “%(meant)s” is meant.")


def _whole(low: int, high: int, *, step: int = 1) -> Check:
    return lambda value: type(value) is int and low <= value <= high and value % step == 0


def _number(low: float, high: float) -> Check:
    return lambda value: type(value) in {int, float} and low <= value <= high


def _one_of(*words: str) -> Check:
    return lambda value: value in words


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[\w./ :+-]{1,200}", value) is not None


def _is_scheduler(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Z]\w{2,60}Scheduler", value) is not None


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(name, str) for name in value)


A_NAME = gettext_noop("The option “%(name)s” is %(value)s; it must be a name of at most 200 letters.")
A_MAPPING = gettext_noop("The option “%(name)s” is %(value)s; it must be names with values.")
SECONDS = gettext_noop("The option “%(name)s” is %(value)s; it must be a number of seconds.")
OPTIONS: Mapping[str, tuple[Check, str]] = MappingProxyType(
    {
        "width": (
            _whole(16, 4096, step=8),
            gettext_noop("The option “%(name)s” is %(value)s; it must be a multiple of 8 from 16 to 4096."),
        ),
        "height": (
            _whole(16, 4096, step=8),
            gettext_noop("The option “%(name)s” is %(value)s; it must be a multiple of 8 from 16 to 4096."),
        ),
        "fps": (
            _whole(1, 60),
            gettext_noop("The option “%(name)s” is %(value)s; it must be a whole number from 1 to 60."),
        ),
        "most_frames": (
            _whole(1, 1000),
            gettext_noop("The option “%(name)s” is %(value)s; it must be a whole number from 1 to 1000."),
        ),
        "dtype": (
            _one_of("float32", "float16", "bfloat16"),
            gettext_noop("The option “%(name)s” is %(value)s; it must be float32, float16 or bfloat16."),
        ),
        "offload": (
            _one_of("", "model", "group"),
            gettext_noop("The option “%(name)s” is %(value)s; it must be model or group."),
        ),
        "compile": (_is_flag, gettext_noop("The option “%(name)s” is %(value)s; it must be true or false.")),
        "scheduler": (
            _is_scheduler,
            gettext_noop(
                "The option “%(name)s” is %(value)s; it must be the name of a diffusers scheduler class."
            ),
        ),
        "guidance_rescale": (
            _number(0, 1),
            gettext_noop("The option “%(name)s” is %(value)s; it must be a number from 0 to 1."),
        ),
        "guidance_as": (
            _one_of("guidance_scale", "true_cfg_scale"),
            gettext_noop("The option “%(name)s” is %(value)s; it must be guidance_scale or true_cfg_scale."),
        ),
        "temperature": (
            _number(0, 2),
            gettext_noop("The option “%(name)s” is %(value)s; it must be a number from 0 to 2."),
        ),
        "base": (_is_name, A_NAME),
        "depth_model": (_is_name, A_NAME),
        "ip_adapter_subfolder": (_is_name, A_NAME),
        "ip_adapter_file": (_is_name, A_NAME),
        "drift": (_is_name, A_NAME),
        "model": (_is_name, A_NAME),
        "priced_by": (
            _one_of("unit", "output"),
            gettext_noop("The option “%(name)s” is %(value)s; it must be unit or output."),
        ),
        "length_field": (
            _one_of("max_tokens", "max_completion_tokens"),
            gettext_noop(
                "The option “%(name)s” is %(value)s; it must be max_tokens or max_completion_tokens."
            ),
        ),
        "fields": (_is_mapping, A_MAPPING),
        "body": (_is_mapping, A_MAPPING),
        "workflow": (_is_mapping, A_MAPPING),
        "names": (_is_mapping, A_MAPPING),
        "silence_seconds": (_number(0.1, 3600), SECONDS),
        "most_seconds": (_number(0.1, 86400), SECONDS),
        "pause_seconds": (_number(0.01, 60), SECONDS),
    }
)


def check_options(options: Mapping[str, Any], *, tools: Iterable[str]) -> None:
    """Refuse options that nothing reads or whose value can't be used.

    Args:
        tools: Slugs of the tools the engine serves; their inputs may have defaults here.

    Raises:
        Problem: names the first one.
    """
    inputs = {item.slug for slug in tools if slug in TOOLS for item in TOOLS[slug].inputs}
    for name, value in options.items():
        if name in OPTIONS:
            _check_value(name, value)
        elif name not in inputs:
            raise _unknown(name, [*OPTIONS, *inputs])


def _check_value(name: str, value: Any) -> None:
    check, sentence = OPTIONS[name]
    if not check(value):
        raise Problem(sentence, name=name, value=str(value)[:60])


def _unknown(name: str, known: list[str]) -> Problem:
    meant = get_close_matches(name, known, n=1)
    if meant:
        return Problem(MEANT, name=name[:40], meant=meant[0])
    return Problem(UNKNOWN, name=name[:40], known=", ".join(sorted(OPTIONS)))
