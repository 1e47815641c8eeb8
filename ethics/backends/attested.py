"""What a file says of its own making, as grades for the judge (MEASURE §2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ethics.domain.segments import Evidence
from footage.evidence import Evidences, Finding

SPEAKS = frozenset({"ai", "mixed", "human"})
FORGED = "c2pa-forged"


@dataclass(frozen=True, slots=True)
class Attested:
    """The best grades that a file's own words reach on either side, and the words themselves.

    Attributes:
        ai: Best grade of a finding that AI made it, or a part of it; None when nothing says so.
        is_mixed: Only a part is said to be AI.
        human: Best grade of a finding that people made it.
        claims_capture: Credentials claim a capture, whether or not they hold.
        evidence: One entry per finding that speaks, strongest first.
    """

    ai: int | None = None
    is_mixed: bool = False
    human: int | None = None
    claims_capture: bool = False
    evidence: tuple[Evidence, ...] = ()


SILENT = Attested()


def attested(evidences: Evidences | None) -> Attested:
    """Weigh the findings of one file; a file nobody read says nothing."""
    if evidences is None:
        return SILENT
    ai = [finding.grade for finding in evidences.findings if finding.says in {"ai", "mixed"}]
    human = [finding.grade for finding in evidences.findings if finding.says == "human"]
    return Attested(
        ai=max(ai, default=None),
        is_mixed=bool(ai) and all(finding.says != "ai" for finding in evidences.findings),
        human=max(human, default=None),
        claims_capture=any(_claims_capture(finding) for finding in evidences.of("c2pa")),
        evidence=tuple(_entries(evidences)),
    )


def _claims_capture(finding: Finding) -> bool:
    return finding.details.get("claims") == "human"


def _entries(evidences: Evidences) -> Iterator[Evidence]:
    for finding in evidences.findings:
        is_forged = finding.says == "unknown" and _claims_capture(finding)
        if finding.says in SPEAKS or is_forged:
            kind = FORGED if is_forged else f"{finding.kind}-{finding.says}"
            yield Evidence(kind, finding.grade, Fraction(1), finding.note)
