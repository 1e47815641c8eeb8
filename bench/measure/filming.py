"""One film under one attack after another: cut, measured, compared with its truth, and kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import cv2

from bench.measure.attacks import ATTACKS, HIDING
from bench.measure.cutting import cut, take_file
from bench.measure.films import INDEXED, Edit, Take, draw_film, library_of
from bench.measure.judging import judge_film
from bench.measure.peers import Hashes, pdq_of, peers_found
from bench.measure.store import Store
from bench.measure.truth import truth_of
from ethics.backends.tracer import Kind, Source, build_assessment, trace_film
from footage.fingerprints import Reference, make_reference

GOOD = 0.02
"""Films whose share is further off than this are put where people look for them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is asked for.

    Attributes:
        first_seed: `REPORTED` or `TUNING`.
        peers: So many films, from the first, are also put before PDQ and the signature filter.
        until: Seconds of the clock after which nothing new is begun.
        beside: The index also holds the takes of another film.
    """

    store: Store
    attacks: tuple[str, ...]
    first_seed: int
    corpus: Path | None
    peers: int
    until: float
    beside: bool = True


class Bench:
    """A film with everything that is made once for all its attacks."""

    def __init__(self, number: int, plan: Plan) -> None:
        self.plan = plan
        self.number = number
        self.edit = self._drawn(number)
        self.neighbour = self._drawn(number ^ 1 if plan.beside else number)
        self.references: dict[str, Reference] = {}
        self.hashes: dict[str, Hashes] = {}

    def _drawn(self, number: int) -> Edit:
        return draw_film(number, first_seed=self.plan.first_seed, real=self.plan.corpus is not None)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Results of all attacks; when time is up, of those that were kept before."""
        found = (self.row(attack) for attack in self.plan.attacks)
        yield from (row for row in found if row)

    def row(self, attack: str) -> dict[str, Any] | None:
        """The result of one attack; None when it isn't there and time is up."""
        edit = ATTACKS[attack](self.edit)
        inputs = edit, self.neighbour, attack
        row = self.plan.store.load(*inputs)
        peers = self.plan.store.peers.load(edit)
        lacks_peers = self.number < self.plan.peers and peers is None
        late = time.time() > self.plan.until
        if (row is None or lacks_peers) and not late:
            film = self._film(edit, attack)
            if lacks_peers:
                peers = self._peers(film, edit)
                self.plan.store.peers.save(peers, edit)
            if row is None:
                row = self._measured(film, edit, attack)
                self.plan.store.save(row, *inputs)
            self._point_at(film, attack, row["score"])
        return row and row | {"peers": peers}

    def _film(self, edit: Edit, attack: str) -> Path:
        def make(path: Path) -> None:
            cut(path, edit, folder=self.plan.store.takes, corpus=self.plan.corpus)

        return self.plan.store.film(attack, edit, make=make)

    def _measured(self, film: Path, edit: Edit, attack: str) -> dict[str, Any]:
        truth = truth_of(edit)
        sources = [self._source(take) for take in library_of(edit, self.neighbour)]
        begun = time.perf_counter()
        document = build_assessment(trace_film(film, sources))
        seconds = time.perf_counter() - begun
        score = judge_film(document, truth, hiding=attack in HIDING)
        return {
            "film": self.number, "attack": attack, "file": film.name, "seconds": float(truth.seconds),
            "measured_in": round(seconds, 2), "sources": len(sources), "score": score.to_json(),
        }  # fmt: skip

    def _source(self, take: Take) -> Source:
        path = self._file(take)
        if take.key not in self.references:
            self.references[take.key] = make_reference(path)
        return Source(take.key, path, cast("Kind", take.kind), reference=self.references[take.key])

    def _file(self, take: Take) -> Path:
        return take_file(self.plan.store.takes, take, corpus=self.plan.corpus)

    def _peers(self, film: Path, edit: Edit) -> dict[str, int]:
        """What the peers find; kept apart, because it doesn't change with the code that measures."""
        files = {take.key: self._file(take) for take in edit.takes if take.kind in INDEXED}
        truth = truth_of(edit)
        for planted in truth.planted:
            if planted.key not in self.hashes:
                self.hashes[planted.key] = pdq_of(files[planted.key])
        return peers_found(film, truth, files=files, hashes=self.hashes)

    def _point_at(self, film: Path, attack: str, score: dict[str, Any]) -> None:
        """Put a link to what went wrong where people look for it."""
        link = self.plan.store.wrong / f"{self.plan.first_seed}-{self.number:03d}-{attack}.mp4"
        link.unlink(missing_ok=True)
        if score["missed"] or score["error"] > GOOD or score["accused"]:
            link.hardlink_to(film)


def film_rows(number: int, plan: Plan) -> list[dict[str, Any]]:
    """All results of one film, in a process of its own."""
    cv2.setNumThreads(1)
    return list(Bench(number, plan).rows())
