"""The AIGC label of GB 45438-2025: its fields and what may be wrong with them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from footage.problems import Problem, gettext_noop

Verdict = Literal["compliant", "noncompliant", "not_found", "inconclusive"]
FIELDS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)
LONGEST_FIELD, MOST_FAULTS = 2000, 50
# Names in libraries' code and in an older form of one cloud, by the standard's own.
_MISSPELT: Mapping[str, str] = {
    "ReserveCode1": "ReservedCode1",
    "ReserveCode2": "ReservedCode2",
    "Producer": "ContentProducer",
    "ProduceId": "ProduceID",
    "Propagator": "ContentPropagator",
    "PropagateId": "PropagateID",
    "ServiceProvider": "ContentProducer",
    "ContentId": "ProduceID",
}
_KNOWN = frozenset(FIELDS) | (_MISSPELT.keys() - {"Producer"})
MAY_BE_EMPTY = frozenset({"ReservedCode1", "ReservedCode2", "ContentPropagator", "PropagateID"})
_PLACEHOLDER = re.compile(r"[A-Z]X{3,}|value\d")
# Printable ASCII without space, quotation mark and backslash (Annex E).
_ALLOWED = re.compile(r"[!#-\[\]-~]*")


@dataclass(frozen=True, slots=True)
class AigcLabel:
    """An AIGC label as found. Fields are None where absent; `faults` say in what it breaks the standard.

    Attributes:
        label: "1" is, "2" may be, "3" is suspected to be made by AI.
        carrier: Where it stood, such as "XMP", "Exif UserComment" or "MP4 metadata".
    """

    label: str | None
    producer: str | None
    produce_id: str | None
    reserved1: str | None
    propagator: str | None
    propagate_id: str | None
    reserved2: str | None
    carrier: str
    faults: tuple[Problem, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return "noncompliant" if self.faults else "compliant"


class Damaged(Exception):
    """Something like a label that can't be read."""


def parse_aigc(text: str, *, carrier: str) -> AigcLabel | None:
    """Read a label from text: bare JSON, wrapped in {"AIGC": …}, after "AIGC=", escaped once more, misspelt.

    None when the text is about something else. Only JSON with at least one known field counts.

    Raises:
        Damaged: the text names the label and is no JSON.
    """
    text = html.unescape(html.unescape(text)).strip().strip("\0")
    start = text.find("{")
    if start < 0:
        return None
    data = _object_at(text, start)
    if data is None:
        if "AIGC" in text[: start + 12] or carrier.endswith("AIGC"):
            raise Damaged
        return None
    data = _unwrapped(data)
    return _label(data, carrier) if any(key in data for key in _KNOWN) else None


def _object_at(text: str, start: int) -> dict[str, Any] | None:
    """The JSON object at `start`, also when its quotation marks were escaped as in a string."""
    for candidate in (text[start:], re.sub(r'\\+"', '"', text[start:])):
        try:
            data = json.JSONDecoder().raw_decode(candidate)[0]
        except (ValueError, RecursionError):
            continue
        return data if isinstance(data, dict) else None
    return None


def _unwrapped(data: dict[str, Any]) -> dict[str, Any]:
    inner = next((value for key, value in data.items() if key.strip().upper() == "AIGC"), None)
    if isinstance(inner, str) and "{" in inner:
        inner = _object_at(inner, inner.index("{"))
    return inner if isinstance(inner, dict) else data


def _label(data: Mapping[str, Any], carrier: str) -> AigcLabel:
    """The label with misspelt and foreign field names put right; `faults` name them."""
    read = {_MISSPELT.get(key, key): value for key, value in data.items()}
    label, producer, produce_id, reserved1, propagator, propagate_id, reserved2 = (
        None if read.get(key) is None else str(read[key])[:LONGEST_FIELD] for key in FIELDS
    )
    faults = tuple(islice(faults_of(data), MOST_FAULTS))
    return AigcLabel(
        label, producer, produce_id, reserved1, propagator, propagate_id, reserved2, carrier, faults
    )


def faults_of(data: Mapping[str, Any]) -> Iterator[Problem]:
    for key in FIELDS:
        if key not in data:
            yield Problem(gettext_noop("The AIGC label has no field %(field)s."), field=key)
        elif not isinstance(data[key], str):
            yield Problem(gettext_noop("The field %(field)s of the AIGC label is not text."), field=key)
        else:
            yield from _value_faults(key, data[key])
    for key in sorted(data.keys() - set(FIELDS)):
        yield Problem(gettext_noop("The AIGC label has an unknown field %(field)s."), field=str(key)[:60])


def _value_faults(key: str, value: str) -> Iterator[Problem]:
    if key == "Label" and value not in {"1", "2", "3"}:
        yield Problem(
            gettext_noop("The AIGC label's level is %(value)s instead of 1, 2 or 3."), value=value[:60]
        )
    elif not value and key not in MAY_BE_EMPTY:
        yield Problem(gettext_noop("The field %(field)s of the AIGC label is empty."), field=key)
    elif not _ALLOWED.fullmatch(value):
        yield Problem(
            gettext_noop("The field %(field)s of the AIGC label holds characters that are not allowed."),
            field=key,
        )
    elif _PLACEHOLDER.fullmatch(value):
        yield Problem(
            gettext_noop("The field %(field)s of the AIGC label is an unfilled example."), field=key
        )
