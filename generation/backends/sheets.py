"""Several drawings on one sheet, and a sheet taken apart again.

How a sheet is divided stands in its PNG (text chunk `Dailies-Sheet`: columns×rows×drawings), so that a tool that is
given the sheet as a reference finds the single drawings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

DIVISION = "Dailies-Sheet"


def write_sheet(drawings: Sequence[Image.Image], folder: Path) -> tuple[Path, dict[str, int]]:
    """Lay drawings of one size side by side, row by row; return the file and how it is divided."""
    columns = math.ceil(math.sqrt(len(drawings)))
    rows = math.ceil(len(drawings) / columns)
    width, height = drawings[0].size
    sheet = Image.new("RGB", (columns * width, rows * height), "white")
    for number, drawing in enumerate(drawings):
        sheet.paste(drawing, (number % columns * width, number // columns * height))
    path, info = folder / "picture.png", PngInfo()
    info.add_text(DIVISION, f"{columns}x{rows}x{len(drawings)}")
    sheet.save(path, pnginfo=info)
    return path, {"tiles": len(drawings), "columns": columns, "tile_width": width, "tile_height": height}


def drawings_of(path: Path, picture: Image.Image) -> list[Image.Image]:
    """Return the single drawings of a sheet that was made here; of any other picture the picture itself."""
    division = _division(path)
    if division is None:
        return [picture]
    columns, rows, count = division
    width, height = picture.width // columns, picture.height // rows
    places = ((number % columns * width, number // columns * height) for number in range(count))
    return [picture.crop((left, top, left + width, top + height)) for left, top in places]


def _division(path: Path) -> tuple[int, int, int] | None:
    try:
        with Image.open(path) as picture:
            found = re.fullmatch(r"(\d{1,2})x(\d{1,2})x(\d{1,2})", str(picture.info.get(DIVISION, "")))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError):
        return None
    if found is None:
        return None
    columns, rows, count = (int(number) for number in found.groups())
    return (columns, rows, count) if 1 <= count <= columns * rows else None
