"""What the record of a work says about a generated asset: iterations, and candidates that were really looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assignments.choices import MediaRole
from ethics.queries import materials_of
from generation import services
from generation.choices import JobState
from tests.factories import (
    NOW,
    make_cut,
    make_engine,
    make_job,
    make_media,
    make_output,
    make_user,
    make_work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture
def work(db):
    return make_work(owner=make_user("alice"))


def output(work, engine, *, seed, place="a pier", minute=0):
    asked = {"prompt": place, "direction": {"place": place}, "prompt_is_own": False, "seed": seed}
    job = make_job(
        work, engine=engine, state=JobState.DONE, request=asked, created_at=NOW + timedelta(minutes=minute)
    )
    return make_output(job=job)


def facts(work):
    """Return (iterations, candidates) by the seed of each generated medium."""
    found = materials_of(make_cut(work))
    made = [one for one in found if one.kind == "generated"]
    return {
        one.media.output.job.request["seed"]: (one.process.iterations, one.process.candidates) for one in made
    }


def look(output, by):
    services.record_viewing(output=output, by=by, now=NOW)


def test_other_seeds_count_as_candidates_once_a_maker_looked_at_them(work):
    engine = make_engine()
    outputs = [output(work, engine, seed=seed, minute=seed) for seed in (1, 2, 3)]
    for each in outputs[:2]:
        look(each, work.owner)
    assert facts(work) == {1: (0, 2), 2: (0, 2), 3: (0, 2)}


def test_one_alone_was_no_choice(work):
    look(output(work, make_engine(), seed=1), work.owner)
    assert facts(work) == {1: (0, 0)}


def test_other_words_are_another_wish(work):
    engine = make_engine()
    for each in (output(work, engine, seed=1), output(work, engine, seed=2, place="a gate", minute=1)):
        look(each, work.owner)
    assert facts(work) == {1: (0, 0), 2: (1, 0)}


def test_looks_of_people_who_do_not_make_the_work_count_nothing(work):
    engine, teacher = make_engine(), make_user("bob")
    for each in (output(work, engine, seed=1), output(work, engine, seed=2)):
        look(each, teacher)
    assert facts(work) == {1: (0, 0), 2: (0, 0)}


@pytest.mark.parametrize("count", [1, 3])
def test_reading_the_record_costs_the_same_for_one_and_three(work, count, django_assert_num_queries):
    engine = make_engine()
    for seed in range(count):
        look(output(work, engine, seed=seed), work.owner)
    make_media(work, MediaRole.RUSH)
    cut = make_cut(work)
    with django_assert_num_queries(3):
        materials_of(cut)


def test_what_a_program_put_together_is_looked_through(work):
    engine = make_engine()
    keyed, drawn = (output(work, engine, seed=seed) for seed in (1, 2))
    keyed.recipe = {"machine": {"source_type": "compositeWithTrainedAlgorithmicMedia"}}
    keyed.save()
    plate = make_media(work, MediaRole.STILL)
    assert {one.media.pk for one in materials_of(make_cut(work))} == {drawn.media.pk, plate.pk}
