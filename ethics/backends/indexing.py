"""The index of reference frames as the school keeps it: where it lies, what a film asks it, what it nominates."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from ethics.backends.keeping import Keeper
from footage.fingerprints import Reference
from footage.index import Busy, Index, Questions, Unreadable, entry_of, questions_of, shortlist, storing
from footage.sandbox import run_limited
from footage.trace import read_film
from footage.watched import run_watched, teller

SECONDS_PER_FILM_SECOND = 6
LEAST_SECONDS = 120.0
MEMORY_MB = 4096
READ_SECONDS, READ_MEMORY_MB = 300.0, 3072
Progress = Callable[[float], None]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """A film to be read for its questions.

    Attributes:
        film: Where the file lies; `sha256` is its hash, hex.
        seconds: Its length, for the time limit.
        keep_in: Folder in which the read film is kept for the trace that follows.
    """

    film: Path
    sha256: str
    seconds: float
    keep_in: Path


@dataclass(frozen=True, slots=True)
class Nominated:
    """Owners that a film may show, and how many frames of others were searched for them."""

    owners: tuple[int, ...]
    frames: int


def index_folder() -> Path:
    """Return where the index lies; each host keeps its own beside its data."""
    return Path(settings.DATA_DIR) / "index"


def nominate(look: Look, *, without: Collection[int], progress: Progress) -> Nominated:
    """Read a film and ask the index which references it may show.

    Args:
        without: Owners that are searched anyway.

    Raises:
        footage.problems.Problem: The film can't be read.
        Unreadable: The index must be rebuilt.
    """
    index = Index(index_folder())
    if not index.owners - set(without):
        return Nominated((), 0)
    questions: Questions = run_watched(
        "ethics.backends.indexing:look_here",
        look,
        progress=progress,
        seconds=LEAST_SECONDS + SECONDS_PER_FILM_SECOND * look.seconds,
        memory_mb=MEMORY_MB,
    )
    owners = shortlist(index, questions, without=without)
    return Nominated(tuple(owners), index.frames_without(without))


def look_here(look: Look, *, report: Path) -> Questions:
    """Sandbox side of `nominate`; leaves the read film for the trace that follows."""
    tell = teller(report)
    keeper = Keeper(look.keep_in, look.sha256)
    return questions_of(keeper.of("film", lambda: read_film(look.film, progress=tell)))


def fingerprint(path: Path) -> Reference:
    """Fingerprint a file in the sandbox. Raises Problem when it holds neither picture nor sound."""
    found: Reference = run_limited(
        "footage.fingerprints:make_reference", path, seconds=READ_SECONDS, memory_mb=READ_MEMORY_MB
    )
    return found


def put_references(references: Mapping[int, Reference], *, gone: Collection[int] = ()) -> bool:
    """Bring references into the index, and take owners out; whether that was possible now."""
    if not references and not gone:
        return True
    entries = {owner: entry_of(reference) for owner, reference in references.items()}
    try:
        storing.put(index_folder(), entries, gone=gone)
    except (Busy, Unreadable) as fault:
        logger.info("the index is left as it is, for the sweep to bring up to date: %r", fault)
        return False
    return True


def rebuild_index(references: Iterable[tuple[int, Reference]]) -> None:
    """Make the index anew. Raises Busy when somebody else is writing it."""
    storing.rebuild(index_folder(), ((owner, entry_of(reference)) for owner, reference in references))


def standing_index() -> Index | None:
    """The index; None when it must be rebuilt."""
    try:
        return Index(index_folder())
    except Unreadable as fault:
        logger.warning("the index of references can't be read and is rebuilt: %s", fault)
        return None
