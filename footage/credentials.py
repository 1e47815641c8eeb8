"""Content credentials (C2PA 2.2): a school's certificate, signing files, reading what files claim.

Reading keeps apart what one badge would blur: whether the content is unchanged (integrity), whether the
signature fits the claim, whether the signer is on a list we trust, and whether a trusted clock stamped
it. Genuine files of large vendors come out expired or untrusted every day; that says nothing about their
content. Nothing here uses the network.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from footage.labels import SOURCE_TYPE_URI, source_type_code
from footage.problems import Problem, gettext_noop
from footage.sniff import sniff

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

Integrity = Literal["intact", "changed", "malformed", "unknown"]
Signature = Literal["valid", "invalid", "unknown"]
Trust = Literal["trusted", "untrusted", "expired", "revoked", "unknown"]
Time = Literal["trusted", "untrusted", "none"]
Relationship = Literal["parentOf", "componentOf", "inputTo"]

CLAIM_SIGNING = "1.3.6.1.4.1.62558.2.1"
CA_YEARS, LEAF_YEARS = 10, 5
RENEW_BEFORE = timedelta(days=60)
LONGEST_SUBJECT = 64
GENERATOR = "Dailies"
MIMES = frozenset(
    {
        "image/png", "image/jpeg", "image/webp", "image/tiff",
        "video/mp4", "video/quicktime", "video/x-msvideo",
        "audio/mp4", "audio/wav", "audio/mpeg",
    }
)  # fmt: skip
_ACTIONS = ("c2pa.actions.v2", "c2pa.actions")
_CA_CERTIFICATE, _CA_KEY, _CHAIN, _KEY = "ca.pem", "ca.key", "chain.pem", "signer.key"


# The school's certificate


@dataclass(frozen=True, slots=True)
class SchoolCa:
    """A folder with the school's own certificate authority and the signing certificate it issued."""

    folder: Path

    @property
    def anchor(self) -> str:
        """PEM of the authority's certificate: what others add to their trusted anchors."""
        return (self.folder / _CA_CERTIFICATE).read_text()

    @property
    def chain(self) -> bytes:
        """PEM of signing certificate and authority, in that order."""
        return (self.folder / _CHAIN).read_bytes()

    @property
    def key(self) -> bytes:
        """PEM (PKCS #8) of the signing key."""
        return (self.folder / _KEY).read_bytes()


def make_school_ca(folder: Path, *, school: str, now: datetime | None = None) -> SchoolCa:
    """The school's authority in `folder`, made when absent; its signing certificate is renewed in good time.

    Args:
        folder: Holds two keys of mode 0600; keep it out of the web root and in the backup.
        school: Name of the school, as the certificate's organisation.
        now: Aware time from which certificates count; the present when absent.
    """
    now = now or datetime.now(UTC)
    if not (folder / _KEY).exists():
        _make_folder(folder, school, now)
    if _leaf_ends(folder) - now < RENEW_BEFORE:
        _issue_leaf(folder, now)
    return SchoolCa(folder)


def _make_folder(folder: Path, school: str, now: datetime) -> None:
    """Build the folder elsewhere and move it into place, so that two processes never mix their keys."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=".ca-", ignore_cleanup_errors=True) as making:
        new = Path(making) / "new"
        new.mkdir(mode=0o700)
        _issue_authority(new, school, now)
        _issue_leaf(new, now)
        try:
            new.rename(folder)
        except OSError:
            if not (folder / _KEY).exists():
                raise


def _issue_authority(folder: Path, school: str, now: datetime) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = _subject(school, "Film school authority")
    builder = _certificate(name, name, key, now, CA_YEARS).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    _write_pair(folder, (_CA_CERTIFICATE, _CA_KEY), builder, _usage(certificates=True), key, key)


def _issue_leaf(folder: Path, now: datetime) -> None:
    """A certificate as C2PA 2.2 §14.5.1 wants it; emailProtection serves readers older than its OID."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509.oid import ExtendedKeyUsageOID

    authority = x509.load_pem_x509_certificate((folder / _CA_CERTIFICATE).read_bytes())
    signer: Any = load_pem_private_key((folder / _CA_KEY).read_bytes(), None)
    key = ec.generate_private_key(ec.SECP256R1())
    school = authority.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)[0].value
    purposes = [ExtendedKeyUsageOID.EMAIL_PROTECTION, x509.ObjectIdentifier(CLAIM_SIGNING)]
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    builder = (
        _certificate(_subject(str(school), "Content credentials"), authority.subject, key, now, LEAF_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(issuer, critical=False)
    )
    _write_pair(folder, (_CHAIN, _KEY), builder, _usage(certificates=False), key, signer, below=authority)


def _subject(school: str, role: str) -> x509.Name:
    from cryptography import x509

    common = f"{_cut(school, LONGEST_SUBJECT - len(role) - 2)}: {role}"
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, _cut(school, LONGEST_SUBJECT)),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, common),
        ]
    )


def _cut(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, whole characters only (X.520 upper bounds)."""
    return text.encode()[:most].decode(errors="ignore")


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, now: datetime, years: int
) -> x509.CertificateBuilder:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # Clocks of readers may be a little behind.
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not certificates, key_cert_sign=certificates, crl_sign=certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _write_pair(
    folder: Path,
    names: tuple[str, str],
    builder: x509.CertificateBuilder,
    usage: x509.KeyUsage,
    key: EllipticCurvePrivateKey,
    signer: EllipticCurvePrivateKey,
    *,
    below: x509.Certificate | None = None,
) -> None:
    """Sign the certificate with `signer` and write it, followed by the one it hangs below, and its key."""
    from cryptography.hazmat.primitives import hashes, serialization

    certificate = builder.add_extension(usage, critical=True).sign(signer, hashes.SHA256())
    chain = [certificate] if below is None else [certificate, below]
    pem = serialization.Encoding.PEM
    _write(folder / names[0], b"".join(link.public_bytes(pem) for link in chain), mode=0o644)
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write(folder / names[1], secret, mode=0o600)


def _write(path: Path, data: bytes, *, mode: int) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
    part.replace(path)


def _leaf_ends(folder: Path) -> datetime:
    from cryptography import x509

    return x509.load_pem_x509_certificates((folder / _CHAIN).read_bytes())[0].not_valid_after_utc


# Signing


@dataclass(frozen=True, slots=True)
class Action:
    """One step of how a file came to be (C2PA 2.2 §18.14).

    Attributes:
        name: Such as "c2pa.created" (needs `source_type`), or "c2pa.opened" and "c2pa.placed" (need
            `ingredients`).
        source_type: Code of IPTC's digital source type vocabulary.
        agent: Software or engine that did it.
        ingredients: Labels of the ingredients it is about.
        start: With `end`, the half-open stretch of the film it is about, in seconds.
    """

    name: str
    source_type: str | None = None
    agent: str | None = None
    description: str | None = None
    ingredients: tuple[str, ...] = ()
    start: Fraction | None = None
    end: Fraction | None = None

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"action": self.name}
        if self.source_type:
            data["digitalSourceType"] = SOURCE_TYPE_URI + self.source_type
        if self.agent:
            data["softwareAgent"] = {"name": self.agent}
        if self.description:
            data["description"] = self.description
        if self.ingredients:
            data["parameters"] = {"ingredientIds": list(self.ingredients)}
        if self.start is not None and self.end is not None:
            data["changes"] = [{"region": [_time_region(self.start, self.end)]}]
        return data


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A file that went into another; its own credentials travel along."""

    path: Path
    label: str
    title: str
    relationship: Relationship = "componentOf"


def sign_file(
    src: Path,
    dst: Path,
    *,
    folder: Path,
    actions: Sequence[Action],
    ingredients: Sequence[Ingredient] = (),
    title: str | None = None,
    assertions: Mapping[str, Any] | None = None,
) -> None:
    """Write a copy of `src` with a signed manifest; whatever is written into it later breaks the signature.

    Args:
        src: PNG, JPEG, WebP, TIFF, MP4, MOV, AVI, M4A, WAV or MP3.
        dst: The signed copy; may be `src` itself.
        folder: The school's, as made by `make_school_ca`.
        actions: The complete list, beginning with "c2pa.created" or "c2pa.opened".
        ingredients: Files that went in; each must be named by an action.
        title: Name of the work for people.
        assertions: Further assertions by label, such as "org.example.assessment".

    Raises:
        Problem: when the kind of file can't carry credentials or is too damaged to.
        ValueError: when the first action isn't one the specification allows there.
    """
    import c2pa

    if not actions or actions[0].name not in {"c2pa.created", "c2pa.opened"}:
        raise ValueError("A manifest's first action is c2pa.created or c2pa.opened.")
    ca, mime = SchoolCa(folder), _mime(src)
    part = dst.with_name(f".{dst.name}.{os.getpid()}.part")
    info = c2pa.C2paSignerInfo(alg=b"es256", sign_cert=ca.chain, private_key=ca.key, ta_url=None)
    try:
        with (
            c2pa.Context.from_dict(_settings(anchors=ca.anchor)) as context,
            c2pa.Builder(_manifest(actions, title or src.name, assertions or {}), context=context) as builder,
            c2pa.Signer.from_info(info) as signer,
        ):
            for ingredient in ingredients:
                _add_ingredient(builder, ingredient)
            with src.open("rb") as source, part.open("w+b") as target:
                builder.sign(signer, mime, source, target)
        part.replace(dst)
    except c2pa.C2paError as fault:
        raise Problem(
            gettext_noop("%(name)s could not be signed: %(why)s."), name=src.name, why=str(fault)[:200]
        ) from fault
    finally:
        part.unlink(missing_ok=True)


def _manifest(actions: Sequence[Action], title: str, assertions: Mapping[str, Any]) -> dict[str, Any]:
    listed = {"actions": [action.to_json() for action in actions], "allActionsIncluded": True}
    own = [{"label": label, "data": data} for label, data in assertions.items()]
    return {
        "claim_generator_info": [{"name": GENERATOR}],
        "title": title,
        "assertions": [{"label": "c2pa.actions.v2", "data": listed}, *own],
    }


def _add_ingredient(builder: Any, ingredient: Ingredient) -> None:
    described = {
        "title": ingredient.title,
        "relationship": ingredient.relationship,
        "label": ingredient.label,
        "instance_id": ingredient.label,
    }
    with ingredient.path.open("rb") as file:
        builder.add_ingredient(json.dumps(described), _mime(ingredient.path), file)


def _mime(path: Path) -> str:
    mime = sniff(path, name=path.name).mime
    if mime not in MIMES:
        raise Problem(
            gettext_noop("%(name)s can't carry content credentials: %(mime)s has no place for them."),
            name=path.name,
            mime=mime,
        )
    return mime


def _time_region(start: Fraction, end: Fraction) -> dict[str, Any]:
    """Temporal region in normal play time (C2PA 2.2 §18.2.2)."""
    time = {"type": "npt", "start": f"{float(start):.3f}", "end": f"{float(end):.3f}"}
    return {"type": "temporal", "time": time}


def _settings(*, anchors: str | None) -> dict[str, Any]:
    """Offline, without thumbnails, and trusting these anchors alone."""
    settings: dict[str, Any] = {
        "version": 1,
        "builder": {"thumbnail": {"enabled": False}},
        "verify": {"verify_trust": True, "remote_manifest_fetch": False, "ocsp_fetch": False},
    }
    return settings | {"trust": {"trust_anchors": anchors}} if anchors else settings


# Reading


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


@dataclass(frozen=True, slots=True)
class IngredientClaim:
    """What a manifest says went in; `manifest` is the label of that file's own manifest, if it had one."""

    title: str | None
    relationship: str
    manifest: str | None


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
        mime = _mime(path)
    except Problem:
        return None
    try:
        with (
            path.open("rb") as file,
            c2pa.Context.from_dict(_settings(anchors=anchors)) as context,
            c2pa.Reader(mime, file, context=context) as reader,
        ):
            return _credentials(json.loads(reader.json()))
    except c2pa.C2paError.ManifestNotFound:
        return None
    except c2pa.C2paError as fault:
        remote = re.search(r"remote manifests? from url (\S+)", str(fault))
        state: Integrity = "unknown" if remote else "malformed"
        return Credentials(
            state, "unknown", "unknown", "none", remote_url=remote.group(1) if remote else None
        )


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


def _credentials(store: Mapping[str, Any]) -> Credentials:
    findings = _findings(store)
    manifests = {
        label: _read_manifest(label, data, findings[label]) for label, data in store["manifests"].items()
    }
    active = manifests[store["active_manifest"]]
    history = (active, *(manifest for manifest in manifests.values() if manifest is not active))
    types = dict.fromkeys(code for manifest in history for code in manifest.digital_source_types)
    return Credentials(
        active.integrity,
        active.signature,
        active.trust,
        active.time,
        tuple(types),
        tuple(_read_ingredients(store["manifests"][active.label])),
        history,
    )


def _findings(store: Mapping[str, Any]) -> dict[str, _Findings]:
    """Codes per manifest: those found now and, for ingredients, those their importer recorded."""
    found: dict[str, _Findings] = defaultdict(_Findings)
    for results in _all_results(store):
        for item in results.get("success", []):
            found[_manifest_of(item)].right.add(item["code"])
        for item in results.get("failure", []):
            found[_manifest_of(item)].wrong.add(item["code"])
    return found


def _all_results(store: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    now = store.get("validation_results") or {}
    yield now.get("activeManifest") or {}
    for delta in now.get("ingredientDeltas") or []:
        yield delta.get("validationDeltas") or {}
    for manifest in store["manifests"].values():
        for ingredient in manifest.get("ingredients") or []:
            yield (ingredient.get("validation_results") or {}).get("activeManifest") or {}
            yield {"failure": ingredient.get("validation_status") or []}


def _manifest_of(item: Mapping[str, Any]) -> str:
    match = re.search(r"/c2pa/([^/]+)", item.get("url") or "")
    return match.group(1) if match else ""


def _read_manifest(label: str, data: Mapping[str, Any], findings: _Findings) -> Manifest:
    signed = data.get("signature_info") or {}
    actions = list(_actions(data))
    stated = [source_type_code(str(action.get("digitalSourceType") or "")) for action in actions]
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
        digital_source_types=tuple(dict.fromkeys(code for code in stated if code)),
        actions=tuple(str(action.get("action")) for action in actions),
        failures=tuple(sorted(findings.wrong)),
    )


def _actions(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for assertion in data.get("assertions") or []:
        if str(assertion.get("label", "")).startswith(_ACTIONS):
            yield from _objects((assertion.get("data") or {}).get("actions"))


def _objects(values: Any) -> Iterable[Mapping[str, Any]]:
    return [value for value in values or [] if isinstance(value, Mapping)]


def _read_ingredients(data: Mapping[str, Any]) -> Iterator[IngredientClaim]:
    for ingredient in _objects(data.get("ingredients")):
        yield IngredientClaim(
            ingredient.get("title"), str(ingredient.get("relationship")), ingredient.get("active_manifest")
        )
