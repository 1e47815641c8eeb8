"""Cosigning in both directions: as witness of other schools' logs, and asking theirs for ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import models, transaction

from ledger import merkle, notes, peers, queries, services, witness
from ledger.models import Cosignature, KnownLog, TreeHead
from ledger.policy import Party
from ledger.tiles import Tree
from ledger.witness import Answer

TIMEOUT_SECONDS = 10.0
ATTEMPTS = 2
"""The second request starts from the size that the witness named."""


class Declined(Exception):
    """A request that the witness answers with something else than its signature."""

    def __init__(self, status: int, said: str = "", content_type: str = "text/plain; charset=utf-8") -> None:
        self.answer = Answer(status, said and f"{said}\n", content_type)
        super().__init__(said)


class NoCosignature(Exception):
    """A witness that gave no valid signature; the message says why."""


# ---------------------------------------------------------------- as witness
def add_checkpoint(*, data: bytes, now: datetime) -> Answer:
    """Answer `POST add-checkpoint` (tlog-witness): our cosignature, or the status the protocol has for it."""
    try:
        asked = witness.parse_request(data)
        return Answer(200, _cosign(asked, now=now))
    except witness.MalformedRequest as fault:
        return Answer(400, f"{fault}\n")
    except Declined as refusal:
        return refusal.answer


@transaction.atomic
def _cosign(asked: witness.AddCheckpoint, *, now: datetime) -> str:
    """Check, remember, then sign. Two requests at once can't both pass: the row is locked and its update guarded."""
    log = KnownLog.objects.select_for_update().filter(origin=asked.checkpoint.origin).first()
    if log is None:
        raise Declined(404, "This witness does not know that log.")
    _require_signed(asked, log)
    if asked.old_size > asked.checkpoint.size:
        raise Declined(400, "The old size is larger than the checkpoint's.")
    _require_size(asked, log)
    if not _is_consistent(asked, bytes.fromhex(log.root)):
        raise Declined(422, "The proof does not lead from the checkpoint cosigned last to this one.")
    line = notes.cosign_note(asked.note, key=queries.witness_key(), at=int(now.timestamp()))
    _remember(asked, log, line, now=now)
    return f"{line}\n"


def _require_signed(asked: witness.AddCheckpoint, log: KnownLog) -> None:
    try:
        signers = notes.verify_note(asked.note, verifiers=[notes.parse_verifier(log.verifier)])
    except notes.NoteFault as fault:
        raise Declined(403, str(fault)) from fault
    if not signers:
        raise Declined(403, "The checkpoint is not signed by the key this witness knows.")


def _require_size(asked: witness.AddCheckpoint, log: KnownLog) -> None:
    if asked.old_size != log.size:
        raise Declined(409, str(log.size), witness.SIZE_TYPE)


def _is_consistent(asked: witness.AddCheckpoint, old_root: merkle.Hash) -> bool:
    new = asked.checkpoint
    if asked.old_size == 0:
        return not asked.proof and (new.size > 0 or new.root == merkle.EMPTY_ROOT)
    return merkle.verify_consistency(
        old_size=asked.old_size, new_size=new.size, old_root=old_root, new_root=new.root, proof=asked.proof
    )


def _remember(asked: witness.AddCheckpoint, log: KnownLog, line: notes.Signature, *, now: datetime) -> None:
    """Keep the checkpoint only if nobody has kept another meanwhile."""
    key = notes.parse_verifier(log.verifier)
    signed = [own for own in asked.note.signatures if own.key == (key.name, key.key_id)]
    updated = KnownLog.objects.filter(pk=log.pk, size=log.size, root=log.root).update(
        size=asked.checkpoint.size,
        root=asked.checkpoint.root.hex(),
        note=notes.Note(asked.note.text, (*signed, line)).encode().decode(),
        cosigned_at=now,
    )
    if not updated:
        log.refresh_from_db()
        raise Declined(409, str(log.size), witness.SIZE_TYPE)


# ---------------------------------------------------------------- asking
@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking one witness of the policy."""

    name: str
    is_cosigned: bool
    said: str


def ask_witnesses(*, now: datetime, timeout_seconds: float = TIMEOUT_SECONDS) -> list[Asked]:
    """Have the latest head cosigned by every witness of the policy that has an address, and keep what they sign.

    One that fails stops no other. Raises PolicyFault when the policy can't be read.
    """
    head = queries.latest_head()
    if head is None:
        return []
    waiting = [(name, party) for name, party in queries.policy().witnesses.items() if party.url]
    asked = [_ask(name, party, head, now=now, timeout_seconds=timeout_seconds) for name, party in waiting]
    if any(one.is_cosigned for one in asked):
        services.publish_tree()
    return asked


def _ask(name: str, party: Party, head: TreeHead, *, now: datetime, timeout_seconds: float) -> Asked:
    sizes = _signed_by(party.key).values_list("head__size", flat=True)
    old_size = sizes.order_by("-head__size").first() or 0
    if old_size == head.size:
        return Asked(name, True, f"had cosigned {head.size} entries")
    try:
        line = _request(party, head, old_size=old_size, timeout_seconds=timeout_seconds)
    except (NoCosignature, peers.Unreachable) as fault:
        return Asked(name, False, str(fault))
    _keep(head, line, now=now)
    return Asked(name, True, f"cosigned {head.size} entries")


def _signed_by(key: notes.VerifierKey) -> models.QuerySet[Cosignature]:
    return Cosignature.objects.filter(witness=key.name, key_id=key.key_id.hex())


def _request(party: Party, head: TreeHead, *, old_size: int, timeout_seconds: float) -> notes.Signature:
    """Send the head with its proof; once more from the witness's own size when it has seen another than we think."""
    url, note = f"{party.url.rstrip('/')}/add-checkpoint", head.note.encode()
    for _attempt in range(ATTEMPTS):
        proof = Tree(head.size).consistency_proof(old_size=old_size, new_size=head.size)
        body = witness.write_request(old_size=old_size, proof=proof, note=note)
        answer = peers.post(url, body, timeout_seconds=timeout_seconds)
        if answer.status != 409:
            return _signature(answer, party.key, notes.parse_note(note))
        old_size = _size_seen(answer, head)
    raise NoCosignature(f"{url} keeps naming another size.")


def _size_seen(answer: Answer, head: TreeHead) -> int:
    size = witness.parse_size(answer.body)
    if size is None:
        raise NoCosignature("The witness answered 409 without a size.")
    if size > head.size:
        raise NoCosignature(
            f"The witness has seen {size} entries of {settings.LEDGER_ORIGIN}, this log has {head.size}: another log "
            "uses the key, or the database was put back from a copy."
        )
    return size


def _signature(answer: Answer, key: notes.VerifierKey, note: notes.Note) -> notes.Signature:
    """The witness's line out of its answer, verified; other lines are passed over."""
    if answer.status != 200:
        raise NoCosignature(f"The witness answered {answer.status}: {answer.body[:200].strip()}")
    try:
        lines = notes.parse_signatures(answer.body)
    except notes.NoteFault as fault:
        raise NoCosignature(f"The witness's answer can't be read: {fault}") from fault
    for line in lines:
        if line.key == (key.name, key.key_id) and key.accepts(note.text, line.signature):
            return line
    raise NoCosignature(f"The answer holds no valid signature of {key.name}.")


def _keep(head: TreeHead, line: notes.Signature, *, now: datetime) -> None:
    try:
        at = datetime.fromtimestamp(notes.cosigned_at(line.signature), tz=UTC)
    except (ValueError, OverflowError, OSError):
        at = now  # a time no calendar has is still a valid signature
    Cosignature.objects.get_or_create(
        head=head,
        witness=line.name,
        key_id=line.key_id.hex(),
        defaults={"line": str(line), "cosigned_at": at},
    )
