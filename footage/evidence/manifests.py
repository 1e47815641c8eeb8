"""Content credentials (C2PA 2.2) walked from the active manifest down to what went in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from footage.credentials import Credentials, Manifest, read_credentials
from footage.evidence.findings import Finding, Grade, Note, Says
from footage.evidence.rules import SAYS_BY_TYPE
from footage.evidence.signals import MOST_MANIFESTS, is_proven_capture, says_of_history, signals_of
from footage.problems import gettext_noop

MOST_INGREDIENTS = 200


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
