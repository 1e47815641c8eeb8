"""What the readers report: graded findings, each with the sentences a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from footage.labels import Verdict

Kind = Literal["c2pa", "iptc", "aigc", "generator", "camera", "editor"]
Grade = Literal[0, 1, 2, 3]
Says = Literal["ai", "human", "mixed", "neutral", "unknown"]


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for people: an English template, which is a key of the message catalogue, and its values."""

    template: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.params


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a file says of its own making.

    Attributes:
        kind: Which reader found it.
        grade: 3 cryptographic, 1 attached facts that agree with each other, 0 a bare declaration; 2, content
            found again, is not a matter of readers.
        says: Who made the picture or sound by this finding alone; "neutral" is a blank canvas.
        source_type: Code of IPTC's digital source type vocabulary, where one is stated.
        details: Plain JSON: what was read, for pages, the API and whoever checks.
        notes: What it says, and then what limits it.
    """

    kind: Kind
    grade: Grade
    says: Says
    source_type: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def note(self) -> str:
        """The sentences in English."""
        return " ".join(map(str, self.notes))

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "grade": self.grade,
            "says": self.says,
            "source_type": self.source_type,
            "details": dict(self.details),
            "notes": [{"template": note.template, "params": dict(note.params)} for note in self.notes],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """The finding that `to_json` wrote."""
        notes = tuple(Note(note["template"], note["params"]) for note in data["notes"])
        return cls(data["kind"], data["grade"], data["says"], data["source_type"], data["details"], notes)


@dataclass(frozen=True, slots=True)
class Evidences:
    """All findings of one file, strongest first.

    Attributes:
        name: The file, as people call it.
        aigc: Verdict on its label by GB 45438; "not_found" makes no finding.
    """

    name: str
    findings: tuple[Finding, ...] = ()
    aigc: Verdict = "not_found"

    def of(self, kind: Kind) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.kind == kind)

    def to_json(self) -> dict[str, Any]:
        findings = [finding.to_json() for finding in self.findings]
        return {"name": self.name, "aigc": self.aigc, "findings": findings}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Evidences:
        """The evidences that `to_json` wrote."""
        return cls(data["name"], tuple(map(Finding.from_json, data["findings"])), data["aigc"])


def names(values: object) -> str:
    """Names as one piece of text for a sentence."""
    return ", ".join(map(str, values)) if isinstance(values, list | tuple) else str(values)
