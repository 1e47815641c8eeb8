"""What a file's credentials claim, and how far each claim holds."""

from __future__ import annotations

import json
import mmap
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from footage.credentials.files import mime_of, offline_settings
from footage.labels import source_type_code
from footage.problems import Problem

Integrity = Literal["intact", "changed", "malformed", "unknown"]
Signature = Literal["valid", "invalid", "unknown"]
Trust = Literal["trusted", "untrusted", "expired", "revoked", "unknown"]
Time = Literal["trusted", "untrusted", "none"]
_ACTIONS = ("c2pa.actions.v2", "c2pa.actions")


@dataclass(frozen=True, slots=True)
class ActionClaim:
    """One action as claimed; `is_gathered` when the signer only passes it on (C2PA 2.2 §18.14)."""

    name: str
    source_type: str | None = None
    is_gathered: bool = False


@dataclass(frozen=True, slots=True)
class IngredientClaim:
    """What a manifest says went in; `manifest` is the label of that file's own manifest, if it had one."""

    title: str | None
    relationship: str
    manifest: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """One manifest of a file's history, each finding apart.

    Attributes:
        label: Its identifier inside the file.
        signer: Organisation of the signing certificate.
        generator: Software that wrote it.
        signed_at: ISO 8601, as stamped; None without a time stamp.
        digital_source_types: Codes stated by its actions.
        actions: Names of its actions, in order.
        failures: Codes of C2PA 2.2 §15 for whoever wants to look closer.
        steps: The same actions with what each states.
        is_complete: Whether the signer vouches that no other action happened (allActionsIncluded).
        ingredients: What it says went in.
    """

    label: str
    title: str | None
    signer: str | None
    generator: str | None
    signed_at: str | None
    integrity: Integrity
    signature: Signature
    trust: Trust
    time: Time
    digital_source_types: tuple[str, ...]
    actions: tuple[str, ...]
    failures: tuple[str, ...] = ()
    steps: tuple[ActionClaim, ...] = ()
    is_complete: bool = False
    ingredients: tuple[IngredientClaim, ...] = ()


@dataclass(frozen=True, slots=True)
class Credentials:
    """Findings about a file's credentials. The four findings are those of the active manifest alone.

    Attributes:
        digital_source_types: Codes of all manifests, the active one's first.
        ingredients: Of the active manifest.
        manifests: The whole history, active manifest first.
        remote_url: Where the manifest is said to lie when it isn't in the file; never fetched.
    """

    integrity: Integrity
    signature: Signature
    trust: Trust
    time: Time
    digital_source_types: tuple[str, ...] = ()
    ingredients: tuple[IngredientClaim, ...] = ()
    manifests: tuple[Manifest, ...] = ()
    remote_url: str | None = None


def read_credentials(path: Path, *, anchors: str | None) -> Credentials | None:
    """What a file's credentials claim and how far that holds; None for a file without any.

    Args:
        path: Any file; kinds that can't carry credentials have none.
        anchors: PEM of the certificates to trust, such as the school's and the C2PA trust list; None trusts
            nobody.
    """
    import c2pa

    try:
        mime = mime_of(path)
    except Problem:
        return None
    try:
        with (
            path.open("rb") as file,
            c2pa.Context.from_dict(offline_settings(anchors=anchors)) as context,
            c2pa.Reader(mime, file, context=context) as reader,
        ):
            return credentials_of(json.loads(reader.json()))
    except c2pa.C2paError.ManifestNotFound:
        return None
    except c2pa.C2paError as fault:
        remote = re.search(r"remote manifests? from url (\S+)", str(fault))
        if not remote and not _holds_store(path):
            return None
        state: Integrity = "unknown" if remote else "malformed"
        return Credentials(
            state, "unknown", "unknown", "none", remote_url=remote.group(1) if remote else None
        )


def _holds_store(path: Path) -> bool:
    """Whether a manifest store begins anywhere in the file (C2PA 2.2 §11.1: type c2pa of its JUMBF box)."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(b"jumdc2pa") >= 0


@dataclass(slots=True)
class _Findings:
    """Codes of one manifest: what was found right and what wrong."""

    right: set[str] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)

    @property
    def integrity(self) -> Integrity:
        if any(code.endswith(".mismatch") and not code.startswith("claimSignature") for code in self.wrong):
            return "changed"
        if any(code.startswith(("assertion.", "claim.", "ingredient.", "general.")) for code in self.wrong):
            return "malformed"
        is_bound = any(code.endswith("Hash.match") for code in self.right)
        return "intact" if is_bound or "ingredient.manifest.validated" in self.right else "unknown"

    @property
    def signature(self) -> Signature:
        if any(code.startswith("claimSignature.") for code in self.wrong):
            return "invalid"
        return "valid" if "claimSignature.validated" in self.right else "unknown"

    @property
    def trust(self) -> Trust:
        for code, verdict in _TRUST_FAILURES.items():
            if code in self.wrong:
                return verdict
        return "trusted" if "signingCredential.trusted" in self.right else "unknown"

    @property
    def time(self) -> Time:
        if "timeStamp.trusted" in self.right:
            return "trusted"
        return (
            "untrusted" if any(code.startswith("timeStamp.") for code in self.right | self.wrong) else "none"
        )


_TRUST_FAILURES: Mapping[str, Trust] = {
    "signingCredential.ocsp.revoked": "revoked",
    "signingCredential.revoked": "revoked",
    "signingCredential.expired": "expired",
    "signingCredential.invalid": "untrusted",
    "signingCredential.untrusted": "untrusted",
}


def credentials_of(store: Mapping[str, Any]) -> Credentials:
    """Findings about a manifest store as the C2PA library reports it in JSON."""
    findings = _findings(store)
    manifests = {
        label: _read_manifest(label, data, findings[label])
        for label, data in (store.get("manifests") or {}).items()
    }
    if store.get("active_manifest") not in manifests:
        return Credentials("malformed", "unknown", "unknown", "none")
    active = manifests[store["active_manifest"]]
    history = (active, *(manifest for manifest in manifests.values() if manifest is not active))
    types = dict.fromkeys(code for manifest in history for code in manifest.digital_source_types)
    return Credentials(
        active.integrity,
        active.signature,
        active.trust,
        active.time,
        tuple(types),
        active.ingredients,
        history,
    )


def _findings(store: Mapping[str, Any]) -> dict[str, _Findings]:
    """Codes per manifest: those found now and, for ingredients, those their importer recorded.

    What an importer recorded about the active manifest would be a signer's word about itself.
    """
    found: dict[str, _Findings] = defaultdict(_Findings)
    for results in _own_results(store):
        _note(found, results)
    for results in _recorded_results(store):
        _note(found, results, but=store.get("active_manifest"))
    return found


def _note(found: dict[str, _Findings], results: Mapping[str, Any], *, but: str | None = None) -> None:
    for kind in ("success", "failure"):
        for item in _objects(results.get(kind)):
            label = _manifest_of(item)
            if label != but:
                codes = found[label].right if kind == "success" else found[label].wrong
                codes.add(str(item.get("code")))


def _own_results(store: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    now = store.get("validation_results") or {}
    yield now.get("activeManifest") or {}
    for delta in now.get("ingredientDeltas") or []:
        yield delta.get("validationDeltas") or {}


def _recorded_results(store: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for manifest in (store.get("manifests") or {}).values():
        for ingredient in _objects(manifest.get("ingredients")):
            yield (ingredient.get("validation_results") or {}).get("activeManifest") or {}
            yield {"failure": ingredient.get("validation_status") or []}


def _manifest_of(item: Mapping[str, Any]) -> str:
    match = re.search(r"/c2pa/([^/]+)", item.get("url") or "")
    return match.group(1) if match else ""


def _read_manifest(label: str, data: Mapping[str, Any], findings: _Findings) -> Manifest:
    signed = data.get("signature_info") or {}
    steps = tuple(_steps(data))
    generators = data.get("claim_generator_info") or [{}]
    return Manifest(
        label=label,
        title=data.get("title"),
        signer=signed.get("issuer"),
        generator=generators[0].get("name") or data.get("claim_generator"),
        signed_at=signed.get("time"),
        integrity=findings.integrity,
        signature=findings.signature,
        trust=findings.trust,
        time=findings.time,
        digital_source_types=tuple(dict.fromkeys(step.source_type for step in steps if step.source_type)),
        actions=tuple(step.name for step in steps),
        failures=tuple(sorted(findings.wrong)),
        steps=steps,
        is_complete=any(part.get("allActionsIncluded") is True for _, part in _action_lists(data)),
        ingredients=tuple(_read_ingredients(data)),
    )


def _steps(data: Mapping[str, Any]) -> Iterator[ActionClaim]:
    for is_gathered, part in _action_lists(data):
        for action in _objects(part.get("actions")):
            stated = source_type_code(str(action.get("digitalSourceType") or ""))
            yield ActionClaim(str(action.get("action")), stated, is_gathered)


def _action_lists(data: Mapping[str, Any]) -> Iterator[tuple[bool, Mapping[str, Any]]]:
    """Assertions about actions; from claims of version 2 on the signer vouches only for those it created."""
    for assertion in _objects(data.get("assertions")):
        if str(assertion.get("label", "")).startswith(_ACTIONS):
            is_gathered = data.get("claim_version") == 2 and not assertion.get("created")
            part = assertion.get("data")
            yield is_gathered, part if isinstance(part, Mapping) else {}


def _objects(values: Any) -> Iterable[Mapping[str, Any]]:
    return [value for value in values or [] if isinstance(value, Mapping)]


def _read_ingredients(data: Mapping[str, Any]) -> Iterator[IngredientClaim]:
    for ingredient in _objects(data.get("ingredients")):
        yield IngredientClaim(
            ingredient.get("title"), str(ingredient.get("relationship")), ingredient.get("active_manifest")
        )
