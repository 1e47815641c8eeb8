"""What the pages say of the sound planes and of the timeline."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from ethics.templatetags.planes import borne_out, told_planes
from tests.factories import make_cut, make_finished_assessment, make_work, someone_of
from ui.components.strip import strip

USE = {
    "id": "8f0f7a52-6a9f-4d4b-9a1c-2f1d7a4b9c11", "kind": "generated", "source_start": 0, "speed": 1, "mirrored": False, "area": [0.7, 0.7],
    "evidence": [{"kind": "sound-match", "grade": 2, "confidence": 0.99, "note": "…", "params": {"hits": "80"}}],
}  # fmt: skip


def plane(state: str, alpha, *, start=0, end=10, sources=(), why=""):
    part = {"start": start, "end": end, "state": state, "alpha": alpha, "why": why, "sources": list(sources)}
    active = 0 if state == "N" else end - start
    return {
        "share": alpha,
        "robust": alpha[0],
        "active_seconds": active,
        "neutral_seconds": 10 - active,
        "segments": [part],
    }


DOCUMENT = {
    "schema": "dailies-assessment/1",
    "film": {"name": "film.mp4", "duration": 10, "fps": "25/1", "width": 320, "height": 180, "cuts": []},
    "planes": {
        "picture": plane("H", [0, 0]),
        "voice": plane("M", [0.7, 1], sources=[USE]),
        "music": plane("N", [0, 0], why="other-plane"),
        "effects": plane("U", [0, 1], why="unmatched"),
    },
    "verdict": {"plane": "picture", "cap": 0.4, "result": "within", "enough": 0, "todo": []},
    "verdicts": {
        "voice": {
            "plane": "voice", "cap": 0.25, "result": "over", "enough": None,
            "todo": [{"start": 0, "end": 10, "why": "mixed", "worth": 0.3}],
        }
    },
    "timeline": {
        "clips": 3,
        "matched": 2,
        "unmatched": [{"name": "lost.mov", "kind": "video", "track": 2, "start": 1, "end": 2, "why": "no-file"}],
    },
}  # fmt: skip


def test_planes_in_which_nothing_counts_are_not_told():
    assert [(str(one.label), one.low, one.high, one.cap, one.result) for one in told_planes(DOCUMENT)] == [
        ("Voice", 0.7, 1, 0.25, "over"),
        ("Effects", 0, 1, None, ""),
    ]


def test_a_film_without_sound_has_no_sound_section():
    bare = {**DOCUMENT, "planes": {"picture": plane("H", [0, 0])}, "timeline": None}
    assert "sound-planes" not in render_to_string("ethics/sound_planes.html", {"document": bare})


@pytest.mark.parametrize(
    ("clips", "matched", "words"),
    [
        (1, 1, "The timeline’s 1 clip is found in the film where it lies."),
        (3, 3, "All 3 clips of the timeline are found in the film where they lie."),
        (3, 2, "2 of 3 clips of the timeline are found in the film where they lie."),
    ],
)
def test_how_far_the_film_bears_out_its_timeline_is_said(clips, matched, words):
    assert borne_out({"clips": clips, "matched": matched}) == words


def test_the_section_names_cap_and_lost_clips():
    page = render_to_string("ethics/sound_planes.html", {"document": DOCUMENT})
    assert [words in page for words in ("cap 25", "lost.mov", "no file of this name lies in the work")] == [
        True
    ] * 3


def test_the_strip_shows_the_planes_under_the_picture_and_asks_for_proof_under_their_own_cap():
    lanes = strip(DOCUMENT, key="d1").lanes
    assert [lane.key for lane in lanes] == ["picture", "voice", "music", "effects"]
    assert [lane.segments[0].wants_proof for lane in lanes] == [False, True, False, False]


@pytest.mark.django_db
def test_the_evidence_of_a_sound_is_heard_and_weighed(client):
    cut = make_cut(make_work())
    assessment = make_finished_assessment(
        cut,
        lo=0,
        hi=0,
        verdict="within",
        document={**DOCUMENT, "hcid": {"value": [0, 1], "weights": {}, "terms": {}}},
    )
    client.force_login(someone_of(cut.work))
    page = client.get(reverse("ethics:segment_panel", args=[assessment.uuid, "voice", 0])).content.decode()
    assert "It makes up about 70" in page
    assert page.count("<audio") == 1
    assert "of the picture" not in page
