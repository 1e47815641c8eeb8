"""Many scores made into the figures of MEASURE §9. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
"""What is kept of one film under one attack: `film`, `attack`, `score` and what the peers found."""

HEAD = (
    "attack", "films", "found", "PDQ@31", "signature", "F1", "share error p95", "covers", "border frames", "area error",
)  # fmt: skip

COMPOSITES = ("pip", "split", "greenscreen")


def percentile(values: Iterable[float], share: float) -> float | None:
    """The smallest value that `share` of them don't exceed (nearest rank); None of nothing."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)] if ranked else None


def rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)


def part(rows: Sequence[Row], found: str, wanted: str) -> float | None:
    """Sum over sum; None when nothing was wanted."""
    whole = sum(row["score"][wanted] for row in rows)
    return sum(row["score"][found] for row in rows) / whole if whole else None


def by_attack(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows of each attack, in the order they come."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["attack"], []).append(row)
    return grouped


def f1_of(rows: Sequence[Row]) -> float | None:
    """Harmonic mean of precision and recall over seconds at which a source is named."""
    right, told = (sum(row["score"][name] for row in rows) for name in ("right", "claimed"))
    planted = sum(row["score"]["planted"] for row in rows)
    return 2 * right / (told + planted) if told + planted else None


def recall_of_peer(rows: Sequence[Row], peer: str) -> float | None:
    """Planted takes that a peer finds, of those asked for; None where it wasn't run."""
    asked = [row["peers"] for row in rows if row.get("peers")]
    wanted = sum(one["wanted"] for one in asked)
    return sum(one[peer] for one in asked) / wanted if wanted else None


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """The figures of films and attacks."""
    scores = [row["score"] for row in rows]
    borders = [distance for score in scores for distance in score["borders"]]
    areas = [error for row in rows if row["attack"] in COMPOSITES for error in row["score"]["areas"]]
    widths = [score["share"][1] - score["share"][0] for score in scores if score["complete"]]
    return {
        "films": len({row["film"] for row in rows}),
        "share_error_p95": rounded(percentile((score["error"] for score in scores), 0.95)),
        "interval_covers": rounded(statistics.fmean(score["covers"] for score in scores)) if scores else None,
        "width_median": rounded(statistics.median(widths)) if widths else None,
        "recall": {
            attack: rounded(part(group, "found", "wanted")) for attack, group in by_attack(rows).items()
        },
        "f1": rounded(f1_of(rows)),
        "border_median_frames": rounded(statistics.median(borders), 2) if borders else None,
        "area_error_mean": rounded(statistics.fmean(areas)) if areas else None,
    }


def table(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """One line per attack for people, the head first."""
    lines: list[tuple[str, ...]] = [HEAD]
    for attack, group in by_attack(rows).items():
        scores = [row["score"] for row in group]
        borders = [distance for score in scores for distance in score["borders"]]
        areas = [error for score in scores for error in score["areas"]]
        lines.append((
            attack, str(len(group)), _percent(part(group, "found", "wanted")),
            _percent(recall_of_peer(group, "pdq")), _percent(recall_of_peer(group, "signature")),
            _number(f1_of(group), 3), _percent(percentile((score["error"] for score in scores), 0.95)),
            _percent(statistics.fmean(score["covers"] for score in scores)),
            _number(statistics.median(borders) if borders else None, 1),
            _number(statistics.fmean(areas) if areas else None, 3),
        ))  # fmt: skip
    return lines


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def misses(rows: Sequence[Row]) -> list[str]:
    """Every take that was not found and every film told wrong, worst attack first, as lines to look up."""
    order = {attack: part(group, "found", "wanted") or 0.0 for attack, group in by_attack(rows).items()}
    lines = []
    for row in sorted(rows, key=lambda row: (order[row["attack"]], row["film"])):
        score = row["score"]
        lost = ", ".join(f"{one['key']} {one['start']:.2f}–{one['end']:.2f} s" for one in score["missed"])
        told = f"share {score['share'][0]:.3f}–{score['share'][1]:.3f}, in truth {score['actual']:.3f}"
        if lost or score["error"] > 0.02 or score["accused"]:
            lines.append(
                f"{row['attack']:12} {row['file']}: {told}; error {score['error']:.3f}; missed {lost or 'nothing'}"
            )
    return lines
