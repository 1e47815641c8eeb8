"""The tree as static files (C2SP tlog-tiles), and every proof from them in O(log n).

A tile holds 256 consecutive hashes of one level; level L counts subtrees of 256**L entries. Tiles are derived
from the entries and never change once full, so any web server can hand them out and any lost one is built anew.
Only what a signed head covers is published.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from ledger import merkle
from ledger.canonical import canonical_json
from ledger.models import Entry

HEIGHT = 8
WIDTH = 1 << HEIGHT
DEEPEST = 63
LARGEST_ENTRY_BYTES = 2**16 - 1
ENTRIES = "entries"
_NUMBER = re.compile(r"(?P<whole>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?", re.ASCII)


class TileMissing(LookupError):
    """A tile that the entries don't fill."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Address of a tile: hashes of a level, or the entries themselves; partial when narrower than 256."""

    level: int
    index: int
    width: int = WIDTH
    is_entries: bool = False

    @property
    def path(self) -> str:
        """Place under the log's prefix (tlog-tiles §Merkle Tree)."""
        kind = ENTRIES if self.is_entries else str(self.level)
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{kind}/{_number(self.index)}{part}"

    @property
    def whole(self) -> Tile:
        return Tile(self.level, self.index, WIDTH, self.is_entries)

    @property
    def span(self) -> range:
        """Positions on its level."""
        return range(self.index * WIDTH, self.index * WIDTH + self.width)

    def is_under(self, size: int) -> bool:
        """Whether a tree of `size` fills the tile up to its width."""
        return self.span.stop <= size >> (HEIGHT * self.level)


def parse_tile(level: str, number: str) -> Tile | None:
    """Read the two parts of a tile's address; None unless written exactly as tlog-tiles wants."""
    found = _NUMBER.fullmatch(number)
    if found is None or not (level == ENTRIES or re.fullmatch(r"0|[1-9]\d?", level, re.ASCII)):
        return None
    is_entries = level == ENTRIES
    index = int(found["whole"].replace("x", "").replace("/", ""))
    tile = Tile(0 if is_entries else int(level), index, int(found["width"] or WIDTH), is_entries)
    is_exact = tile.path == f"tile/{level}/{number}"
    return tile if is_exact and tile.level <= DEEPEST else None


def _number(index: int) -> str:
    digits = str(index).zfill(-(-len(str(index)) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile of a tree of `size`, a level's before the next level's, full ones before the partial one."""
    for is_entries in (True, False):
        for level in range(1 if is_entries else DEEPEST + 1):
            whole, rest = divmod(size >> (HEIGHT * level), WIDTH)
            yield from (Tile(level, index, WIDTH, is_entries) for index in range(whole))
            if rest:
                yield Tile(level, whole, rest, is_entries)
            if not whole:
                break


# ---------------------------------------------------------------- reading
def folder() -> Path:
    """Where the static files lie; the log's prefix for a web server."""
    return Path(settings.DATA_DIR) / "ledger" / "tiles"


def read(tile: Tile) -> bytes:
    """Bytes of a tile: as stored, else from the entries.

    Raises:
        TileMissing: when there are not that many entries.
    """
    stored = _stored(tile)
    return build(tile) if stored is None else stored


def _stored(tile: Tile) -> bytes | None:
    # A partial tile may be gone once the whole one stands; of hashes it is the beginning.
    candidates = (tile,) if tile.is_entries else (tile.whole, tile)
    for candidate in candidates:
        try:
            data = (folder() / candidate.path).read_bytes()
        except OSError:
            continue
        if tile.is_entries:
            return data
        if len(data) == candidate.width * merkle.HASH_BYTES:
            return data[: tile.width * merkle.HASH_BYTES]
    return None


def build(tile: Tile) -> bytes:
    """Bytes of a tile from the entries or, above level 0, from the tiles below."""
    if tile.level:
        below = (read(Tile(tile.level - 1, position)) for position in tile.span)
        return b"".join(merkle.tree_root(_split(data)) for data in below)
    rows = Entry.objects.filter(index__gte=tile.span.start, index__lt=tile.span.stop).order_by("index")
    parts = [_bundled(body) for body in rows.values_list("body", flat=True)] if tile.is_entries else [
        bytes.fromhex(leaf) for leaf in rows.values_list("leaf", flat=True)
    ]  # fmt: skip
    if len(parts) != tile.width:
        raise TileMissing(f"{tile.path} has {len(parts)} of {tile.width} entries.")
    return b"".join(parts)


def _bundled(body: object) -> bytes:
    """One entry of a bundle: its length in two bytes, big-endian, and its canonical body."""
    data = canonical_json(body)
    return len(data).to_bytes(2) + data


def _split(data: bytes) -> list[merkle.Hash]:
    return [data[at : at + merkle.HASH_BYTES] for at in range(0, len(data), merkle.HASH_BYTES)]


class Tree:
    """The tree of a signed size over the stored tiles, and all trees it grew out of; reads each tile once."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._read: dict[tuple[int, int], list[merkle.Hash]] = {}

    def root(self, size: int) -> merkle.Hash:
        """Root of the first `size` entries."""
        return self._root(range(size))

    def inclusion_proof(self, *, index: int, size: int) -> merkle.Proof:
        """Proof that entry `index` stands among the first `size`; O(log size) hashes and tiles."""
        return tuple(map(self._root, merkle.inclusion_ranges(index=index, size=size)))

    def consistency_proof(self, *, old_size: int, new_size: int) -> merkle.Proof:
        """Proof that the first `old_size` entries open the first `new_size`; nothing for equal sizes or none."""
        if old_size in {0, new_size}:
            return ()
        return tuple(map(self._root, merkle.consistency_ranges(old_size=old_size, new_size=new_size)))

    def _root(self, part: range) -> merkle.Hash:
        """Root of a range that starts where a subtree of at least its length starts."""
        hashes, start = [], part.start
        for height in range(len(part).bit_length() - 1, -1, -1):
            if len(part) >> height & 1:
                hashes.append(self._node(height, start >> height))
                start += 1 << height
        return merkle.Frontier(len(part), tuple(hashes)).root

    def _node(self, height: int, index: int) -> merkle.Hash:
        """Root of the perfect subtree number `index` of 2**height entries."""
        level, rest = divmod(height, HEIGHT)
        number, offset = divmod(index << rest, WIDTH)
        return merkle.tree_root(self._hashes(level, number)[offset : offset + (1 << rest)])

    def _hashes(self, level: int, number: int) -> list[merkle.Hash]:
        """A tile as wide as the tree fills it, for that is the one published."""
        if (level, number) not in self._read:
            width = min(WIDTH, (self.size >> (HEIGHT * level)) - number * WIDTH)
            self._read[level, number] = _split(read(Tile(level, number, width)))
        return self._read[level, number]


# ---------------------------------------------------------------- publishing
def publish(*, size: int, checkpoint: bytes) -> int:
    """Write what a signed head adds, the checkpoint last, and return how many files were written.

    Safe to repeat and to run twice at once: files appear whole or not at all, and an older head never takes the
    place of a newer one.
    """
    with _alone():
        written = sum(_write(tile) for tile in _unwritten(size))
        path = folder() / "checkpoint"
        if _published_size(path) <= size and not _holds(path, checkpoint):
            _write_file(path, checkpoint)
            written += 1
        return written


def published_checkpoint() -> bytes | None:
    """The note on disk, which outlives a database put back from a copy."""
    try:
        return (folder() / "checkpoint").read_bytes()
    except FileNotFoundError:
        return None


def forget() -> None:
    """Remove every published file."""
    shutil.rmtree(folder(), ignore_errors=True)


def differing(size: int) -> Tile | None:
    """The first published tile that differs from the entries, or None; tiles that aren't stored are passed."""
    for tile in tiles_of(size):
        path = folder() / tile.path
        if path.exists() and path.read_bytes() != build(tile):
            return tile
    return None


def _unwritten(size: int) -> Iterable[Tile]:
    """Tiles that a tree of `size` has and the folder lacks, lower levels first."""
    for is_entries in (True, False):
        for level in range(1 if is_entries else DEEPEST + 1):
            whole, rest = divmod(size >> (HEIGHT * level), WIDTH)
            yield from _unwritten_row(level, whole, is_entries=is_entries)
            partial = Tile(level, whole, rest, is_entries)
            if rest and not (folder() / partial.path).exists():
                yield partial
            if not whole:
                break


def _unwritten_row(level: int, count: int, *, is_entries: bool) -> list[Tile]:
    """Full tiles at the end of a level that are not stored; those before the first stored one are."""
    missing: list[Tile] = []
    for index in range(count - 1, -1, -1):
        tile = Tile(level, index, WIDTH, is_entries)
        if (folder() / tile.path).exists():
            break
        missing.append(tile)
    return missing[::-1]


def _write(tile: Tile) -> int:
    path = folder() / tile.path
    _write_file(path, build(tile))
    if tile.width == WIDTH:
        shutil.rmtree(path.with_name(path.name + ".p"), ignore_errors=True)
    return 1


def _write_file(path: Path, data: bytes) -> None:
    """Write through a temporary file in the same folder, so that readers see all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _published_size(path: Path) -> int:
    try:
        return int(path.read_bytes().split(b"\n", 2)[1])
    except (OSError, ValueError, IndexError):
        return 0


def _holds(path: Path, data: bytes) -> bool:
    return path.exists() and path.read_bytes() == data


@contextmanager
def _alone() -> Iterator[None]:
    """Let one publisher at a time work on the folder."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
