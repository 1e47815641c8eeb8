"""Versions of a cut that differ by something: re-encodes and scripted saves are none."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ethics.domain.assessment import FilmFacts, document
from ethics.domain.intervention import intervention, picture_term
from ethics.domain.segments import split
from ethics.domain.verdict import verdict_on
from ethics.domain.versions import Layout, Stretch, is_same, layout_of, layout_of_document, substantive
from tests.ethics.domain.drawing import planes

HALF = Fraction(1, 2)


def layout(*shots: tuple[str, float], cuts: bool = True) -> Layout:
    """Shots one after another: (source, seconds), each from the source's beginning."""
    stretches, place = [], Fraction(0)
    for source, seconds in shots:
        end = place + Fraction(seconds)
        stretches.append(Stretch("picture", place, end, (source,) if source else (), Fraction(0)))
        place = end
    return Layout(place, tuple(one.start for one in stretches[1:]) if cuts else (), tuple(stretches))


def test_the_same_cut_saved_again_is_no_version():
    first = layout(("a", 3), ("b", 2))
    encoded_again = layout(("a", 3.04), ("b", 1.96))
    assert substantive([first, encoded_again, first]) == 1


def test_another_order_another_length_and_another_take_are_versions():
    first = layout(("a", 3), ("b", 2))
    others = [layout(("b", 2), ("a", 3)), layout(("a", 2.5), ("b", 2.5)), layout(("a", 3), ("c", 2))]
    assert substantive([first, *others]) == 4


def test_going_back_to_an_old_version_is_no_new_one():
    first, second = layout(("a", 3)), layout(("a", 4))
    assert substantive([first, second, first, second]) == 2


def test_another_moment_of_the_same_take_is_a_version():
    first = layout(("a", 3))
    later = replace(first, stretches=(replace(first.stretches[0], source_start=Fraction(2)),))
    assert not is_same(first, later)


def test_another_sound_over_the_same_picture_is_a_version():
    first = layout(("a", 3))
    spoken = Stretch("voice", Fraction(0), Fraction(3), ("v",), Fraction(0))
    assert substantive([first, replace(first, stretches=(*first.stretches, spoken))]) == 2


def test_unknown_pictures_differ_by_their_cuts():
    assert substantive([layout(("", 2), ("", 2)), layout(("", 1), ("", 3)), layout(("", 2), ("", 2))]) == 2


def test_admitting_a_stretch_makes_no_new_version():
    plain = {"start": 0, "end": 3, "sources": []}
    admitted = {"id": "x", "source_start": 0, "evidence": [{"kind": "admission"}]}
    documents = [
        {
            "film": {"duration": 3},
            "planes": {"picture": {"segments": [{**plain, "sources": sources}]}},
        }
        for sources in ([], [admitted])
    ]
    assert substantive([layout_of_document(document) for document in documents]) == 1


@given(planes(), st.data())
def test_the_layout_of_a_document_is_that_of_its_segments_however_they_are_cut_up(segments, data):
    seconds = segments[-1].end
    cuts = [one.start for one in segments[1:]]
    film = FilmFacts("f", "0" * 64, seconds, Fraction(25), 16, 9)
    told = document(
        film=film,
        planes={"picture": segments},
        verdict=verdict_on(plane="picture", segments=segments, cap=HALF),
        intervention=intervention(picture=picture_term(segments, {}), edit=None),
        cuts=cuts,
    )
    index = data.draw(st.integers(0, len(segments) - 1))
    whole = segments[index]
    halves = split(whole, whole.start + whole.seconds / 2)
    here = layout_of(
        {"picture": [*segments[:index], *halves, *segments[index + 1 :]]}, cuts=cuts, seconds=seconds
    )
    assert is_same(here, layout_of_document(told))
