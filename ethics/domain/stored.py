"""Segments read back from a stored assessment, in exact fractions again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ethics.domain.segments import Evidence, Interval, Segment, SourceUse, State, exact


def segments_of(document: Mapping[str, Any], plane: str) -> list[Segment]:
    """Segments of a plane of a `dailies-assessment/1`; none for a plane that was not measured."""
    stored = document["planes"].get(plane) or {}
    return [_segment(one) for one in stored.get("segments", ())]


def _segment(one: Mapping[str, Any]) -> Segment:
    return Segment(
        start=exact(one["start"]),
        end=exact(one["end"]),
        state=State(one["state"]),
        alpha=_interval(one["alpha"]),
        sources=tuple(_use(use) for use in one.get("sources", ())),
        why=one.get("why", ""),
        loose=exact(one.get("loose", 0)),
    )


def _use(use: Mapping[str, Any]) -> SourceUse:
    return SourceUse(
        id=use["id"],
        kind=use["kind"],
        source_start=exact(use["source_start"]),
        speed=exact(use["speed"]),
        mirrored=use["mirrored"],
        area=_interval(use["area"]),
        evidence=tuple(_evidence(item) for item in use["evidence"]),
    )


def _evidence(item: Mapping[str, Any]) -> Evidence:
    params = tuple(sorted((str(key), str(value)) for key, value in item.get("params", {}).items()))
    return Evidence(item["kind"], item["grade"], exact(item["confidence"]), item["note"], params)


def _interval(ends: list[float]) -> Interval:
    return Interval(exact(ends[0]), exact(ends[1]))
