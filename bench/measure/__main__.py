"""`python -m bench.measure [--films 60] [--attacks pip,phone] [--strangers 1000] [--minutes 30] [--quick]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from pathlib import Path

import cv2

from bench.measure.attacks import ATTACKS
from bench.measure.figures import misses
from bench.measure.filming import Plan
from bench.measure.films import REPORTED, TUNING
from bench.measure.performance import perform
from bench.measure.report import printed, write_page
from bench.measure.store import ROOT, Store, code_of

FULL = {"films": 60, "distractors": 1000, "seconds": 600, "peers": 12}
QUICK = {"films": 2, "distractors": 10, "seconds": 60, "peers": 1}
"""What is run where no number is given; the full run takes hours on two cores and may be interrupted."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, meaning in (
        ("films", "how many test films"),
        ("distractors", "films' worth of shots that stand in no ledger"),
        ("seconds", "length of the 1080p film; 0 leaves it out"),
        ("peers", "so many films are also put before PDQ and FFmpeg's signature filter"),
    ):
        parser.add_argument(f"--{name}", type=int, help=f"{meaning} ({FULL[name]}, quick {QUICK[name]})")
    parser.add_argument("--attacks", default="", help=f"of {', '.join(ATTACKS)}; all when empty")
    parser.add_argument("--minutes", type=float, default=0.0, help="begin nothing new after so many minutes")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--tuning", action="store_true", help="films to try thresholds on; never reported")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "var" / "bench-measure", help="where results are kept"
    )
    parser.add_argument(
        "--write-docs",
        metavar="MACHINE",
        help="put the figures into docs/measure.md; says where they were measured",
    )
    options = parser.parse_args()
    attacks = tuple(name for name in (options.attacks or ",".join(ATTACKS)).split(",") if name)
    if unknown := set(attacks) - set(ATTACKS):
        parser.error(f"There is no attack {', '.join(sorted(unknown))}; there are {', '.join(ATTACKS)}.")
    if options.tuning and options.write_docs:
        parser.error(
            "Films that thresholds are tried on are not reported: leave --tuning or --write-docs out."
        )
    _run(options, attacks)


def _run(options: argparse.Namespace, attacks: tuple[str, ...]) -> None:
    cv2.setNumThreads(1)
    usual = QUICK if options.quick else FULL
    size = {name: usual[name] if getattr(options, name) is None else getattr(options, name) for name in FULL}
    plan = Plan(
        store=Store(options.work, code_of()),
        attacks=attacks,
        first_seed=TUNING if options.tuning else REPORTED,
        corpus=corpus(),
        peers=size["peers"],
        until=time.time() + 60 * options.minutes if options.minutes else float("inf"),
    )
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; code {plan.store.code}",
        flush=True,
    )
    rows, figures = perform(
        plan,
        films=size["films"],
        strangers=size["distractors"],
        seconds_1080p=size["seconds"],
        jobs=options.jobs,
        say=_say,
    )
    if rows:
        print(printed(rows), *misses(rows), sep="\n")
    if rows and options.write_docs:
        write_page(ROOT / "docs" / "measure.md", rows, figures, machine=options.write_docs)
    print(json.dumps(figures))


def corpus() -> Path | None:
    """Real clips beside the project; None where there are none."""
    path = Path(os.environ.get("DAILIES_CORPUS", ROOT.parent / "shared" / "corpus"))
    return path if path.is_dir() else None


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
