"""Appending to the log, signing its root, erasing what entries stood for."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ledger import canonical, certificate, merkle, notes, queries, tiles
from ledger.models import Entry, Log, Opening, TreeHead

ERASED = "person.erased"


class ForkRefused(RuntimeError):
    """Signing would contradict a checkpoint that was published: the database is older than what others saw."""


class NotCertifiable(RuntimeError):
    """No certificate can be written now; the message is a translated sentence."""


@transaction.atomic
def append(*, kind: str, subject: str, payload: dict[str, Any], actor: str, now: datetime) -> Entry:
    """Add one entry and return it. Call it inside the transaction of the effect it records.

    Args:
        kind: What happened, as `media.uploaded`.
        subject: What it is about, as `media:<uuid>`.
        payload: JSON values; only its salted hash enters the tree.
        actor: Pseudonym of the person, or the name of the process.
    """
    log = _locked_log()
    salt = secrets.token_hex(32)
    body = {
        "kind": kind,
        "subject": subject,
        "actor": actor,
        "at": now.isoformat(),
        "payload": payload_hash(payload, salt),
    }
    leaf = merkle.leaf_hash(canonical.canonical_json(body))
    entry = Entry.objects.create(
        index=log.size, kind=kind, subject=subject, body=body, leaf=leaf.hex(), created_at=now
    )
    Opening.objects.create(entry=entry, salt=salt, payload=payload)
    frontier = _frontier(log).append(leaf)
    Log.objects.filter(pk=1).update(size=frontier.size, frontier=[node.hex() for node in frontier.hashes])
    return entry


def payload_hash(payload: dict[str, Any], salt: str) -> str:
    """Return SHA-256(salt ‖ canonical payload) as hex, which hides the payload once the salt is gone."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical.canonical_json(payload)).hexdigest()


@transaction.atomic
def sign_tree_head(*, now: datetime) -> TreeHead | None:
    """Sign the root at the log's present size; None when nothing was added since the last head.

    Raises:
        ForkRefused: when the published checkpoint is none of this database's heads.
    """
    log = _locked_log()
    _refuse_fork()
    transaction.on_commit(publish_tree, robust=True)
    if log.size == 0 or TreeHead.objects.filter(size=log.size).exists():
        return None
    root = _frontier(log).root
    key = notes.make_key(settings.LEDGER_KEY_PATH, name=settings.LEDGER_ORIGIN)
    note = notes.write_checkpoint(notes.Checkpoint(settings.LEDGER_ORIGIN, log.size, root), keys=[key])
    return TreeHead.objects.create(size=log.size, root=root.hex(), note=note.decode(), signed_at=now)


def _refuse_fork() -> None:
    """Compare what was published with what the database remembers (tlog-checkpoint §Signatures)."""
    published = tiles.published_checkpoint()
    if published is None:
        return
    try:
        checkpoint = notes.parse_checkpoint(notes.parse_note(published).text)
    except notes.NoteFault as fault:
        raise ForkRefused(f"{tiles.folder() / 'checkpoint'} can't be read: {fault}") from fault
    if not TreeHead.objects.filter(size=checkpoint.size, root=checkpoint.root.hex()).exists():
        raise ForkRefused(
            f"The published checkpoint at {checkpoint.size} entries is unknown to the database, which was perhaps "
            "put back from a copy. Nothing is signed: bring the missing entries back."
        )


def publish_tree() -> int:
    """Write the tiles and the checkpoint of the latest head as static files; returns how many were written."""
    head = queries.latest_head()
    if head is None:
        return 0
    return tiles.publish(size=head.size, checkpoint=queries.published_note(head).encode())


@transaction.atomic
def erase_person(*, pseudonym: str, by: str, now: datetime, subjects: Iterable[str] = ()) -> int:
    """Delete the salts and payloads of all entries about a person; return how many were deleted.

    The tree stays whole: its leaves never held more than a salted hash. What is erased, and by whom, is logged as
    `person.erased`; a repetition that finds nothing more logs nothing.

    Args:
        pseudonym: Whose entries: those the person caused, and those whose payload names the person.
        by: Pseudonym of who erases.
        subjects: More that is about the person, as `work:<uuid>`; the rooms above know which.

    Raises:
        ValueError: for an empty pseudonym, which would stand in every payload.
    """
    if not pseudonym:
        raise ValueError("An empty pseudonym is nobody's.")
    _locked_log()
    about = Q(entry__body__actor=pseudonym) | Q(payload__icontains=pseudonym) | Q(entry__subject__in=subjects)
    openings = Opening.objects.filter(about).exclude(entry__kind=ERASED)
    indices = sorted(openings.values_list("entry_id", flat=True))
    if indices:
        Opening.objects.filter(entry_id__in=indices).delete()
        append(
            kind=ERASED, subject=f"person:{pseudonym}", payload={"entries": indices}, actor=by, now=now
        )  # fmt: skip
    return len(indices)


def certify(
    *, film_name: str, film_sha256: str, assessment: bytes, indices: Iterable[int],
    leaving: certificate.Leaving | None = None, more: Mapping[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    """Return the package that proves a film, its assessment and their entries (see `ledger.certificate`).

    Args:
        assessment: The canonical bytes whose hash was logged.
        indices: Of the entries `cut.handed_in` and `cut.assessed`, and of `film.sealed` with `leaving`.
        leaving: The labelled and signed copy of the film.
        more: Further files of the package by name.

    Raises:
        NotCertifiable: with the reason.
    """
    wanted = sorted(set(indices))
    head = queries.witnessed_head(covering=max(wanted, default=0))
    if head is None:
        raise NotCertifiable(
            _(
                "The log has not been signed, or not by enough schools, since this film. Try again in some minutes."
            )
        )
    evidence = queries.evidence(wanted, head)
    if len(evidence) < len(wanted):
        raise NotCertifiable(
            _("What the log keeps about this film was erased: it can no longer be certified.")
        )
    try:
        return certificate.build(
            film_name=film_name,
            film_sha256=film_sha256,
            assessment=assessment,
            evidence=evidence,
            policy=queries.policy_text(),
            signer=notes.make_key(settings.LEDGER_KEY_PATH, name=settings.LEDGER_ORIGIN),
            leaving=leaving,
            more=more,
        )
    except certificate.CertificateFault as fault:
        raise NotCertifiable(
            _("The log does not speak of this film and this assessment. Have the film measured again.")
        ) from fault


def _locked_log() -> Log:
    Log.objects.get_or_create(pk=1)
    return Log.objects.select_for_update().get(pk=1)


def _frontier(log: Log) -> merkle.Frontier:
    return merkle.Frontier(log.size, tuple(bytes.fromhex(node) for node in log.frontier))
