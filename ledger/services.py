"""Appending to the log and signing its root."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from ledger import canonical, merkle, notes
from ledger.models import Entry, Log, Opening, TreeHead


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
    """Sign the root at the log's present size; None when nothing was added since the last head."""
    log = _locked_log()
    if log.size == 0 or TreeHead.objects.filter(size=log.size).exists():
        return None
    root = _frontier(log).root
    key = notes.make_key(settings.LEDGER_KEY_PATH, name=settings.LEDGER_ORIGIN)
    note = notes.write_checkpoint(notes.Checkpoint(settings.LEDGER_ORIGIN, log.size, root), keys=[key])
    return TreeHead.objects.create(size=log.size, root=root.hex(), note=note.decode(), signed_at=now)


def _locked_log() -> Log:
    Log.objects.get_or_create(pk=1)
    return Log.objects.select_for_update().get(pk=1)


def _frontier(log: Log) -> merkle.Frontier:
    return merkle.Frontier(log.size, tuple(bytes.fromhex(node) for node in log.frontier))
