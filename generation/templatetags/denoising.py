"""The contact sheet of a lab run, as tiles a page can show: `{% load denoising %}`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from assignments.choices import MediaState
from generation.models import Job

register = template.Library()


@dataclass(frozen=True, slots=True)
class Tile:
    """One step: its words, and where it lies on the sheet as an SVG viewBox in pixels.

    `expected_box` is where the picture expected at this step lies; empty where the sheet shows none.
    """

    number: int
    label: str
    box: str
    expected_box: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The picture of all steps; width and height in pixels."""

    url: str
    width: str
    height: str
    tiles: tuple[Tile, ...]

    @property
    def last(self) -> Tile:
        return self.tiles[-1]


@register.filter
def sheet_of(job: Job) -> Sheet | None:
    """`{% with sheet=job|sheet_of %}`: None until the run is done and its picture prepared."""
    output = getattr(job, "output", None)
    if output is None or output.media.state != MediaState.READY or "tiles" not in output.recipe["machine"]:
        return None
    machine = output.recipe["machine"]
    count, rows = int(machine["tiles"]), -(-int(machine["tiles"]) // int(machine["columns"]))
    has_expected = bool(machine.get("expected_tiles"))
    tiles = tuple(
        Tile(number, tile_label(number, count), _box(machine, number), _box(machine, number, top=rows) if has_expected else "")
        for number in range(count)
    )  # fmt: skip
    url = reverse("assignments:media_file", args=[output.media.uuid, "original"])
    width = int(machine["columns"]) * int(machine["tile_width"])
    height = rows * int(machine["tile_height"]) * (2 if has_expected else 1)
    return Sheet(url, str(width), str(height), tiles)


def _box(machine: dict[str, Any], number: int, *, top: int = 0) -> str:
    columns, width, height = (int(machine[name]) for name in ("columns", "tile_width", "tile_height"))
    return f"{number % columns * width} {(top + number // columns) * height} {width} {height}"


def tile_label(number: int, count: int) -> str:
    """Return what a tile shows: the noise, a step, or the picture."""
    if number == 0:
        return _("pure noise")
    if number == count - 1:
        return _("the picture")
    return _("step %(step)d of %(steps)d") % {"step": number, "steps": count - 1}
