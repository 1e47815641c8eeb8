"""What a program's output is, told from what went in: IPTC's digital source type of composites and retimed clips.

The platform signs what it says, so it claims no capture here that it hasn't proof of: a composite whose parts own to
nothing is IPTC's `composite` ("any or all of which may be generated"), never `compositeCapture`; else any clip without
its label would leave as a signed capture. The ingredients' own fingerprints stand in the recipe, and a trace follows
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from footage.evidence import read_evidence

TRAINED = "trainedAlgorithmicMedia"
PROGRAMMED = "algorithmicMedia"
SYNTHETIC = frozenset({TRAINED, PROGRAMMED, "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"})
"""Types that get the AI label of GB 45438: made, wholly or in part, by a model or a program."""


def composite(paths: Sequence[Path]) -> str:
    """Return the source type of a picture put together from these files; of generated ones alone it is generated."""
    owned = {_owned(path) for path in paths}
    if owned == {TRAINED}:
        return TRAINED
    if owned & {TRAINED, "compositeWithTrainedAlgorithmicMedia"}:
        return "compositeWithTrainedAlgorithmicMedia"
    return "compositeSynthetic" if owned & SYNTHETIC else "composite"


def enhanced(path: Path) -> str:
    """Return the source type of the file's picture with frames added or quality bettered by a program, nothing new put in."""
    return _owned(path) or "algorithmicallyEnhanced"


def _owned(path: Path) -> str:
    """Return the synthetic type that the file owns to by labels, credentials or a generator's marks; empty when none."""
    findings = read_evidence(path).findings
    stated = [finding.source_type for finding in findings if finding.source_type in SYNTHETIC]
    if stated:
        return str(stated[0])
    return TRAINED if any(finding.says in {"ai", "mixed"} for finding in findings) else ""
