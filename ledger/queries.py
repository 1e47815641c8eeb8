"""Reads of the log: heads, entries, proofs. They hold hashes only, so all who have logged in may see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max, QuerySet

from ledger import merkle, notes
from ledger.canonical import canonical_json
from ledger.models import Entry, Log, Opening, TreeHead


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
    """Prove that entry `index` stands under the head (the latest when absent); None when no head covers it yet.

    Reads every leaf hash under the head once and keeps only the edge hashes of the subtrees it needs.
    """
    head = head or latest_head()
    if head is None or not 0 <= index < head.size:
        return None
    wanted = merkle.inclusion_ranges(index=index, size=head.size)
    roots = {(part.start, part.stop): merkle.tree_root(_leaves(part)) for part in wanted}
    return InclusionProof(
        index=index,
        size=head.size,
        leaf=Entry.objects.values_list("leaf", flat=True).get(index=index),
        root=head.root,
        hashes=tuple(roots[part.start, part.stop].hex() for part in wanted),
        checkpoint=head.note,
    )


def _leaves(part: range) -> Iterator[bytes]:
    rows = Entry.objects.filter(index__gte=part.start, index__lt=part.stop).order_by("index")
    return (bytes.fromhex(leaf) for leaf in rows.values_list("leaf", flat=True))


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
