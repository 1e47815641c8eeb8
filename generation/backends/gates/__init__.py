"""Safety gates behind one interface: words before a job is queued, its output before anybody sees it.

`settings.SAFETY_GATES` names the gates in use, each a class without arguments. A gate that breaks holds the job for a
teacher: nothing passes because nobody looked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from footage.problems import gettext_noop
from generation.domain.gates import Context, Level, Verdict, Words, strictest

BLIND = gettext_noop("The safety gate couldn’t look at this, so a teacher looks at it first.")
logger = logging.getLogger(__name__)


class Gate(Protocol):
    """Looks at words and outputs and says allow, hold or refuse.

    Attributes:
        name: Gate and version, kept with every verdict.
        sees: Kinds of output it can judge (image, video, sound, text); it is asked of no others.
    """

    name: str
    sees: frozenset[str]

    def check_words(self, words: Words, context: Context) -> Verdict: ...

    def check_output(self, path: Path, kind: str, context: Context) -> Verdict: ...


def check_words(words: Words, context: Context) -> Verdict:
    """Return the strictest verdict of all gates on a person's words."""
    return strictest(_asked(gate, lambda gate: gate.check_words(words, context)) for gate in gates())


def check_output(path: Path, kind: str, context: Context) -> Verdict:
    """Return the strictest verdict of the gates that see this kind of output."""
    seeing = (gate for gate in gates() if kind in gate.sees)
    return strictest(_asked(gate, lambda gate: gate.check_output(path, kind, context)) for gate in seeing)


def kinds_seen() -> frozenset[str]:
    """Return the kinds of output that any gate looks at."""
    return frozenset().union(*(gate.sees for gate in gates()))


def gates() -> tuple[Gate, ...]:
    """Return the gates in use, each made once per process."""
    return _made(tuple(settings.SAFETY_GATES))


@lru_cache(maxsize=8)
def _made(names: Iterable[str]) -> tuple[Gate, ...]:
    return tuple(import_string(name)() for name in names)


def _asked(gate: Gate, question: Callable[[Gate], Verdict]) -> Verdict:
    try:
        return question(gate)
    except Exception:
        logger.exception("the gate %s broke; a teacher decides", gate.name)
        return Verdict(Level.HOLD, gate.name, BLIND, {})
