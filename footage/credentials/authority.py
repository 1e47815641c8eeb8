"""The school's own certificate authority and signing certificate."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey


CLAIM_SIGNING = "1.3.6.1.4.1.62558.2.1"
CA_YEARS, LEAF_YEARS = 10, 5
RENEW_BEFORE = timedelta(days=60)
LONGEST_SUBJECT = 64
_CA_CERTIFICATE, _CA_KEY, _CHAIN, _KEY = "ca.pem", "ca.key", "chain.pem", "signer.key"


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
