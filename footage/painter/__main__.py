"""Paint a contact sheet: `python -m footage.painter --sheet OUT.png --seed N [attribute=value …]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2

from footage.painter.sheet import contact_sheet
from footage.problems import Problem


def main() -> int:
    """Paint the sheet asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m footage.painter", description="Paint a sheet of scenes.")
    parser.add_argument("--sheet", type=Path, required=True, help="PNG file to write")
    parser.add_argument("--seed", type=int, default=1, help="another number paints other scenes")
    parser.add_argument("--count", type=int, default=48, help="number of scenes")
    parser.add_argument("fixed", nargs="*", help="attributes to hold, such as place=sea")
    asked = parser.parse_args()
    fixed = dict(word.split("=", 1) for word in asked.fixed if "=" in word)
    try:
        sheet = contact_sheet(seed=asked.seed, count=asked.count, **fixed)
    except Problem as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    cv2.imwrite(str(asked.sheet), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
