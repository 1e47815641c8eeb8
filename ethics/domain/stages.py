"""The degree by the four stages of co-authorship: conception, translation, execution, oversight (MEASURE §4).

The stages are how the degree is shown; nothing is computed from them. Shooting, playing and recording are people's own execution.
What an engine executed earns nothing: of a generated picture only what led it and what came after are people's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from ethics.domain.intervention import Intervention
from ethics.domain.picture_term import BETAS
from ethics.domain.segments import ONE, ZERO, exact
from ethics.domain.terms import SourcePart, Term

STAGES = ("conception", "translation", "execution", "oversight")
OF_TERM: Mapping[str, str] = {"S": "conception", "A": "execution", "E": "oversight", "R": "oversight"}
OF_FACTOR: Mapping[str, str] = {
    "control": "translation",
    "direction": "translation",
    "iteration": "translation",
    "selection": "oversight",
    "alteration": "oversight",
}


def stages_of(found: Intervention) -> dict[str, Fraction]:
    """The proven points of the degree by stage, and what is open; together exactly the upper end."""
    points = dict.fromkeys(STAGES, ZERO)
    for term in found.terms:
        weight = 100 * found.weights[term.name]
        for stage, value in _of_term(term).items():
            points[stage] += weight * value
    return {**points, "open": found.high - found.low}


def _of_term(term: Term) -> dict[str, Fraction]:
    if term.name != "P":
        return {OF_TERM[term.name]: term.value.low}
    found = dict.fromkeys(STAGES, ZERO)
    for part in term.sources:
        found["execution"] += part.points.low - part.led
        for name, value in led_by_factor(part).items():
            found[OF_FACTOR[name]] += value
    return found


def led_by_factor(part: SourcePart) -> dict[str, Fraction]:
    """What each x brings of a generated source's points, exactly: shared out as -ln(1 - β·x), which adds up over the x."""
    if not part.led:
        return {}
    logs = {name: -math.log(1 - float(BETAS[name] * value)) for name, value in part.factors.items() if value}
    total, left, shares = sum(logs.values()), ONE, {}
    for name, log in list(logs.items())[:-1]:
        shares[name] = min(left, exact(log / total))
        left -= shares[name]
    shares[list(logs)[-1]] = left
    return {name: part.led * share for name, share in shares.items()}
