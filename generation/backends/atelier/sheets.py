"""Pictures about training: sample sheets and loss curves."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Pixels = NDArray[np.uint8]


def grid(rows: Sequence[Pixels]) -> Pixels:
    """Rows of pictures (n, h, w, 3) as one picture; short rows are filled with black."""
    across = max(len(row) for row in rows)
    lines = []
    for row in rows:
        missing = np.zeros((across - len(row), *row.shape[1:]), np.uint8)
        lines.append(np.hstack(list(np.concatenate([row, missing]))))
    return np.vstack(lines)


def save_sheet(folder: Path, sheet: Pixels, *, step: int) -> Path:
    """Write a sheet as `sheet-<step>.png`, and the same as `sheet.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"sheet-{step:06d}.png"
    for name in (path, folder / "sheet.png"):
        cv2.imwrite(str(name), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    return path


def draw_curves(work: Path) -> Path | None:
    """All curves of a working folder as one PNG, each figure over samples seen; None if there are none."""
    plots = [plot for curve in sorted(work.glob("*/curve.csv")) for plot in _plots(curve)]
    if not plots:
        return None
    across = 3
    sheet = Image.new("RGB", (across * 320, -(-len(plots) // across) * 200), "white")
    for number, (title, xs, ys) in enumerate(plots):
        sheet.paste(_plot(title, xs, ys), (number % across * 320, number // across * 200))
    path = work / "curves.png"
    sheet.save(path)
    return path


def _plots(curve: Path) -> list[tuple[str, list[float], list[float]]]:
    with curve.open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in {"step", "samples", "seconds"}] if rows else []
    xs = [float(row["samples"]) for row in rows]
    return [(f"{curve.parent.name}: {name}", xs, [float(row[name]) for row in rows]) for name in names]


def _plot(title: str, xs: list[float], ys: list[float]) -> Image.Image:
    picture = Image.new("RGB", (320, 200), "white")
    pen = ImageDraw.Draw(picture)
    low, high = min(ys), max(ys)
    span, reach = (high - low) or 1.0, max(xs) or 1.0
    dots = [(12 + 296 * x / reach, 180 - 140 * (y - low) / span) for x, y in zip(xs, ys, strict=True)]
    pen.text((12, 6), f"{title}  {ys[-1]:.4g}  ({low:.4g} .. {high:.4g})", fill="black")
    pen.line(dots if len(dots) > 1 else [*dots, *dots], fill=(176, 58, 46), width=2)
    return picture
