from __future__ import annotations

import json
from fractions import Fraction

from hypothesis import given

from ethics.domain.assessment import FilmFacts, canonical_bytes, document
from ethics.domain.intervention import EditFacts, edit_term, intervention, picture_term, ruleset_hash
from ethics.domain.verdict import verdict_on
from tests.ethics.domain.drawing import planes

FILM = FilmFacts("film.mp4", "ab" * 32, Fraction(40), Fraction(25), 640, 360)


def written(segments) -> dict:
    return document(
        film=FILM,
        planes={"picture": segments},
        verdict=verdict_on(plane="picture", segments=segments, cap=Fraction(2, 5)),
        intervention=intervention(picture=picture_term(segments, {}), edit=edit_term(EditFacts(versions=2))),
    )


@given(planes())
def test_the_same_inputs_give_the_same_bytes(segments):
    assert canonical_bytes(written(segments)) == canonical_bytes(written(list(segments)))


@given(planes())
def test_reading_the_bytes_and_writing_them_again_changes_none(segments):
    data = canonical_bytes(written(segments))
    assert canonical_bytes(json.loads(data)) == data


@given(planes())
def test_the_document_has_the_published_shape(segments):
    found = written(segments)
    assert sorted(found) == ["film", "hcid", "measure", "planes", "ruleset", "schema", "verdict"]
    assert (found["schema"], found["ruleset"]) == ("dailies-assessment/1", ruleset_hash())
    assert found["film"]["fps"] == "25/1"
    assert [segment["state"] for segment in found["planes"]["picture"]["segments"]] == [
        str(segment.state) for segment in segments
    ]


@given(planes())
def test_the_points_of_the_terms_are_the_degree(segments):
    degree = written(segments)["hcid"]
    low = sum(term["points"][0] for term in degree["terms"].values())
    assert abs(low - degree["value"][0]) <= 1e-5
