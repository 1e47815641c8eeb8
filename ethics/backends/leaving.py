"""A finished film on its way out: words on the picture, labels in the file, credentials last (MEASURE §7).

Runs in the sandbox, because it reads the film and everything that went into it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from ethics.domain.leaving import Label, Placement
from footage.credentials import Action, Ingredient, sign_file
from footage.credentials.files import MIMES
from footage.labels import label_generated, state_source_type
from footage.labels.visible import SHOWN_SECONDS, mark_film
from footage.problems import Problem
from footage.sniff import sniff
from footage.watched import run_watched, teller

ASSERTION = "org.dailies.assessment"
KEPT_CONTAINERS = {"mp4": ".mp4", "mov": ".mov"}
HANDED_IN = "handed-in"
SECONDS_PER_FILM_SECOND, LEAST_SECONDS, MEMORY_MB = 20, 300.0, 6144
MARKED_PART = 0.8
MOST_INGREDIENTS = 200


@dataclass(frozen=True, slots=True)
class Ware:
    """A file that went into the film: its id in the assessment, where it lies, what the crew called it."""

    id: str
    path: Path
    title: str


@dataclass(frozen=True, slots=True)
class Parting:
    """A film to finish, as plain values.

    Attributes:
        film: Where the file lies; `name` is what the crew called it.
        seconds: Its length.
        folder: An empty folder to write into.
        label: What it says of itself.
        is_marked: Whether the words are shown, too.
        producer, number: Code of the service and number of this output there (GB 45438-2025, Annex E).
        integrity: SHA-256 of the assessment, hex.
        wares: Files of the work that stand in the film.
        placed: Where they stand.
        assertion: The assessment with where it is logged; texts and whole numbers alone, because the C2PA library loses
            lists of decimal numbers.
        keys: Folder of the school's signing keys.
        title: Of the work.
        agent: Who labels and signs.
    """

    film: Path
    name: str
    seconds: Fraction
    folder: Path
    label: Label
    is_marked: bool
    producer: str
    number: str
    integrity: str
    wares: tuple[Ware, ...]
    placed: tuple[Placement, ...]
    assertion: Mapping[str, Any]
    keys: Path
    title: str
    agent: str


def finish_film(parting: Parting, *, progress: Callable[[float], None]) -> Path:
    """Label and sign a film and return where it lies in `parting.folder`. Raises Problem when it can't be read."""
    made = run_watched(
        "ethics.backends.leaving:finish_here",
        parting.name,
        parting,
        progress=progress,
        seconds=LEAST_SECONDS + SECONDS_PER_FILM_SECOND * float(parting.seconds),
        memory_mb=MEMORY_MB,
    )
    return Path(str(made))


def finish_here(name: str, parting: Parting, *, report: Path) -> str:
    """Sandbox side of `finish_film`; `name` is what a problem calls the film."""
    tell = teller(report)
    film = _shown(parting, lambda share: tell(MARKED_PART * share))
    if parting.label.level is None:
        state_source_type(film, parting.label.source_type)
    else:
        label_generated(
            film, producer=parting.producer, produce_id=parting.number, level=parting.label.level,
            source_type=parting.label.source_type, integrity=parting.integrity,
        )  # fmt: skip
    tell(MARKED_PART)
    signed = film.with_name(f"film{film.suffix}")
    ingredients = _ingredients(parting)
    sign_file(
        film, signed, folder=parting.keys, actions=_actions(parting, {one.label for one in ingredients}),
        ingredients=ingredients, title=parting.title, assertions={ASSERTION: dict(parting.assertion)},
    )  # fmt: skip
    film.unlink()
    tell(1.0)
    return str(signed)


def _shown(parting: Parting, progress: Callable[[float], None]) -> Path:
    """The film with its words on it; without words a copy, as MP4 where it came in another container."""
    suffix = KEPT_CONTAINERS.get(sniff(parting.film, name=parting.name).container)
    mark = parting.label.mark if parting.is_marked else None
    if mark is None and suffix is not None:
        copy = parting.folder / f"labelled{suffix}"
        shutil.copyfile(parting.film, copy)
        return copy
    film = parting.folder / "labelled.mp4"
    mark_film(parting.film, film, mark=mark, progress=progress)
    return film


def _ingredients(parting: Parting) -> list[Ingredient]:
    """The film as handed in, and its sources of a kind that can travel along in a manifest, each once."""
    found = [Ingredient(parting.film, HANDED_IN, parting.name, "inputTo")] if _travels(parting.film) else []
    travelling = [ware for ware in parting.wares[:MOST_INGREDIENTS] if _travels(ware.path)]
    return [*found, *(Ingredient(one.path, _label(one.id), one.title, "componentOf") for one in travelling)]


def _travels(path: Path) -> bool:
    with suppress(Problem, OSError):
        return sniff(path, name=path.name).mime in MIMES
    return False


def _label(source: str) -> str:
    return f"source-{source}"


def _actions(parting: Parting, known: set[str]) -> Sequence[Action]:
    """The manifest's list: made, each source placed at its time, the words shown."""
    made_from = (HANDED_IN,) if HANDED_IN in known else ()
    actions = [
        Action(
            "c2pa.created",
            source_type=parting.label.source_type,
            agent=parting.agent,
            ingredients=made_from,
        )
    ]
    actions += [
        Action(
            "c2pa.placed",
            description=one.plane,
            ingredients=(_label(one.source),),
            start=one.start,
            end=one.end,
        )
        for one in parting.placed
        if _label(one.source) in known
    ]
    if parting.is_marked and parting.label.mark:
        shown = min(SHOWN_SECONDS, parting.seconds)
        actions.append(
            Action(
                "c2pa.addedText", agent=parting.agent, description="AI label", start=Fraction(0), end=shown
            )
        )
    placed = {label for action in actions for label in action.ingredients}
    return [*actions, *(Action("c2pa.placed", ingredients=(label,)) for label in sorted(known - placed))]
