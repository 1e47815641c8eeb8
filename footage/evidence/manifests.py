"""Content credentials (C2PA 2.2) walked from the active manifest down to what went in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from footage.credentials import Credentials, Manifest, read_credentials
from footage.evidence.findings import Finding, Grade, Note, Says
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
from footage.problems import gettext_noop

MOST_MANIFESTS, MOST_INGREDIENTS = 500, 200
_LEAVES_CONTENT: frozenset[str] = frozenset({"c2pa.placed"})


def read_manifests(path: Path, *, anchors: str | None) -> Iterator[Finding]:
    """One finding about the file's credentials, if it has any.

    Args:
        path: Any media file.
        anchors: PEM of the certificates to trust; None trusts nobody.
    """
    found = read_credentials(path, anchors=anchors)
    if found is None:
        return
    if not found.manifests:
        yield _without_manifest(found)
        return
    yield _finding(found)


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


def _finding(found: Credentials) -> Finding:
    claimed = says_of_history(found)
    # A broken human claim says nothing; an admission of AI stays one.
    says: Says = claimed if _is_sound(found) or claimed in {"ai", "mixed"} else "unknown"
    codes = found.digital_source_types
    deciding = (code for code in codes if SAYS_BY_TYPE.get(code) == claimed)
    code = next(deciding, codes[0] if codes else None)
    details = _details(found, claimed)
    return Finding("c2pa", _grade(found, claimed), says, code, details, tuple(_notes(found, claimed)))


def _is_sound(found: Credentials) -> bool:
    return found.integrity == "intact" and found.signature == "valid" and found.trust != "revoked"


def _grade(found: Credentials, claimed: Says) -> Grade:
    """3 for what a trusted signer binds to the content: AI, or a capture whose whole history is trusted.

    An admission of AI by anybody is an attached fact. Anybody can sign a human claim with a certificate of
    their own, so that is a declaration; and a trusted editing program knows of no hand, only of itself.
    """
    if not _is_sound(found):
        return 0
    admits = claimed in {"ai", "mixed"}
    if found.trust == "trusted" and (admits or is_proven_capture(found)):
        return 3
    return 1 if admits or found.trust == "trusted" else 0


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


def _details(found: Credentials, claimed: Says) -> dict[str, Any]:
    return {
        "integrity": found.integrity,
        "signature": found.signature,
        "trust": found.trust,
        "time": found.time,
        "claims": claimed,
        "is_proven_capture": is_proven_capture(found),
        "manifests": [_manifest_json(manifest) for manifest in found.manifests[:MOST_MANIFESTS]],
        "manifest_count": len(found.manifests),
    }


def _manifest_json(manifest: Manifest) -> dict[str, Any]:
    signals = signals_of(manifest)
    return {
        "label": manifest.label[:200],
        "title": manifest.title,
        "signer": manifest.signer,
        "generator": manifest.generator,
        "signed_at": manifest.signed_at,
        "integrity": manifest.integrity,
        "signature": manifest.signature,
        "trust": manifest.trust,
        "time": manifest.time,
        "source_types": list(manifest.digital_source_types),
        "actions": list(manifest.actions[:MOST_INGREDIENTS]),
        "inceptions": list(signals.inceptions),
        "transformations": list(signals.transformations),
        "failures": list(manifest.failures),
        "ingredients": [
            {"title": part.title, "relationship": part.relationship, "manifest": part.manifest}
            for part in manifest.ingredients[:MOST_INGREDIENTS]
        ],
    }


def _without_manifest(found: Credentials) -> Finding:
    details: dict[str, Any] = {
        "integrity": found.integrity,
        "signature": found.signature,
        "trust": found.trust,
        "time": found.time,
        "remote_url": found.remote_url,
        "manifests": [],
        "manifest_count": 0,
    }
    return Finding("c2pa", 0, "unknown", None, details, (Note(_REMOTE if found.remote_url else _UNREADABLE),))


_REMOTE = gettext_noop(
    "The content credentials lie on another server and were not fetched. Hand in a copy that carries them."
)
_UNREADABLE = gettext_noop("There are content credentials, but they are damaged and say nothing.")
_CLAIMS: Mapping[Says, str] = {
    "ai": gettext_noop("Content credentials of %(signer)s say that AI made this."),
    "human": gettext_noop("Content credentials of %(signer)s say that it was captured or made without AI."),
    "mixed": gettext_noop("Content credentials of %(signer)s say that part of this was made by AI."),
    "neutral": gettext_noop("Content credentials of %(signer)s say that this began as an empty canvas."),
    "unknown": gettext_noop("Content credentials of %(signer)s don't say who made all of this."),
}
_INTEGRITY: Mapping[str, str] = {
    "changed": gettext_noop("The file was changed after it was signed."),
    "malformed": gettext_noop("Parts of the credentials are missing or damaged."),
    "unknown": gettext_noop("Whether the file is still the one that was signed can't be told."),
}
_SIGNATURE: Mapping[str, str] = {
    "invalid": gettext_noop("The signature doesn't fit the claim."),
    "unknown": gettext_noop("The signature could not be checked."),
}
_TRUST: Mapping[str, str] = {
    "untrusted": gettext_noop("The signer is on no list that this school trusts."),
    "expired": gettext_noop(
        "The signer's certificate has expired and no trusted clock says that the signature is older."
    ),
    "revoked": gettext_noop("The signer's certificate was revoked."),
    "unknown": gettext_noop("Whether the signer can be trusted is not known."),
}


def _notes(found: Credentials, claimed: Says) -> Iterator[Note]:
    active = found.manifests[0]
    yield Note(_CLAIMS[claimed], {"signer": active.signer or active.generator or "?"})
    for sentences, state in (
        (_INTEGRITY, found.integrity),
        (_SIGNATURE, found.signature),
        (_TRUST, found.trust),
    ):
        if state in sentences:
            yield Note(sentences[state])
