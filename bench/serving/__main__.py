"""`python -m bench.serving [--device cuda] [--scenes steady,hog]`."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from bench.serving.surroundings import servers, set_environment

ALL = ("steady", "burst", "hog", "mixed", "cancel", "chaos", "replay")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--scenes", default="", help=f"of {', '.join(ALL)}; all when empty")
    parser.add_argument("--seed", type=int, default=20_261_120)
    parser.add_argument("--kills", type=int, default=0, help="of the chaos scene; its own number when absent")
    parser.add_argument("--minutes", type=float, default=9.0, help="the chaos scene makes trouble no longer")
    parser.add_argument("--replays", type=int, default=16, help="outputs to be made again; 1,000 show 0.999")
    options = parser.parse_args()
    wanted = [name for name in (options.scenes or ",".join(ALL)).split(",") if name]
    if unknown := set(wanted) - set(ALL):
        parser.error(f"There is no scene {', '.join(sorted(unknown))}; there are {', '.join(ALL)}.")
    with tempfile.TemporaryDirectory(prefix="dailies-serving-") as folder:
        figures = _run(Path(folder), options, wanted)
    print(json.dumps(figures))


def _run(folder: Path, options: argparse.Namespace, wanted: list[str]) -> dict[str, Any]:
    load = os.getloadavg()[0]
    with servers(folder) as (postgres, redis):
        set_environment(folder, postgres=postgres, redis=redis, device=options.device)
        from bench.serving.performance import perform

        return perform(
            folder, postgres=postgres, redis=redis, device=options.device, scenes=wanted, seed=options.seed,
            kills=options.kills, seconds=60 * options.minutes, replays=options.replays,
        ) | {"load_at_start": round(load, 2), "scenes": wanted}  # fmt: skip


if __name__ == "__main__":
    main()
