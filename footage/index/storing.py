"""The index on disk: a mapped segment, a log of what came since, and a manifest that is replaced whole.

    manifest.json      which segment and which log count
    segment-N.*        inverted lists of either descriptor, and a table of the entries in them
    log-N              what was put or taken out since (`footage.index.log`)
    lock               held by the one who writes

An entry belongs to an owner, a number that the caller chooses. Every entry gets a serial number; a newer entry of an owner
takes the place of the older one at once, whose descriptors stay unread until the log is folded into the next segment. A kill at
any moment leaves the manifest and all it names in place.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from footage.fingerprints import Floats
from footage.index import log
from footage.index.describing import SIZES, Entry, Kind
from footage.index.log import Record
from footage.index.segments import Lists, Serials, batches, lists_for, sample_size

FORM = "dailies-index/1"
FOLD_AT = 20_000
"""Descriptors of one kind in the log from which it is folded into a segment. Below, every one is compared."""

OUTGROWN = 4
"""So many times more lists than there are would suit the index: it should be rebuilt."""

COMPARED_AT_ONCE = 256


class Busy(Exception):
    """Somebody else writes the index now. Whatever was not written is found missing later."""


class Unreadable(Exception):
    """The folder holds no index of this form, or a damaged one: it must be rebuilt."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What questions found: owners int64 (q, k), -1 where there are fewer; likeness float32 (q, k), best first."""

    owners: Serials
    likeness: Floats


@dataclass(frozen=True, slots=True)
class _Manifest:
    """Number of the segment (0: none yet) and of the log, and the first serial of the log."""

    segment: int = 0
    log: int = 1
    first: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    serial: int
    frames: int


class Index:
    """The index as it stands when this is made; entries put later are not seen."""

    def __init__(self, folder: Path) -> None:
        """Open an index, an empty one where there is none.

        Raises:
            Unreadable: It is damaged, or of another form.
        """
        manifest, self._segment, self._rows, end = _opened(folder)
        self._owners = np.full(end, -1, np.int64)
        for owner, row in self._rows.items():
            self._owners[row.serial] = owner
        self._tail = _tail(folder, manifest, self._owners)

    @property
    def frames(self) -> int:
        """How many frames of references it holds."""
        return sum(row.frames for row in self._rows.values())

    def frames_without(self, owners: Collection[int]) -> int:
        """How many frames of references it holds but for those of some owners."""
        return sum(row.frames for owner, row in self._rows.items() if owner not in owners)

    @property
    def owners(self) -> frozenset[int]:
        return frozenset(self._rows)

    @property
    def is_outgrown(self) -> bool:
        """Whether there is much more in it than its lists were made for."""
        return any(lists_for(one.count) >= OUTGROWN * one.lists for one in self._segment.values())

    def search(
        self,
        descriptors: Floats,
        kind: Kind,
        *,
        most: int = 32,
        without: Collection[int] = (),
        quickly: bool = False,
    ) -> Hits:
        """The likest entries for every descriptor (q, d), but for those of some owners.

        Args:
            quickly: Look into fewer lists: for many questions of which few matter.
        """
        among = (self._owners >= 0) & ~np.isin(self._owners, np.fromiter(without, np.int64, len(without)))
        found = [self._searched_tail(descriptors, kind, most, among)]
        if self._segment and len(descriptors):
            found.append(self._segment[kind].search(descriptors, most=most, among=among, quickly=quickly))
        serials = np.concatenate([one for one, _ in found], axis=1)
        likeness = np.concatenate([one for _, one in found], axis=1)
        order = np.argsort(-likeness, axis=1)[:, :most]
        serials = np.take_along_axis(serials, order, axis=1)
        owners = np.where(serials >= 0, self._owners[serials] if len(self._owners) else -1, -1)
        return Hits(owners, np.take_along_axis(likeness, order, axis=1))

    def _searched_tail(
        self, descriptors: Floats, kind: Kind, most: int, among: npt.NDArray[np.bool_]
    ) -> tuple[Serials, Floats]:
        serials, rows = self._tail[kind]
        wanted = among[serials]
        serials, rows = serials[wanted], rows[wanted]
        likeness = np.full((len(descriptors), most), -np.inf, np.float32)
        found = np.full((len(descriptors), most), -1, np.int64)
        kept = min(most, len(rows))
        for start in range(0, len(descriptors) if kept else 0, COMPARED_AT_ONCE):
            part = slice(start, start + COMPARED_AT_ONCE)
            scores = descriptors[part] @ rows.T
            best = np.argpartition(-scores, kept - 1, axis=1)[:, :kept]
            likeness[part, :kept] = np.take_along_axis(scores, best, axis=1)
            found[part, :kept] = serials[best]
        return found, likeness


def _opened(folder: Path) -> tuple[_Manifest, dict[Kind, Lists], dict[int, _Row], int]:
    """All of an index; begun again when it was folded at this moment and what the manifest named is gone."""
    manifest = _read_manifest(folder)
    while True:
        try:
            return manifest, _open_segment(folder, manifest, mapped=True), *_standing(folder, manifest)
        except (OSError, RuntimeError, ValueError) as fault:
            before, manifest = manifest, _read_manifest(folder)
            if manifest == before:
                raise Unreadable(str(fault)) from fault


def put(folder: Path, entries: Mapping[int, Entry], *, gone: Collection[int] = ()) -> None:
    """Put entries under their owners, take others out, and fold the log when it has become long.

    Raises:
        Busy: Somebody else is writing.
        Unreadable: The index must be rebuilt.
    """
    with _held(folder):
        manifest = _read_manifest(folder)
        records = chain(
            (Record(owner, entry) for owner, entry in entries.items()),
            (Record(owner, None) for owner in gone),
        )
        log.append(_log_path(folder, manifest), records)
        if _is_long(_log_path(folder, manifest)):
            _fold(folder, manifest)


def rebuild(folder: Path, entries: Iterable[tuple[int, Entry]]) -> None:
    """Make the index anew from all entries; the old one serves until this is done.

    Raises:
        Busy: Somebody else is writing.
    """
    with _held(folder):
        numbers = [int(path.name.partition("-")[2].split(".")[0]) for path in folder.glob("*-*")]
        fresh = _Manifest(segment=0, log=max(numbers, default=0) + 1)
        log.append(_log_path(folder, fresh), (Record(owner, entry) for owner, entry in entries))
        if _is_long(_log_path(folder, fresh)):
            _fold(folder, fresh)
        else:
            _commit(folder, fresh)


def _fold(folder: Path, manifest: _Manifest) -> None:
    """Write a segment of everything that stands, and begin a new log."""
    rows, ends = _standing(folder, manifest)
    live = np.zeros(ends, bool)
    live[[row.serial for row in rows.values()]] = True
    number = manifest.log + 1
    segment = _open_segment(folder, manifest, mapped=False)
    for kind in Kind:
        lists = segment.get(kind) or _trained(folder, manifest, kind, live)
        lists.remove(np.flatnonzero(~live).astype(np.int64))
        for serials, descriptors in batches(_descriptors(folder, manifest, kind, live)):
            lists.add(descriptors, serials)
        lists.write(_segment_path(folder, number, kind))
        _synced(_segment_path(folder, number, kind))
    table = np.array([(owner, row.serial, row.frames) for owner, row in rows.items()], np.int64).reshape(
        -1, 3
    )
    with _table_path(folder, number).open("wb") as file:
        np.save(file, table)
    _synced(_table_path(folder, number))
    (folder / f"log-{number}").unlink(missing_ok=True)  # of a rebuild that was killed
    _commit(folder, replace(manifest, segment=number, log=number, first=ends))


def _trained(folder: Path, manifest: _Manifest, kind: Kind, live: npt.NDArray[np.bool_]) -> Lists:
    """Empty lists whose middles are learned from an even sample of the log."""
    count = log.rows(_log_path(folder, manifest), kind)
    step = max(1, count // max(1, sample_size(count)))
    sample = [part[::step] for _, part in batches(_descriptors(folder, manifest, kind, live))]
    return Lists.trained(
        kind, np.concatenate([np.zeros((0, SIZES[kind]), np.float32), *sample]), expected=count
    )


def _descriptors(
    folder: Path, manifest: _Manifest, kind: Kind, live: npt.NDArray[np.bool_]
) -> Iterator[tuple[int, Floats]]:
    """Serial and descriptors of every live entry of the log."""
    for serial, record in enumerate(log.read(_log_path(folder, manifest)), manifest.first):
        if record.entry and live[serial]:
            yield serial, record.entry.of(kind)


def _tail(folder: Path, manifest: _Manifest, owners: Serials) -> dict[Kind, tuple[Serials, Floats]]:
    """Live descriptors of the log, in memory."""
    found = {}
    for kind in Kind:
        parts = list(_descriptors(folder, manifest, kind, owners >= 0))
        serials = np.repeat(
            np.array([serial for serial, _ in parts], np.int64), [len(part) for _, part in parts]
        )
        found[kind] = (
            serials,
            np.concatenate([np.zeros((0, SIZES[kind]), np.float32), *(p for _, p in parts)]),
        )
    return found


def _standing(folder: Path, manifest: _Manifest) -> tuple[dict[int, _Row], int]:
    """The newest entry of every owner that was not taken out, and the first serial nobody has."""
    rows: dict[int, _Row] = {}
    if manifest.segment:
        table = np.load(_table_path(folder, manifest.segment))
        rows = {int(owner): _Row(int(serial), int(frames)) for owner, serial, frames in table}
    end = manifest.first
    for record in log.read(_log_path(folder, manifest)):
        if record.entry is None:
            rows.pop(record.owner, None)
        else:
            rows[record.owner] = _Row(end, record.entry.frames)
        end += 1
    return rows, end


def _is_long(path: Path) -> bool:
    return any(log.rows(path, kind) >= FOLD_AT for kind in Kind)


def _open_segment(folder: Path, manifest: _Manifest, *, mapped: bool) -> dict[Kind, Lists]:
    if not manifest.segment:
        return {}
    return {kind: Lists.open(_segment_path(folder, manifest.segment, kind), mapped=mapped) for kind in Kind}


def _read_manifest(folder: Path) -> _Manifest:
    path = folder / "manifest.json"
    if not path.exists():
        return _Manifest()
    try:
        facts = json.loads(path.read_text())
        if facts.pop("form") != FORM:
            raise Unreadable(str(path))
        return _Manifest(**facts)
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise Unreadable(str(path)) from fault


def _commit(folder: Path, manifest: _Manifest) -> None:
    """Let a manifest count from now on, and clear away what no manifest names."""
    facts = {"form": FORM, "segment": manifest.segment, "log": manifest.log, "first": manifest.first}
    staged = folder / "manifest.new"
    staged.write_text(json.dumps(facts))
    _log_path(folder, manifest).touch()
    _synced(staged)
    staged.replace(folder / "manifest.json")
    _synced(folder)
    kept = {_log_path(folder, manifest), _table_path(folder, manifest.segment)}
    kept |= {_segment_path(folder, manifest.segment, kind) for kind in Kind}
    for path in folder.glob("*-*"):
        if path not in kept:
            path.unlink()


def _synced(path: Path) -> None:
    """Return when the file or folder is on disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise Busy(str(folder)) from fault
        yield


def _log_path(folder: Path, manifest: _Manifest) -> Path:
    return folder / f"log-{manifest.log}"


def _segment_path(folder: Path, number: int, kind: Kind) -> Path:
    return folder / f"segment-{number}.{kind}"


def _table_path(folder: Path, number: int) -> Path:
    return folder / f"segment-{number}.entries"
