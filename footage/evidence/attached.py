"""Labels that a file bears: IPTC's source type and AI fields, and the AIGC label of GB 45438-2025."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from footage.evidence.findings import Finding, Grade, Note, Says, names
from footage.evidence.rules import SAYS_BY_TYPE
from footage.labels import AigcLabel, Labels, Verdict
from footage.labels.aigc import Damaged
from footage.labels.model import Carried
from footage.labels.xmp import IPTC_EXT, xmp_values
from footage.problems import gettext_noop

_AI_FIELDS: Mapping[str, str] = {
    f"{IPTC_EXT}AISystemUsed": "system",
    f"{IPTC_EXT}AISystemVersionUsed": "system_version",
    f"{IPTC_EXT}AIPromptInformation": "prompt",
    f"{IPTC_EXT}AIPromptWriterName": "prompt_writer",
}
LONGEST_SHOWN = 300

_SAID: Mapping[Says, str] = {
    "ai": gettext_noop("The source type %(code)s says that AI made this."),
    "mixed": gettext_noop("The source type %(code)s says that part of this was made by AI."),
    "human": gettext_noop(
        "The source type %(code)s says that no AI made this; anyone can write that, so it is a declaration."
    ),
    "neutral": gettext_noop("The source type %(code)s says that this is an empty canvas."),
    "unknown": gettext_noop("The source type %(code)s leaves open whether AI made this."),
}


def iptc_findings(texts: Iterable[Carried], labels: Labels) -> Iterator[Finding]:
    """What XMP and media tags state in IPTC's terms (Photo Metadata 2025.1, Video Metadata Hub 1.7)."""
    code, fields = labels.digital_source_type, _ai_fields(texts)
    if code is None and not fields:
        return
    said: Says = SAYS_BY_TYPE.get(code or "", "unknown")
    says: Says = "mixed" if fields and said not in {"ai", "mixed"} else said
    grade: Grade = 1 if says in {"ai", "mixed"} else 0
    notes = [Note(_SAID[said], {"code": code})] if code else []
    if fields:
        notes.append(
            Note(
                gettext_noop("It names an AI system or a prompt: %(system)s."),
                {"system": fields.get("system") or fields.get("prompt_writer") or "?"},
            )
        )
    yield Finding("iptc", grade, says, code, {"source_type": code, **fields}, tuple(notes))


def _ai_fields(texts: Iterable[Carried]) -> dict[str, Any]:
    """AI fields of all packets; of a prompt only that there is one."""
    found: dict[str, Any] = {}
    for text in texts:
        if text.carrier != "XMP":
            continue
        try:
            values = xmp_values(text.text)
        except Damaged:
            continue
        for name, key in _AI_FIELDS.items():
            if values.get(name):
                found.setdefault(key, True if key == "prompt" else values[name][0][:LONGEST_SHOWN])
    return found


_LEVELS: Mapping[str | None, tuple[Says, Grade, str]] = {
    "1": ("ai", 1, gettext_noop("The AIGC label of %(producer)s says that AI made this.")),
    "2": ("ai", 0, gettext_noop("The AIGC label of %(producer)s says that AI may have made this.")),
    "3": (
        "unknown",
        0,
        gettext_noop("The AIGC label of %(producer)s only suspects AI, which proves nothing."),
    ),
    None: ("ai", 0, gettext_noop("There is an AIGC label of %(producer)s without a level.")),
}
_NO_LEVEL = gettext_noop("There is an AIGC label of %(producer)s whose level is none of 1, 2 and 3.")


def aigc_findings(labels: Labels) -> Iterator[Finding]:
    """What the AIGC label says, and in what it breaks the standard."""
    if labels.aigc is None:
        if labels.verdict == "inconclusive":
            yield Finding("aigc", 0, "unknown", None, {"verdict": "inconclusive", "labels": []}, (_DAMAGED,))
        return
    best = labels.aigc
    says, grade, said = _LEVELS.get(best.label, ("unknown", 0, _NO_LEVEL))
    notes = [Note(said, {"producer": (best.producer or "?")[:LONGEST_SHOWN]})]
    notes += [Note(fault.template, fault.params) for fault in best.faults]
    if len({_content(label) for label in labels.found}) > 1:
        notes.append(Note(_SEVERAL, {"places": names([label.carrier for label in labels.found[:8]])}))
    details = {
        "verdict": verdict_of(labels),
        "labels": [_label_json(label) for label in labels.found[:8]],
    }
    yield Finding("aigc", grade, says, None, details, tuple(notes))


_DAMAGED = Note(gettext_noop("Something like an AIGC label is there, but it is damaged or too long to read."))
_SEVERAL = gettext_noop("The file bears several AIGC labels that differ, in %(places)s; one is allowed.")


def verdict_of(labels: Labels) -> Verdict:
    """The labels' verdict; several that differ break the standard (GB 45438-2025, 6.1 c)."""
    differ = len({_content(label) for label in labels.found}) > 1
    return "noncompliant" if differ else labels.verdict


def _content(label: AigcLabel) -> tuple[str | None, ...]:
    return (label.label, label.producer, label.produce_id, label.propagator, label.propagate_id)


def _label_json(label: AigcLabel) -> dict[str, Any]:
    return {
        "carrier": label.carrier,
        "verdict": label.verdict,
        "level": label.label,
        "producer": label.producer,
        "produce_id": label.produce_id,
        "propagator": label.propagator,
        "propagate_id": label.propagate_id,
        "integrity": label.reserved1,
    }
