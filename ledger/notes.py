"""Signed notes and checkpoints of C2SP (signed-note, tlog-checkpoint, tlog-cosignature), with Ed25519 keys.

A note is text that ends in a newline, a blank line, and one line per signature,
`— name base64(key id ‖ signature)`.
Keys are written as golang.org/x/mod/sumdb/note writes them, so other C2SP software reads them:
`PRIVATE+KEY+name+id+base64(type ‖ seed)` and `name+id+base64(type ‖ public key)`. Type 0x01 signs the text
itself (logs); type 0x04 signs it with the time put before (witnesses).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
COSIGNATURE = b"\x04"
KEY_ID_BYTES = 4
KEY_BYTES = 32
SIGNATURE_BYTES = 64
TIME_BYTES = 8
LATEST_TIME = 2**63 - 1
# Limits of the signed-note specification keep a hostile note from costing much.
MOST_SIGNATURES = 16
LARGEST_NOTE_BYTES = 1_000_000
_DASH = "— "
_PRIVATE = "PRIVATE+KEY"


class NoteFault(ValueError):
    """A note, checkpoint or key that can't be read or trusted; the message says why."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Public half of a log's or witness's key; `raw` are the 32 bytes of the Ed25519 public key."""

    name: str
    raw: bytes
    algorithm: bytes = ED25519

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256(name ‖ newline ‖ type ‖ key) (signed-note §Signatures)."""
        named = self.name.encode() + b"\n" + self.algorithm + self.raw
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_b64(self.algorithm + self.raw)}"

    def accepts(self, text: str, signature: bytes) -> bool:
        """Whether `signature` (64 bytes; of a witness 8 + 64) is this key's over the note text."""
        if self.algorithm == COSIGNATURE:
            at = cosigned_at(signature)
            if not 0 < at <= LATEST_TIME:
                return False
            text, signature = cosigned_text(text, at), signature[TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text.encode())
        except (InvalidSignature, ValueError):  # the latter: bytes that are no point of the curve
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """Private half; `seed` are the 32 bytes of the Ed25519 private key and never appear in a repr."""

    name: str
    seed: bytes
    algorithm: bytes = ED25519

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self._private().public_key().public_bytes_raw(), self.algorithm)

    def sign(self, text: str) -> bytes:
        """Ed25519 signature of the note text, 64 bytes."""
        if self.algorithm != ED25519:
            raise NoteFault(
                f"The key of {self.name} is a witness's: it cosigns checkpoints and signs no notes."
            )
        return self._private().sign(text.encode())

    def cosign(self, text: str, *, at: int) -> bytes:
        """Cosignature of a checkpoint's text at a POSIX time in seconds: time and signature, 8 + 64 bytes."""
        if self.algorithm != COSIGNATURE or not 0 < at <= LATEST_TIME:
            raise NoteFault(f"The key of {self.name} can't cosign at {at}.")
        return at.to_bytes(TIME_BYTES) + self._private().sign(cosigned_text(text, at).encode())

    def encode(self) -> str:
        """The secret key as text; keep it out of logs."""
        return f"{_PRIVATE}+{self.name}+{self.verifier.key_id.hex()}+{_b64(self.algorithm + self.seed)}"

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who says they signed, the 4-byte id of their key, and the signature itself."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {_b64(self.key_id + self.signature)}"

    @property
    def key(self) -> tuple[str, bytes]:
        """What the signer is recognised by."""
        return self.name, self.key_id


@dataclass(frozen=True, slots=True)
class Note:
    """Text that ends in a newline, with its signatures in the order written; nothing is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        return (self.text + "\n" + "".join(f"{line}\n" for line in self.signatures)).encode()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """State of a log (tlog-checkpoint): origin names the log, size counts entries, root is 32 bytes."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "".join(
            f"{line}\n" for line in (self.origin, str(self.size), _b64(self.root), *self.extensions)
        )


def make_key(path: Path, *, name: str, algorithm: bytes = ED25519) -> SigningKey:
    """The key stored at `path`, made there with mode 0600 when the file is absent.

    Raises:
        NoteFault: when `name` can't be a key name or the file holds another name's key.
    """
    _check_name(name)
    if not path.exists():
        key = SigningKey(name, Ed25519PrivateKey.generate().private_bytes_raw(), algorithm)
        _write_secret(path, key.encode() + "\n")
    key = load_key(path)
    if (key.name, key.algorithm) != (name, algorithm):
        raise NoteFault(f"{path} holds the key of {key.name}, not of {name}.")
    return key


def load_key(path: Path) -> SigningKey:
    """Read a private key written by `make_key` or by Go's note package."""
    try:
        start, middle, name, key_id, data = path.read_text().strip().split("+", 4)
    except ValueError as fault:
        raise NoteFault(f"{path} holds no signing key.") from fault
    raw = _unb64(data, str(path))
    if f"{start}+{middle}" != _PRIVATE or not _is_key(raw):
        raise NoteFault(f"{path} holds no Ed25519 signing key.")
    key = SigningKey(name, raw[1:], raw[:1])
    if key.verifier.key_id.hex() != key_id:
        raise NoteFault(f"{path}: the key's id does not fit its name and bytes.")
    return key


def parse_verifier(text: str) -> VerifierKey:
    """Read a verifier key `name+id+base64`; raises NoteFault when it isn't one of Ed25519."""
    try:
        name, key_id, data = text.strip().split("+", 2)
    except ValueError as fault:
        raise NoteFault("A verifier key has the form name+id+key.") from fault
    raw = _unb64(data, "The verifier key")
    key = VerifierKey(name, raw[1:], raw[:1])
    if not _is_key(raw) or key.key_id.hex() != key_id:
        raise NoteFault(f"The verifier key of {name} is damaged or not Ed25519.")
    _check_name(name)
    return key


def sign_note(text: str, *, keys: Sequence[SigningKey]) -> Note:
    """Sign `text`, which must end in a newline and hold no control characters but newlines."""
    _check_text(text)
    return Note(text, tuple(Signature(key.name, key.verifier.key_id, key.sign(text)) for key in keys))


def cosigned_text(text: str, at: int) -> str:
    """The text that a witness signs for a checkpoint's text (tlog-cosignature §Ed25519 signed message)."""
    return f"cosignature/v1\ntime {at}\n{text}"


def cosigned_at(signature: bytes) -> int:
    """POSIX time in seconds at which a cosignature says it was made."""
    return int.from_bytes(signature[:TIME_BYTES])


def cosign_note(note: Note, *, key: SigningKey, at: int) -> Signature:
    """The witness's signature line for a checkpoint at a POSIX time in seconds."""
    return Signature(key.name, key.verifier.key_id, key.cosign(note.text, at=at))


def parse_note(data: bytes) -> Note:
    """Split a note into text and signatures without trusting any of them.

    Raises:
        NoteFault: when the bytes aren't a note, or hold too much.
    """
    if len(data) > LARGEST_NOTE_BYTES:
        raise NoteFault(f"The note is larger than {LARGEST_NOTE_BYTES} bytes.")
    try:
        whole = data.decode()
    except UnicodeDecodeError as fault:
        raise NoteFault("The note is not UTF-8.") from fault
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise NoteFault("The note has no signatures after a blank line.")
    _check_text(text + "\n")
    return Note(text + "\n", parse_signatures(lines))


def verify_note(note: Note, *, verifiers: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """The known keys that signed this note, each once, in the note's order; strangers are passed over.

    Raises:
        NoteFault: when a known key's signature is wrong, even if another's is right.
    """
    known = {(key.name, key.key_id): key for key in verifiers}
    signers: dict[tuple[str, bytes], VerifierKey] = {}
    for line in note.signatures:
        key = known.get(line.key)
        if key is None:
            continue
        if not key.accepts(note.text, line.signature):
            raise NoteFault(f"The signature of {line.name} does not fit the note.")
        signers[line.key] = key
    return tuple(signers.values())


def write_checkpoint(checkpoint: Checkpoint, *, keys: Sequence[SigningKey]) -> bytes:
    """A signed checkpoint; the first key should be the log's own, whose name is the origin."""
    if parse_checkpoint(checkpoint.text) != checkpoint:
        raise NoteFault("The checkpoint holds a line break or an empty line.")
    return sign_note(checkpoint.text, keys=keys).encode()


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the body of a checkpoint note (tlog-checkpoint §Note text)."""
    if not text.endswith("\n"):
        raise NoteFault("A checkpoint ends in a newline.")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise NoteFault("A checkpoint has an origin, a size and a root, each on a line.")
    origin, size, root, *extensions = lines
    if re.fullmatch("0|[1-9][0-9]{0,18}", size) is None or int(size) >= 2**63:
        raise NoteFault(f"The checkpoint's size {size[:24]!r} is not a plain number below 2⁶³.")
    digest = _unb64(root, "The checkpoint's root")
    if len(digest) != KEY_BYTES:
        raise NoteFault("The checkpoint's root is not 32 bytes long.")
    return Checkpoint(origin, int(size), digest, tuple(extensions))


def open_checkpoint(data: bytes, *, origin: str, verifier: VerifierKey) -> Checkpoint:
    """Read a checkpoint and demand this log's origin and signature.

    Raises:
        NoteFault: when it can't be read, is of another log or isn't signed by `verifier`.
    """
    note = parse_note(data)
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != origin:
        raise NoteFault(f"The checkpoint is of {checkpoint.origin}, not of {origin}.")
    if not verify_note(note, verifiers=[verifier]):
        raise NoteFault(f"The checkpoint is not signed by {verifier.name}.")
    return checkpoint


def parse_signatures(text: str) -> tuple[Signature, ...]:
    """Read signature lines, each ended by a newline, as a note holds them and a witness answers with."""
    if not text.endswith("\n"):
        raise NoteFault("The last signature line has no end.")
    lines = text[:-1].split("\n")
    if not 1 <= len(lines) <= MOST_SIGNATURES:
        raise NoteFault(f"A note has 1 to {MOST_SIGNATURES} signatures, this one {len(lines)}.")
    return tuple(_parse_signature(line) for line in lines)


def _parse_signature(line: str) -> Signature:
    name, space, data = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise NoteFault("A signature line has the form '— name base64'.")
    _check_name(name)
    raw = _unb64(data, f"The signature of {name}")
    if len(raw) <= KEY_ID_BYTES:
        raise NoteFault(f"The signature of {name} is too short.")
    return Signature(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])


def _is_key(raw: bytes) -> bool:
    return raw[:1] in {ED25519, COSIGNATURE} and len(raw) == 1 + KEY_BYTES


def _check_name(name: str) -> None:
    if not name or "+" in name or any(sign.isspace() or not sign.isprintable() for sign in name):
        raise NoteFault(f"{name!r} can't name a key: no spaces, no plus signs, no control characters.")


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(sign < " " and sign != "\n" for sign in text):
        raise NoteFault("A note's text ends in a newline and holds no other control characters.")


def _write_secret(path: Path, text: str) -> None:
    """Write a file that nobody else may read; O_EXCL so that two processes never make two keys."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise NoteFault(f"{what} is not base64.") from fault
