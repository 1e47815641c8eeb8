"""Find labels in every carrier that the practice guides or the wild know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from footage.labels.aigc import FIELDS, AigcLabel, Damaged, Verdict, parse_aigc
from footage.labels.carriers import carried_texts
from footage.labels.model import Carried
from footage.labels.xmp import AIGC_NAME, SOURCE_NAME, source_type_code, xmp_values
from footage.problems import Problem

_LABEL_KEYS = frozenset({"aigc", "usercomment", "imagedescription"})


@dataclass(frozen=True, slots=True)
class Labels:
    """What a file says of its own making; `verdict` is about the AIGC label.

    Attributes:
        verdict: "inconclusive" means that something like a label is there but damaged, or that more stands
            there than is ever read.
        digital_source_type: Code of the IPTC vocabulary, such as "trainedAlgorithmicMedia".
        found: Every AIGC label with its carrier; the standard allows one (GB 45438-2025, 6.1 c).
    """

    aigc: AigcLabel | None
    verdict: Verdict
    digital_source_type: str | None = None
    found: tuple[AigcLabel, ...] = ()

    @property
    def says_ai(self) -> bool:
        """Whether the file owns to AI, in whole or in part."""
        return (self.aigc is not None and self.aigc.label in {"1", "2", "3"}) or self.digital_source_type in {
            "trainedAlgorithmicMedia",
            "compositeWithTrainedAlgorithmicMedia",
            "compositeSynthetic",
        }


def read_labels(path: Path) -> Labels:
    """Labels in any media file, document or Markdown text; never raises for a damaged label."""
    try:
        return labels_in(carried_texts(path))
    except Problem:
        return Labels(None, "not_found")


def labels_in(texts: Iterable[Carried]) -> Labels:
    """Labels in the texts that a file carries."""
    is_damaged = False
    found: list[AigcLabel] = []
    source_type = None
    for text in texts:
        is_damaged = is_damaged or (text.is_cut and _may_hold_a_label(text))
        try:
            found += _labels_of(text)
            source_type = source_type or _source_type_of(text)
        except Damaged:
            is_damaged = True
    if found:
        best = min(found, key=lambda label: len(label.faults))
        return Labels(best, best.verdict, source_type, tuple(found))
    return Labels(None, "inconclusive" if is_damaged else "not_found", source_type)


def _may_hold_a_label(text: Carried) -> bool:
    return text.carrier == "XMP" or text.key.lower() in _LABEL_KEYS


def _labels_of(text: Carried) -> Iterator[AigcLabel]:
    if text.carrier == "XMP":
        values: tuple[str, ...] = xmp_values(text.text).get(AIGC_NAME, ())
        place = "XMP AIGC"
    else:
        # Elsewhere only what names the label or one of its own fields is worth a look.
        names_it = (
            _may_hold_a_label(text) or "AIGC" in text.text or any(key in text.text for key in FIELDS[1:])
        )
        values, place = ((text.text,) if names_it else ()), text.place
    for value in values:
        label = parse_aigc(value, carrier=place)
        if label:
            yield label


def _source_type_of(text: Carried) -> str | None:
    if text.carrier == "XMP":
        stated = xmp_values(text.text).get(SOURCE_NAME, ())
        return source_type_code(stated[0]) if stated else None
    return source_type_code(text.text) if text.key.lower() == "digitalsourcetype" else None
