"""A whole run: films over all cores, strangers, the 1080p film, and the figures at the end."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

from bench.measure.figures import Row, rounded, summary
from bench.measure.filming import Plan, film_rows
from bench.measure.speed import measure_1080p
from bench.measure.strangers import FILMS_A_FILE, worth

EMPTY_SPEED = {"seconds_vs_realtime_1080p": None, "seconds_vs_decode_1080p": None, "peak_rss_mb": None}


def perform(
    plan: Plan, *, films: int, strangers: int, seconds_1080p: int, jobs: int, say: Callable[[str], None]
) -> tuple[list[Row], dict[str, Any]]:
    """Run everything asked for; the rows of films and the last line.

    Args:
        films: How many test films.
        strangers: Films' worth of shots never indexed; rounded up to whole files.
        seconds_1080p: Length of the 1080p film; 0 leaves it out.
        jobs: Processes at a time.
    """
    speed = _speed(plan, seconds_1080p, say)
    rows = list(_films(plan, films=films, jobs=jobs, say=say))
    accused = list(_strangers(plan, count=strangers, jobs=jobs, say=say))
    return rows, last_line(rows, accused, speed)


def last_line(rows: Sequence[Row], strangers: Sequence[Row], speed: Row) -> dict[str, Any]:
    """The figures the benchmark is read by; None where their part was not run."""
    measured = sum(row["films"] for row in strangers)
    false = sum(len(row["accused"]) for row in strangers)
    return {
        "bench": "measure",
        **summary(rows),
        "false_films_per_1000": rounded(1000 * false / measured, 3) if measured else None,
        "distractor_films": measured,
        **{name: speed[name] for name in EMPTY_SPEED},
    }


def _speed(plan: Plan, seconds: int, say: Callable[[str], None]) -> Row:
    """First, while nothing else of this run is at work."""
    if not seconds:
        return EMPTY_SPEED
    figures = plan.store.load("1080p", seconds)
    if figures is None:
        figures = measure_1080p(plan.store.folder / "1080p", seconds=seconds)
        plan.store.save(figures, "1080p", seconds)
    say(f"1080p, {figures['seconds']} s: measured in {figures['measured_s']} s, decoded in {figures['decoded_s']} s, "
        f"{figures['peak_rss_mb']} MB")  # fmt: skip
    return figures


def _films(plan: Plan, *, films: int, jobs: int, say: Callable[[str], None]) -> Iterator[Row]:
    order = {attack: place for place, attack in enumerate(plan.attacks)}
    found: list[Row] = []
    with _pool(jobs) as pool:
        waiting = {pool.submit(film_rows, number, plan): number for number in range(films)}
        for done in as_completed(waiting):
            found += done.result()
            say(f"film {waiting[done]:03d}: {len(done.result())} of {len(order)} attacks, {_clock()}")
    yield from sorted(found, key=lambda row: (order[row["attack"]], row["film"]))


def _strangers(plan: Plan, *, count: int, jobs: int, say: Callable[[str], None]) -> Iterator[Row]:
    files = -(-count // FILMS_A_FILE)
    with _pool(jobs) as pool:
        for row in pool.map(worth, range(files), [plan] * files):
            if row:
                say(f"{row['file']}: {len(row['accused'])} of {row['films']} accused, {_clock()}")
                yield row


def _pool(jobs: int) -> ProcessPoolExecutor:
    """Forked, so that every process measures with the code this one has read, whatever is edited meanwhile."""
    return ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork"))


def _clock() -> str:
    return time.strftime("%H:%M:%S")
