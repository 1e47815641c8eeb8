"""Checks the entire log against itself: every leaf, every signed head, every opening, no gaps.

Works from the rows in one pass and with a few hashes in memory, so that a log of any length fits, then compares
the published tiles with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from ledger import merkle, notes, tiles
from ledger.canonical import NotCanonical, canonical_json
from ledger.models import Entry, Log, Opening, TreeHead
from ledger.services import ERASED, payload_hash

Row = TypeVar("Row", bound=Model)
CHUNK = 2000  # entries held in memory at a time


class LedgerFault(RuntimeError):
    """The log is not what was signed; the message names the entry or head."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked.

    Attributes:
        unsigned: Entries after the last head.
        erased: Entries without opening.
        unexplained: Those among the erased that no entry `person.erased` speaks of.
    """

    entries: int = 0
    heads: int = 0
    openings: int = 0
    unsigned: int = 0
    unexplained: int = 0
    root: str = merkle.EMPTY_ROOT.hex()

    @property
    def erased(self) -> int:
        return self.entries - self.openings


def verify(*, verifier: notes.VerifierKey, with_tiles: bool = True) -> Verified:
    """Recompute the log from its entries.

    Raises:
        LedgerFault: at the first thing that is off.
    """
    frontier, heads, erasures = merkle.Frontier(), _Heads(verifier), _Erasures()
    for entry in _in_pages(Entry.objects.select_related("opening"), key="index"):
        _check_entry(entry, expected=frontier.size)
        frontier = frontier.append(bytes.fromhex(entry.leaf))
        heads.check(frontier)
        erasures.note(entry)
    heads.finish(frontier)
    _check_log(frontier)
    if with_tiles:
        _check_tiles(heads.last_size)
    return Verified(
        entries=frontier.size,
        heads=heads.count,
        openings=frontier.size - len(erasures.gone),
        unsigned=frontier.size - heads.last_size,
        unexplained=len(erasures.gone - erasures.told),
        root=frontier.root.hex(),
    )


class _Erasures:
    """Entries without opening, and those that were erased on record."""

    def __init__(self) -> None:
        self.gone: set[int] = set()
        self.told: set[int] = set()

    def note(self, entry: Entry) -> None:
        opening: Opening | None = getattr(entry, "opening", None)
        if opening is None:
            self.gone.add(entry.index)
        elif entry.kind == ERASED:
            self.told.update(opening.payload.get("entries", []))


class _Heads:
    """The signed heads in order of size, each compared when the tree has grown to it."""

    def __init__(self, verifier: notes.VerifierKey) -> None:
        self.verifier = verifier
        self.waiting = _in_pages(TreeHead.objects.all(), key="size")
        self.next = next(self.waiting, None)
        self.count, self.last_size = 0, 0

    def check(self, frontier: merkle.Frontier) -> None:
        if self.next is None or self.next.size != frontier.size:
            return
        _check_head(self.next, frontier, self.verifier)
        self.count, self.last_size = self.count + 1, self.next.size
        self.next = next(self.waiting, None)

    def finish(self, frontier: merkle.Frontier) -> None:
        """Refuse a head that no number of entries reached: entries after its signing are gone."""
        if self.next is not None:
            raise LedgerFault(
                _("The tree head at %(size)s was signed, but the log holds only %(count)s entries.")
                % {"size": self.next.size, "count": frontier.size}
            )


def _in_pages(rows: QuerySet[Row], *, key: str) -> Iterator[Row]:
    """Yield all rows in the order of a key, a page in memory at a time.

    Not `iterator()`: its server-side cursor, when left open by a fault and collected inside another query,
    waits for the connection's lock for ever.
    """
    page = list(rows.order_by(key)[:CHUNK])
    while page:
        yield from page
        last = getattr(page[-1], key)
        page = list(rows.filter(**{f"{key}__gt": last}).order_by(key)[:CHUNK]) if len(page) == CHUNK else []


def _check_entry(entry: Entry, *, expected: int) -> None:
    if entry.index != expected:
        raise LedgerFault(
            _("Entry %(expected)s is missing: the next one is %(index)s.")
            % {"expected": expected, "index": entry.index}
        )
    if _leaf_of(entry) != entry.leaf:
        raise LedgerFault(
            _("Entry %(index)s was changed: its body gives another hash.") % {"index": entry.index}
        )
    said = (entry.body.get("kind"), entry.body.get("subject"))
    if said != (entry.kind, entry.subject):
        raise LedgerFault(
            _("Entry %(index)s was changed: its kind or subject differs from its body.")
            % {"index": entry.index}
        )
    _check_opening(entry)


def _leaf_of(entry: Entry) -> str:
    try:
        return merkle.leaf_hash(canonical_json(entry.body)).hex()
    except NotCanonical:
        return ""


def _check_opening(entry: Entry) -> None:
    opening: Opening | None = getattr(entry, "opening", None)
    if opening is not None and not _is_opening_right(entry, opening):
        raise LedgerFault(
            _("The payload of entry %(index)s was changed: its hash differs from the one logged.")
            % {"index": entry.index}
        )


def _is_opening_right(entry: Entry, opening: Opening) -> bool:
    try:
        return bool(payload_hash(opening.payload, opening.salt) == entry.body.get("payload"))
    except ValueError:  # a salt that isn't hex, a payload without canonical form
        return False


def _check_head(head: TreeHead, frontier: merkle.Frontier, verifier: notes.VerifierKey) -> None:
    try:
        checkpoint = notes.open_checkpoint(
            head.note.encode(), origin=settings.LEDGER_ORIGIN, verifier=verifier
        )
    except notes.NoteFault as fault:
        raise LedgerFault(
            _("The tree head at %(size)s is not signed by this log: %(fault)s")
            % {"size": head.size, "fault": fault}
        ) from fault
    if (checkpoint.size, checkpoint.root.hex()) != (head.size, head.root):
        raise LedgerFault(
            _("The tree head at %(size)s was changed: its signed note says otherwise.") % {"size": head.size}
        )
    if checkpoint.root != frontier.root:
        raise LedgerFault(
            _("The entries up to %(size)s give another root than the tree head signed there.")
            % {"size": head.size}
        )


def _check_log(frontier: merkle.Frontier) -> None:
    log = Log.objects.filter(pk=1).first() or Log(size=0, frontier=[])
    if (log.size, log.frontier) != (frontier.size, [node.hex() for node in frontier.hashes]):
        raise LedgerFault(
            _("The log counts %(size)s entries, the table holds %(count)s, or their edge hashes differ.")
            % {"size": log.size, "count": frontier.size}
        )


def _check_tiles(size: int) -> None:
    tile = tiles.differing(size)
    if tile is not None:
        raise LedgerFault(
            _("The published file %(path)s differs from the entries. Find out why, then run rebuild_tiles.")
            % {"path": tile.path}
        )
