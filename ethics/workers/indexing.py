"""The index of reference frames: what of other crews' material a film is traced against, and keeping it up to date.

The fingerprints in the database are the truth and the index is made of them: whatever an interrupted or busy moment left out
is found by the sweep, on every host for its own index.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
from django.conf import settings

from assignments.backends import store
from assignments.models import Cut, Media
from ethics.backends import indexing
from ethics.backends.indexing import Look, Nominated
from ethics.models import Reference
from ethics.queries.searched import (
    fingerprinted,
    fingerprinted_ids,
    heard_only,
    others_of,
    own_media,
    unread_media,
    unread_of_course,
)
from footage.fingerprints import GRID_HEIGHT, GRID_WIDTH, MAGIC
from footage.fingerprints import Reference as Fingerprint
from footage.index import Busy, Unreadable
from footage.problems import Problem

FINGERPRINTS = MAGIC.decode().strip()
FEW_OTHERS = 40
"""Up to so many media of other crews are all traced, without asking the index."""

MOST_UNREAD, MOST_SOUNDS = 100, 40
"""Of other crews' media of the same course: so many that have no fingerprint yet are traced, so many sounds."""

READ_PER_SWEEP, PUT_AT_ONCE = 8, 200
Progress = Callable[[float], None]
logger = logging.getLogger(__name__)


def others_in(cut: Cut, *, progress: Progress) -> Nominated:
    """Media of other crews of the school that a cut is traced against: all, or those the index nominates.

    Raises:
        footage.problems.Problem: The film can't be read.
    """
    everything = list(others_of(cut).values_list("pk", flat=True)[: FEW_OTHERS + 1])
    if len(everything) <= FEW_OTHERS:
        index = indexing.standing_index()
        return Nominated(tuple(everything), index.frames_without(own_media(cut)) if index else 0)
    film = cut.film
    seconds = float(Fraction((film.facts or {}).get("duration", 0)))
    look = Look(store.path(film.sha256), film.sha256, seconds, Path(settings.TRACES_DIR))
    try:
        found = indexing.nominate(look, without=own_media(cut), progress=progress)
    except Unreadable:
        rebuild(progress=lambda _share: progress(0.0))
        found = indexing.nominate(look, without=own_media(cut), progress=progress)
    unread = unread_of_course(cut, FINGERPRINTS).values_list("pk", flat=True)[:MOST_UNREAD]
    sounds = heard_only(cut).values_list("pk", flat=True)[:MOST_SOUNDS]
    return Nominated(tuple(dict.fromkeys((*found.owners, *unread, *sounds))), found.frames)


def index_read(read: Mapping[int, Fingerprint]) -> None:
    """Bring fingerprints that were just stored into the index; what can't be done now the sweep does."""
    indexing.put_references(read)


def sweep_index(*, now: datetime) -> None:
    """Fingerprint media nobody has read, put into the index what it misses, and take out what is gone.

    Does nothing while another sweep is under way on this host.
    """
    with _alone() as is_alone:
        if not is_alone:
            return
        for media in unread_media(FINGERPRINTS)[:READ_PER_SWEEP]:
            _read(media, now=now)
        index = indexing.standing_index()
        if index is None or index.is_outgrown:
            _rebuilt_if_free()
        else:
            _levelled(index.owners)


def rebuild(*, progress: Progress = lambda share: None) -> int:
    """Make the index anew from all stored fingerprints and return how many media it holds.

    Raises:
        Busy: Another process is writing it.
    """
    owners = sorted(fingerprinted_ids(FINGERPRINTS))
    indexing.rebuild_index(_stored(owners, progress))
    return len(owners)


def _rebuilt_if_free() -> None:
    try:
        rebuild()
    except Busy:
        logger.info("the index is being written; it is rebuilt by a later sweep")


def _levelled(owners: frozenset[int]) -> None:
    """Put in what is missing, take out what is gone."""
    stored = fingerprinted_ids(FINGERPRINTS)
    missing, gone = sorted(stored - owners), sorted(owners - stored)
    for start in range(0, max(1, len(missing)), PUT_AT_ONCE):
        part = dict(_stored(missing[start : start + PUT_AT_ONCE], lambda share: None))
        if not indexing.put_references(part, gone=gone if not start else ()):
            return


def _stored(owners: list[int], progress: Progress) -> Iterator[tuple[int, Fingerprint]]:
    """Stored fingerprints of media, a few in memory at a time."""
    for start in range(0, len(owners), PUT_AT_ONCE):
        rows = fingerprinted(FINGERPRINTS).filter(pk__in=owners[start : start + PUT_AT_ONCE])
        for row in rows.iterator(chunk_size=20):
            yield row.pk, Fingerprint.from_bytes(bytes(row.fingerprints))
        progress(min(1.0, (start + PUT_AT_ONCE) / len(owners)))


def _read(media: Media, *, now: datetime) -> None:
    """Fingerprint one medium; what can't be read gets an empty fingerprint, so that it isn't tried for ever."""
    try:
        found = indexing.fingerprint(store.path(media.sha256))
    except Problem as problem:
        logger.info("media %s can't be compared with films: %s", media.uuid, problem)
        found = _nothing(media)
    Reference.objects.update_or_create(
        media=media,
        defaults={"version": FINGERPRINTS, "fingerprints": found.to_bytes(), "created_at": now},
    )


def _nothing(media: Media) -> Fingerprint:
    return Fingerprint(
        still=False,
        width=0,
        height=0,
        seconds=Fraction(0),
        file_hash=media.sha256,
        stream_hash="",
        times=np.zeros(0),
        greys=np.zeros((0, GRID_HEIGHT, GRID_WIDTH), np.uint8),
    )


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other sweep runs on this host while this one does."""
    folder = indexing.index_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "sweep.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
