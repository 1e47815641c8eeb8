"""Test films know their own truth: counts, borders, areas and states, before and after every attack."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from bench.measure.attacks import ATTACKS
from bench.measure.cutting import scene_of
from bench.measure.filming import Plan
from bench.measure.films import FPS, HEIGHT, REPORTED, TUNING, WIDTH, Box, Edit, Layer, Shot, Take, draw_film
from bench.measure.mattes import area_of, matte_of
from bench.measure.store import Store
from bench.measure.strangers import LEDGER, OUTSIDE, ledger_of
from bench.measure.truth import truth_of

MADE, FILMED = Take("made", "generated"), Take("filmed", "rush")
ONE_SECOND = FPS
HALF = Fraction(1, 2)


def film(*shots):
    return Edit(0, 1, shots)


def shot(*takes, **rest):
    return Shot(ONE_SECOND, tuple(Layer(take, 0) for take in takes), **rest)


def ends(low, high):
    return (low, low), (high, high)


def test_a_film_of_one_made_and_three_filmed_seconds_is_a_quarter_ai():
    others = [replace(FILMED, key=str(number)) for number in range(3)]

    truth = truth_of(film(shot(MADE), *(shot(take) for take in others)))

    assert (truth.share(), truth.ideal()) == (Fraction(1, 4), ends(Fraction(1, 4), Fraction(1, 4)))


def test_what_no_source_was_given_for_can_be_proven_neither_way():
    truth = truth_of(film(shot(replace(MADE, kind="hidden-ai")), shot(FILMED)))

    assert (truth.share(), truth.ideal(), truth.complete) == (HALF, ends(0, HALF), False)


def test_a_half_size_inset_weighs_a_quarter():
    box = Box(Fraction(0), Fraction(0), HALF, HALF)
    truth = truth_of(film(Shot(FPS, (Layer(FILMED, 0), Layer(MADE, 0, box=box)))))

    assert (truth.share(), truth.ideal()) == (Fraction(1, 4), ends(Fraction(1, 4), Fraction(1, 4)))


@pytest.mark.parametrize(
    ("left", "right", "share"), [(MADE, FILMED, HALF), (FILMED, MADE, HALF), (MADE, MADE, 1)]
)
def test_takes_side_by_side_weigh_half_each(left, right, share):
    boxes = Box(Fraction(0), Fraction(0), HALF, Fraction(1)), Box(HALF, Fraction(0), HALF, Fraction(1))
    truth = truth_of(film(Shot(FPS, (Layer(left, 0, box=boxes[0]), Layer(right, 0, box=boxes[1])))))

    assert (truth.share(), truth.ideal()) == (share, ends(share, share))


def test_a_veil_may_be_told_to_weigh_anything_from_a_trace_to_all():
    veil = Layer(MADE, 0, opacity=Fraction(3, 10))
    truth = truth_of(film(Shot(FPS, (Layer(FILMED, 0), veil))))

    assert truth.ideal() == ((Fraction(1, 20), Fraction(3, 10)), (Fraction(3, 10), Fraction(1)))


def test_material_shown_again_black_and_held_frames_weigh_nothing():
    truth = truth_of(
        film(shot(FILMED), shot(FILMED), shot(MADE), shot(MADE), Shot(FPS), shot(FILMED, held=True))
    )

    assert [span.neutral for span in truth.spans] == [False, True, False, True, True, True]
    assert truth.share() == Fraction(1, 2)


def test_a_border_between_two_hidden_takes_is_nobodys_to_tell():
    hidden = [replace(MADE, key=key, kind="hidden-ai") for key in "ab"]
    truth = truth_of(film(shot(hidden[0]), shot(hidden[1]), shot(FILMED)))

    assert truth.borders == [Fraction(2)]


def test_the_area_of_a_silhouette_is_the_mean_of_its_mattes():
    mattes = np.stack(list(matte_of(5, frames=12)))

    assert area_of(5, first=4, frames=8) == Fraction(
        int(mattes[4:].sum(dtype=np.int64)), 8 * 255 * WIDTH * HEIGHT
    )


def test_a_film_is_the_same_from_the_same_seed_and_another_from_another():
    one = draw_film(3, first_seed=REPORTED)

    assert draw_film(3, first_seed=REPORTED) == one
    assert {take.seed for take in one.takes} & {
        take.seed for take in draw_film(3, first_seed=TUNING).takes
    } == set()


@pytest.mark.parametrize("number", range(60))
def test_every_film_holds_both_kinds_and_is_short(number):
    edit = draw_film(number, first_seed=REPORTED, real=True)

    assert {take.kind for take in edit.takes} >= {"generated", "rush"}
    assert 5 <= len(edit.shots) <= 8
    assert edit.frames <= 15 * FPS


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attacked_film_uses_only_frames_that_its_takes_have(attack):
    for number in range(12):
        for one in ATTACKS[attack](draw_film(number, first_seed=REPORTED, real=True)).shots:
            for layer in one.layers:
                assert 0 <= layer.first < layer.first + one.source_frames <= layer.take.frames


@pytest.mark.parametrize("attack", ["pip", "split", "blend", "greenscreen"])
def test_composites_ask_only_for_what_was_laid_in(attack):
    truth = truth_of(ATTACKS[attack](draw_film(0, first_seed=REPORTED)))

    assert 0 < sum(planted.wanted for planted in truth.planted) < len(truth.planted)


def test_padding_changes_nothing_about_the_share():
    plain = draw_film(1, first_seed=REPORTED)

    assert truth_of(ATTACKS["padding"](plain)).share() == truth_of(plain).share()


def test_off_the_platform_all_the_ai_stays_possible_and_none_is_proven():
    plain = draw_film(0, first_seed=REPORTED)
    truth = truth_of(ATTACKS["offplatform"](plain))

    assert (truth.share(), truth.ideal()) == (truth_of(plain).share(), ends(0, truth_of(plain).share()))


def test_no_take_of_the_ledger_shows_what_strangers_show(tmp_path):
    plan = Plan(Store(tmp_path, "code"), (), REPORTED, corpus=None, peers=0, until=0.0)

    ledger = ledger_of(plan)

    assert (len(ledger), {take.kind for take in ledger}) == (LEDGER, {"generated"})
    assert {scene_of(take).subject for take in ledger} & set(OUTSIDE) == set()
