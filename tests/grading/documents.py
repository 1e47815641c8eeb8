"""A small assessment in the form `dailies-assessment/1`, for films nobody has to trace."""

from __future__ import annotations

from typing import Any

from tests.factories import make_finished_assessment

IDS = {"rush": "11111111-1111-4111-8111-111111111111", "generated": "22222222-2222-4222-8222-222222222222"}


def document(*, share=(0.25, 0.5), cap=0.4, verdict="open") -> dict[str, Any]:
    """Eight seconds: four human, two generated, two unknown."""
    return {
        "schema": "dailies-assessment/1",
        "measure": "dailies-measure/1",
        "ruleset": "sha256:" + "ab" * 32,
        "film": {"name": "film.mp4", "sha256": "cd" * 32, "duration": 8, "fps": "25/1", "width": 320, "height": 180, "cuts": [4, 6]},
        "planes": {
            "picture": {
                "share": list(share), "robust": 0.27, "active_seconds": 8, "neutral_seconds": 0,
                "segments": [segment(0, 4, "H", "rush"), segment(4, 6, "A", "generated"), segment(6, 8, "U")],
            }
        },
        "verdict": {
            "plane": "picture", "cap": cap, "result": verdict, "enough": 1,
            "todo": [{"start": 6, "end": 8, "why": "unknown", "worth": 0.25}],
        },
        "hcid": {
            "value": [40, 64],
            "weights": {"P": 0.6, "E": 0.4},
            "terms": {
                "P": {"value": [0.5, 0.8], "points": [30, 48], "sources": [], "parts": {}},
                "E": {"value": [0.25, 0.4], "points": [10, 16], "sources": [], "parts": {}},
            },
        },
    }  # fmt: skip


def segment(start: float, end: float, state: str, *kinds: str) -> dict[str, Any]:
    alpha = {"H": [0, 0], "A": [1, 1], "U": [0, 1]}[state]
    evidence = [{"kind": "frame-match", "grade": 2, "confidence": 0.99, "note": "", "params": {}}]
    sources = [
        {
            "id": IDS[kind],
            "kind": kind,
            "source_start": 0,
            "speed": 1,
            "mirrored": False,
            "area": [1, 1],
            "evidence": evidence,
        }
        for kind in kinds
    ]
    return {"start": start, "end": end, "state": state, "alpha": alpha, "why": "", "sources": sources}


def make_measured(cut, *, share=(0.25, 0.5), verdict="open", **fields):
    """A finished assessment whose document and columns agree."""
    cap = float(cut.work.brief.picture_cap)
    return make_finished_assessment(
        cut, lo=share[0], hi=share[1], verdict=verdict, hcid_low=40, hcid_high=64,
        document=document(share=share, cap=cap, verdict=verdict), document_sha256="ef" * 32, **fields,
    )  # fmt: skip
