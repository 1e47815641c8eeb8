"""Segments come back from a document as they went in."""

from __future__ import annotations

from hypothesis import given

from ethics.domain.assessment import plane_json
from ethics.domain.stored import segments_of
from tests.ethics.domain.drawing import planes


@given(planes())
def test_segments_survive_the_document(segments):
    read = segments_of({"planes": {"picture": plane_json(segments)}}, "picture")
    assert [(one.start, one.end, one.state, one.alpha, one.sources) for one in read] == [
        (one.start, one.end, one.state, one.alpha, one.sources) for one in segments
    ]


def test_a_plane_that_was_not_measured_has_none():
    assert segments_of({"planes": {"picture": plane_json([])}}, "voice") == []
    assert segments_of({"planes": {}}, "picture") == []
