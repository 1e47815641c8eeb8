"""The words that logs and witnesses exchange (C2SP tlog-witness): text in, values out; no I/O."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from ledger import merkle, notes

MOST_PROOF_LINES = 63
LARGEST_REQUEST_BYTES = 100_000
SIZE_TYPE = "text/x.tlog.size"


class MalformedRequest(ValueError):
    """A request that is not of the form the protocol gives it."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """Ask a witness to cosign: the size it cosigned last, the proof from there, the new checkpoint's note."""

    old_size: int
    proof: merkle.Proof
    note: notes.Note
    checkpoint: notes.Checkpoint


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers over HTTP."""

    status: int
    body: str
    content_type: str = "text/plain; charset=utf-8"


def write_request(*, old_size: int, proof: merkle.Proof, note: bytes) -> bytes:
    """The body of `POST add-checkpoint`."""
    lines = [f"old {old_size}", *(base64.b64encode(node).decode() for node in proof), "", ""]
    return "\n".join(lines).encode() + note


def parse_request(data: bytes) -> AddCheckpoint:
    """Read the body of `POST add-checkpoint`.

    Raises:
        MalformedRequest: which a witness answers with 400.
    """
    if len(data) > LARGEST_REQUEST_BYTES:
        raise MalformedRequest(f"The request is larger than {LARGEST_REQUEST_BYTES} bytes.")
    head, blank, note = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    if not blank or len(lines) > MOST_PROOF_LINES:
        raise MalformedRequest(f"No checkpoint after an empty line, or over {MOST_PROOF_LINES} proof lines.")
    try:
        parsed = notes.parse_note(note)
        checkpoint = notes.parse_checkpoint(parsed.text)
    except notes.NoteFault as fault:
        raise MalformedRequest(str(fault)) from fault
    return AddCheckpoint(_old_size(first), tuple(map(_proof_line, lines)), parsed, checkpoint)


def parse_size(body: str) -> int | None:
    """The size in a witness's answer 409, or None."""
    digits = body.removesuffix("\n")
    return int(digits) if _is_number(digits) else None


def _old_size(line: bytes) -> int:
    word, space, digits = line.partition(b" ")
    text = digits.decode(errors="replace")
    if word != b"old" or not space or not _is_number(text):
        raise MalformedRequest("The first line has the form 'old N'.")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 19 and str(int(text)) == text


def _proof_line(line: bytes) -> merkle.Hash:
    try:
        node = base64.b64decode(line, validate=True)
    except binascii.Error as fault:
        raise MalformedRequest("A proof line is not base64.") from fault
    if len(node) != merkle.HASH_BYTES:
        raise MalformedRequest("A proof line is not a hash of 32 bytes.")
    return node
