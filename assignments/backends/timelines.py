"""Timelines read in the sandbox: called by name through `footage.sandbox.run_limited`; plain values out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from footage.problems import Problem


def timeline_facts(path: Path, *, name: str) -> dict[str, Any]:
    """Return what a timeline's card shows. Raises Problem when it can't be read.

    Returns:
        `kind` "timeline", `container` otio|edl|fcp7|fcpxml, `duration` seconds and `fps` as fractions in
        text, number of `clips`, sorted `sources`.
    """
    from footage.timelines import read_timeline  # loads OTIO, which the web process never needs

    timeline = read_timeline(path, name=name)
    return {
        "kind": "timeline",
        "container": timeline.kind,
        "duration": str(timeline.duration),
        "fps": str(timeline.fps),
        "clips": len(timeline.clips),
        "sources": sorted({clip.name or clip.source for clip in timeline.clips} - {""}),
    }


def notes_against(path: Path, *, name: str, film_fps: str | None, film_duration: str) -> list[dict[str, Any]]:
    """Return what a person should know about this timeline beside this film, as `{"template", "params"}`."""
    from footage.timelines import check_against_film, read_timeline

    fps = Fraction(film_fps) if film_fps else None
    timeline = read_timeline(path, film_fps=fps, name=name)
    misfits = check_against_film(
        timeline, film_duration=Fraction(film_duration), film_fps=fps or timeline.fps
    )
    return [as_row(problem) for problem in (*timeline.notes, *misfits)]


def as_row(problem: Problem) -> dict[str, Any]:
    """Return a problem as it is kept in JSON columns."""
    params = {
        key: value if isinstance(value, int | float) else str(value) for key, value in problem.params.items()
    }
    return {"template": problem.template, "params": params}
