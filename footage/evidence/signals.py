"""Signals of a manifest by the C2PA Asset Rubrics, and what a whole history of manifests says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from footage.credentials import Credentials, Manifest
from footage.evidence.findings import Says
from footage.evidence.rules import (
    CAPTURE_SIGNALS,
    GENAI_TYPES,
    INCEPTION_ACTIONS,
    INCEPTION_BY_TYPE,
    NON_EDITORIAL_ACTIONS,
    POSSIBLY_GENAI_TYPES,
    SAYS_BY_SIGNAL,
    SAYS_BY_TYPE,
    Inception,
    Transformation,
    together,
)

MOST_MANIFESTS = 500
_LEAVES_CONTENT: frozenset[str] = frozenset({"c2pa.placed"})


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals of one manifest by the Asset Rubrics, without those of its ingredients."""

    inceptions: tuple[Inception, ...]
    transformations: tuple[Transformation, ...]


def signals_of(manifest: Manifest) -> Signals:
    """Inception and transformation signals that this manifest itself gives."""
    created = [step.source_type or "" for step in manifest.steps if step.name == "c2pa.created"]
    inceptions = [INCEPTION_BY_TYPE[code] for code in created if code in INCEPTION_BY_TYPE]
    if any(ingredient.manifest is None for ingredient in manifest.ingredients):
        inceptions.append("mediaUnknownProvenance")
    return Signals(tuple(dict.fromkeys(inceptions)), tuple(dict.fromkeys(_transformations(manifest))))


def _transformations(manifest: Manifest) -> Iterator[Transformation]:
    for step in manifest.steps:
        if step.name in NON_EDITORIAL_ACTIONS:
            yield "nonEditorial"
        elif step.name not in INCEPTION_ACTIONS:
            if step.source_type in GENAI_TYPES:
                yield "perceptibleGenAI"
            elif step.source_type in POSSIBLY_GENAI_TYPES:
                yield "perceptiblePossiblyGenAI"
            elif step.name not in _LEAVES_CONTENT:
                yield "perceptibleNonGenAI"
    if _is_ambiguous(manifest):
        yield "ambiguousActions"


def _is_ambiguous(manifest: Manifest) -> bool:
    return (
        not manifest.steps
        or not manifest.is_complete
        or any(step.is_gathered for step in manifest.steps)
        or _has_unknown_action(manifest)
    )


def _has_unknown_action(manifest: Manifest) -> bool:
    return any(step.name == "c2pa.unknown" or not step.name.startswith("c2pa.") for step in manifest.steps)


def says_of_history(found: Credentials) -> Says:
    """What the active manifest and everything it grew from say together."""
    by_label = {manifest.label: manifest for manifest in found.manifests}
    reached = _history(found)
    if len(reached) > MOST_MANIFESTS:
        return "unknown"
    return together(frozenset(voice for manifest in reached for voice in _voices(manifest, by_label)))


def _history(found: Credentials) -> list[Manifest]:
    by_label = {manifest.label: manifest for manifest in found.manifests}
    return list(islice(_reached(found.manifests[0], by_label), MOST_MANIFESTS + 1))


def _reached(active: Manifest, by_label: Mapping[str, Manifest]) -> Iterator[Manifest]:
    """The active manifest and its ingredients' manifests, each once; input to a model is no part of it."""
    waiting, seen = [active], {active.label}
    while waiting:
        manifest = waiting.pop()
        yield manifest
        for ingredient in manifest.ingredients:
            below = by_label.get(ingredient.manifest or "")
            if below and below.label not in seen and ingredient.relationship != "inputTo":
                seen.add(below.label)
                waiting.append(below)


def _voices(manifest: Manifest, by_label: Mapping[str, Manifest]) -> Iterator[Says]:
    signals = signals_of(manifest)
    parts = [part for part in manifest.ingredients if part.relationship != "inputTo"]
    is_explained = bool(parts) and all(part.manifest in by_label for part in parts)
    for inception in signals.inceptions:
        if inception == "mediaUnknownProvenance" and not parts:
            continue
        # A composition whose parts all have a history is what its parts are.
        if inception != "compositionMayContainGenAI" or not is_explained:
            yield SAYS_BY_SIGNAL[inception]
    if any(part.manifest is not None and part.manifest not in by_label for part in parts):
        yield "unknown"
    if not signals.inceptions and not parts:
        yield _by_created_type(manifest)
    if "blankCanvas" in signals.inceptions and "perceptibleNonGenAI" in signals.transformations:
        yield "human"
    yield from (SAYS_BY_SIGNAL[kind] for kind in signals.transformations if kind in SAYS_BY_SIGNAL)
    if _has_unknown_action(manifest):
        yield "unknown"


def _by_created_type(manifest: Manifest) -> Says:
    """Codes that the rubrics have no signal for, by IPTC's definition; without any, nobody knows."""
    stated = next((step.source_type for step in manifest.steps if step.name == "c2pa.created"), None)
    return SAYS_BY_TYPE.get(stated or "", "unknown")


def is_proven_capture(found: Credentials) -> bool:
    """Whether everything in the history is a capture by a trusted signer."""
    history = _history(found)
    inceptions = {inception for manifest in history for inception in signals_of(manifest).inceptions}
    is_trusted = all(
        manifest.trust == "trusted" and manifest.integrity not in {"changed", "malformed"}
        for manifest in history
    )
    return (
        is_trusted
        and bool(inceptions)
        and inceptions <= CAPTURE_SIGNALS
        and says_of_history(found) == "human"
    )
