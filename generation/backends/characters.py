"""A character's sheet: separate drawings from one family of seeds."""

from __future__ import annotations

from pathlib import Path

from generation.backends import drawing, drift, sheets
from generation.backends.base import Asked, Produced, Progress, Request
from generation.backends.repainting import Engine
from generation.domain.characters import View, views_of

TOOL = "character-sheet"


def run(engine: Engine, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
    """Draw each view on its own and lay them side by side; the facts say how far each drifted from the first.

    Raises:
        Cancelled, Breakdown, Problem: as Backend.run.
    """
    views = views_of(request.inputs)
    steps = int(request.inputs["steps"])
    drawn = [
        _draw(
            engine, request, view, cancelled=cancelled,
            progress=_part_of(progress, before=number * steps, steps=len(views) * steps),
        )
        for number, view in enumerate(views)
    ]  # fmt: skip
    path, division = sheets.write_sheet([each.picture for each in drawn], folder)
    first = drawn[0].picture
    facts = drawing.facts(
        drawn[0], spec=engine.spec, size=(first.width * division["columns"], first.height * -(-len(views) // division["columns"])),
        shows=[view.shows for view in views], prompts=[view.prompt for view in views], seeds=[view.seed for view in views],
        drift=[drift.drift(each.picture, [first]) for each in drawn], drift_by=drift.BY_FEATURES, **division,
    )  # fmt: skip
    return Produced(path, "image", facts)


def _part_of(progress: Progress, *, before: int, steps: int) -> Progress:
    """Report a drawing's steps as part of the sheet's."""

    def report(step: int, _steps: int) -> None:
        progress(before + step, steps)

    return report


def _draw(
    engine: Engine, request: Request, view: View, *, progress: Progress, cancelled: Asked
) -> drawing.Drawn:
    width, height = drawing.picture_size(engine.spec)
    words = {"prompt": view.prompt, "seed": view.seed}
    return drawing.draw(
        engine.pipeline, request, spec=engine.spec, progress=progress, cancelled=cancelled, words=words,
        width=width, height=height, **drawing.rescale_of(engine.spec),
    )  # fmt: skip
