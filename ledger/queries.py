"""Reads of the log: heads, entries, proofs. They hold hashes only, so all who have logged in may see them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet

from ledger import merkle, notes
from ledger.canonical import canonical_json
from ledger.certificate import Evidence
from ledger.models import Cosignature, Entry, KnownLog, Log, Opening, TreeHead
from ledger.policy import Judgement, Party, Policy, PolicyFault, judge, parse_policy
from ledger.tiles import Tree

HEADS_JUDGED = 100


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That leaf `index` stands in the tree of a signed head; hashes are hex, in the order of RFC 6962 §2.1.1."""

    index: int
    size: int
    leaf: str
    root: str
    hashes: tuple[str, ...]
    checkpoint: str

    @property
    def is_right(self) -> bool:
        """Whether the hashes lead from the leaf to the root, computed anew."""
        return merkle.verify_inclusion(
            index=self.index,
            size=self.size,
            leaf=bytes.fromhex(self.leaf),
            proof=[bytes.fromhex(node) for node in self.hashes],
            root=bytes.fromhex(self.root),
        )


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That a tree of `size` opens with one of `old_size`; hashes are hex, in the order of RFC 6962 §2.1.2."""

    old_size: int
    old_root: str
    is_old_signed: bool
    size: int
    root: str
    hashes: tuple[str, ...]
    checkpoint: str

    @property
    def is_right(self) -> bool:
        """Whether the hashes lead to both roots, computed anew."""
        return merkle.verify_consistency(
            old_size=self.old_size,
            new_size=self.size,
            old_root=bytes.fromhex(self.old_root),
            new_root=bytes.fromhex(self.root),
            proof=[bytes.fromhex(node) for node in self.hashes],
        )


@dataclass(frozen=True, slots=True)
class WitnessState:
    """A witness of the policy, with the largest of our heads that it cosigned; 0 when none."""

    name: str
    url: str
    size: int
    cosigned_at: datetime | None


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """An entry with what can be checked about it now; `proof` is None until a head covers the entry."""

    entry: Entry
    canonical: str
    computed_leaf: str
    proof: InclusionProof | None
    is_signed: bool
    has_opening: bool

    @property
    def is_leaf_right(self) -> bool:
        return self.computed_leaf == self.entry.leaf

    @property
    def is_proven(self) -> bool:
        return self.is_leaf_right and self.is_signed and self.proof is not None and self.proof.is_right


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the log at a glance; `problem` names the first thing that is off, empty when nothing is."""

    entries: int
    head: TreeHead | None
    unsigned: int
    is_signature_right: bool
    is_root_right: bool
    has_gap: bool

    @property
    def is_well(self) -> bool:
        return self.is_signature_right and self.is_root_right and not self.has_gap


def entries() -> QuerySet[Entry]:
    """All entries, newest first."""
    return Entry.objects.order_by("-index")


def heads() -> QuerySet[TreeHead]:
    """Signed tree heads, newest first."""
    return TreeHead.objects.order_by("-size")


def latest_head() -> TreeHead | None:
    return heads().first()


def size() -> int:
    """Number of entries by the log's own count."""
    return Log.objects.filter(pk=1).values_list("size", flat=True).first() or 0


def proof_for(index: int, head: TreeHead | None = None) -> InclusionProof | None:
    """Prove that entry `index` stands under the head (the latest when absent); None when no head covers it yet."""
    head = head or latest_head()
    if head is None or not 0 <= index < head.size:
        return None
    return InclusionProof(
        index=index,
        size=head.size,
        leaf=Entry.objects.values_list("leaf", flat=True).get(index=index),
        root=head.root,
        hashes=tuple(node.hex() for node in Tree(head.size).inclusion_proof(index=index, size=head.size)),
        checkpoint=published_note(head),
    )


def consistency_for(*, old_size: int, head: TreeHead) -> ConsistencyProof | None:
    """Prove that the head's tree grew out of its first `old_size` entries; None unless 0 < old_size ≤ head.size."""
    if not 0 < old_size <= head.size:
        return None
    tree, old_head = Tree(head.size), TreeHead.objects.filter(size=old_size).first()
    hashes = tree.consistency_proof(old_size=old_size, new_size=head.size)
    return ConsistencyProof(
        old_size=old_size,
        old_root=old_head.root if old_head else tree.root(old_size).hex(),
        is_old_signed=old_head is not None and is_head_signed(old_head),
        size=head.size,
        root=head.root,
        hashes=tuple(node.hex() for node in hashes),
        checkpoint=published_note(head),
    )


def entry_detail(entry: Entry) -> EntryDetail:
    """Recompute what the entry claims: its leaf from its body, its place under the latest head."""
    body = canonical_json(entry.body)
    head = latest_head()
    proof = proof_for(entry.index, head)
    return EntryDetail(
        entry=entry,
        canonical=body.decode(),
        computed_leaf=merkle.leaf_hash(body).hex(),
        proof=proof,
        is_signed=head is not None and is_head_signed(head),
        has_opening=Opening.objects.filter(entry=entry).exists(),
    )


def is_head_signed(head: TreeHead) -> bool:
    """Whether the note carries this log's signature and says this size and root."""
    try:
        checkpoint = notes.open_checkpoint(
            head.note.encode(), origin=settings.LEDGER_ORIGIN, verifier=verifier_key()
        )
    except notes.NoteFault:
        return False
    return (checkpoint.size, checkpoint.root.hex()) == (head.size, head.root)


def verifier_key() -> notes.VerifierKey:
    """The public key that others check the log's heads with."""
    return notes.make_key(settings.LEDGER_KEY_PATH, name=settings.LEDGER_ORIGIN).verifier


def witness_name() -> str:
    """Name of the key that we cosign other schools' checkpoints with."""
    return f"{settings.LEDGER_ORIGIN}/witness"


def witness_key() -> notes.SigningKey:
    """A key apart from the log's own: one key never makes signatures of two kinds (tlog-cosignature)."""
    path = settings.LEDGER_KEY_PATH.with_name("witness_key")
    return notes.make_key(path, name=witness_name(), algorithm=notes.COSIGNATURE)


def known_log(origin_sha256: str) -> KnownLog | None:
    """The log we cosigned whose origin has this SHA-256 (hex), or None."""
    cosigned = KnownLog.objects.exclude(note="")
    return next((log for log in cosigned if _sha256(log.origin) == origin_sha256), None)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def published_note(head: TreeHead) -> str:
    """The head's note with the witnesses' signatures after ours, as many as a note may carry."""
    lines = list(head.cosignatures.order_by("pk").values_list("line", flat=True))
    return head.note + "".join(f"{line}\n" for line in lines[: notes.MOST_SIGNATURES - 1])


def policy_path() -> Path:
    return settings.LEDGER_KEY_PATH.with_name("policy")


def policy_text() -> bytes:
    """The school's policy (tlog-policy); without a file: this log, and nobody need cosign."""
    try:
        return policy_path().read_bytes()
    except FileNotFoundError:
        return f"log {verifier_key()}\nquorum none\n".encode()


def policy() -> Policy:
    """Raises PolicyFault when the file can't be read."""
    return parse_policy(policy_text())


def judgement(head: TreeHead) -> Judgement | None:
    """What the policy says of a head; None when policy or note can't be read or ours isn't a log of the policy."""
    try:
        return judge(policy(), published_note(head).encode())
    except (PolicyFault, notes.NoteFault):
        return None


def witnessed_head(*, covering: int) -> TreeHead | None:
    """The newest head that holds entry `covering` and meets the policy; looks at the newest hundred."""
    found = heads().filter(size__gt=covering)[:HEADS_JUDGED]
    return next((head for head in found if (told := judgement(head)) and told.is_enough), None)


def evidence(indices: Sequence[int], head: TreeHead) -> list[Evidence]:
    """What proves each of these entries under a head; entries that are not there or were erased are left out."""
    tree, checkpoint = Tree(head.size), published_note(head).encode()
    openings = Opening.objects.filter(entry_id__in=indices).select_related("entry").order_by("entry_id")
    return [
        Evidence(
            index=opening.entry_id,
            body=canonical_json(opening.entry.body),
            payload=canonical_json(opening.payload),
            salt=opening.salt,
            path=tree.inclusion_proof(index=opening.entry_id, size=head.size),
            checkpoint=checkpoint,
        )
        for opening in openings
    ]


def witness_states() -> list[WitnessState]:
    """The policy's witnesses in its order; empty when the policy can't be read."""
    try:
        parties = policy().witnesses
    except PolicyFault:
        return []
    if not parties:
        return []
    rows = Cosignature.objects.values("witness", "key_id")
    newest = {
        (row["witness"], row["key_id"]): row
        for row in rows.annotate(size=Max("head__size"), at=Max("cosigned_at")).order_by("witness", "key_id")
    }
    return [_witness_state(name, party, newest) for name, party in parties.items()]


def _witness_state(
    name: str, party: Party, newest: Mapping[tuple[str, str], Mapping[str, Any]]
) -> WitnessState:
    found = newest.get((party.key.name, party.key.key_id.hex()), {})
    return WitnessState(name, party.url, found.get("size", 0), found.get("at"))


def health() -> Health:
    """What can be checked without reading every entry; `manage.py verify_ledger` reads them all."""
    log = Log.objects.filter(pk=1).first() or Log(size=0, frontier=[])
    head = latest_head()
    last = Entry.objects.aggregate(last=Max("index"))["last"]
    return Health(
        entries=log.size,
        head=head,
        unsigned=log.size - (head.size if head else 0),
        is_signature_right=head is None or is_head_signed(head),
        is_root_right=head is None or head.size != log.size or _frontier_root(log) == head.root,
        has_gap=(last + 1 if last is not None else 0) != log.size,
    )


def _frontier_root(log: Log) -> str:
    try:
        return merkle.Frontier(log.size, tuple(bytes.fromhex(node) for node in log.frontier)).root.hex()
    except ValueError:
        return ""


def document(detail: EntryDetail) -> str:
    """The entry and its proof as JSON, with all that is needed to check them offline."""
    proof = detail.proof
    return json.dumps(
        {
            "format": "dailies-ledger-entry/1",
            "log": {"origin": settings.LEDGER_ORIGIN, "key": str(verifier_key())},
            "index": detail.entry.index,
            "body": detail.entry.body,
            "canonical_body": detail.canonical,
            "leaf": detail.entry.leaf,
            "proof": proof and {"size": proof.size, "root": proof.root, "hashes": list(proof.hashes)},
            "checkpoint": proof.checkpoint if proof else None,
        },
        ensure_ascii=False,
        indent=2,
    )
