"""What the record of a work says: steps, candidates that were really looked at, versions, script, rating."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import numpy as np
import pytest

from assignments.backends import store
from assignments.choices import MediaRole
from ethics.backends.processing import process_facts
from ethics.queries import inputs_hash, materials_of
from ethics.queries.records import records_of
from ethics.services.process import save_script
from footage.fingerprints import Reference
from generation import services
from generation.choices import JobState
from generation.models import JobMedia
from tests.factories import (
    NOW,
    make_brief,
    make_cut,
    make_engine,
    make_enrolment,
    make_finished_assessment,
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


def output(work, engine, *, seed, place="a pier", minute=0, **fields):
    asked = {"prompt": place, "direction": {"place": place}, "prompt_is_own": False, "seed": seed}
    job = make_job(
        work,
        engine=engine,
        state=JobState.DONE,
        request=asked,
        created_at=NOW + timedelta(minutes=minute),
        **fields,
    )
    return make_output(job=job)


def noise(number: int) -> Reference:
    """A still that looks like no other number's."""
    grey = np.random.default_rng(number).integers(0, 256, (9, 16), np.uint8).repeat(8, 0).repeat(8, 1)
    return Reference(True, 128, 72, Fraction(0), "", "", np.zeros(1), grey[None])


def facts(work, *outputs, alike=()):
    """Return (iterations, candidates) by the seed of each output; those of `alike` look the same."""
    seeds = {str(one.media.uuid): one.job.request["seed"] for one in outputs}
    looks = {key: noise(0 if seed in alike else seed) for key, seed in seeds.items()}
    found = process_facts(records_of(make_cut(work)).steps, looks, wanted=seeds)
    return {seeds[key]: (one.iterations, one.candidates) for key, one in found.items()}


def look(output, by):
    services.record_viewing(output=output, by=by, now=NOW)


def test_other_seeds_count_as_candidates_once_a_maker_looked_at_them(work):
    engine = make_engine()
    outputs = [output(work, engine, seed=seed, minute=seed) for seed in (1, 2, 3)]
    for each in outputs[:2]:
        look(each, work.owner)
    assert facts(work, *outputs) == {1: (0, 2), 2: (0, 2), 3: (0, 2)}


def test_candidates_that_look_the_same_are_one_and_no_choice(work):
    engine = make_engine()
    outputs = [output(work, engine, seed=seed, minute=seed) for seed in (1, 2, 3)]
    for each in outputs:
        look(each, work.owner)
    assert facts(work, *outputs, alike=(1, 2)) == {1: (0, 2), 2: (0, 2), 3: (0, 2)}
    assert facts(work, *outputs, alike=(1, 2, 3)) == {1: (0, 0), 2: (0, 0), 3: (0, 0)}


def test_one_alone_was_no_choice(work):
    only = output(work, make_engine(), seed=1)
    look(only, work.owner)
    assert facts(work, only) == {1: (0, 0)}


def test_other_words_are_another_wish_and_a_step_when_they_changed_the_result(work):
    engine = make_engine()
    outputs = (
        output(work, engine, seed=1),
        output(work, engine, seed=2, place="a pier at night", minute=1),
    )
    for each in outputs:
        look(each, work.owner)
    assert facts(work, *outputs) == {1: (0, 0), 2: (1, 0)}
    assert facts(work, *outputs, alike=(1, 2)) == {1: (0, 0), 2: (0, 0)}


def test_a_wish_for_something_else_is_no_step(work):
    engine = make_engine()
    outputs = (
        output(work, engine, seed=1),
        output(work, engine, seed=2, place="red lanterns in snow", minute=1),
    )
    assert facts(work, *outputs) == {1: (0, 0), 2: (0, 0)}


def test_looks_of_people_who_do_not_make_the_work_count_nothing(work):
    engine, teacher = make_engine(), make_user("bob")
    outputs = (output(work, engine, seed=1), output(work, engine, seed=2))
    for each in outputs:
        look(each, teacher)
    assert facts(work, *outputs) == {1: (0, 0), 2: (0, 0)}


def test_everything_a_result_was_made_from_is_its_input(work):
    drawing, guide = make_media(work, MediaRole.STILL), make_media(work, MediaRole.STILL)
    made = output(work, make_engine(), seed=1, source=drawing)
    JobMedia.objects.create(job=made.job, media=guide, use="control")
    (step,) = records_of(make_cut(work)).steps
    assert step.inputs == (str(drawing.uuid), str(guide.uuid))


def test_the_filled_part_of_the_form_is_direction(work):
    output(work, make_engine(), seed=1)
    (step,) = records_of(make_cut(work)).steps
    assert 0 < step.direction < 1


def test_texts_of_engines_are_drafts_of_the_script_with_what_they_were_given(work):
    stored = store.receive(["码头上的灯".encode()], max_bytes=100)
    job = make_job(work, tool="text-draft", state=JobState.DONE, request={"premise": "A pier.", "seed": 1})
    make_output(
        job=job,
        media=make_media(
            work, MediaRole.GENERATED, sha256=stored.sha256, facts={"kind": "text"}, name="d.txt"
        ),
    )
    make_enrolment(work.brief.module.course, work.owner)
    save_script(work=work, text="A pier. Night.", by=work.owner, now=NOW)
    found = records_of(make_cut(work))
    assert [(draft.text, draft.given) for draft in found.drafts] == [("码头上的灯", "A pier.")]
    assert (found.script, len(found.saved), found.steps) == ("A pier. Night.", 1, ())


def test_earlier_versions_are_known_by_what_they_show_and_others_stay_open(work):
    shown = [{"start": 0, "end": 4, "sources": []}]
    document = {"film": {"duration": 4, "cuts": [2]}, "planes": {"picture": {"segments": shown}}}
    make_finished_assessment(make_cut(work), lo=0, hi=0, verdict="within", document=document)
    make_cut(work)
    found = records_of(make_cut(work))
    assert [(layout.seconds, layout.cuts) for layout in found.earlier] == [(4, (2,))]
    assert found.unmeasured == 1


def test_the_level_of_the_brief_chooses_the_profile(work):
    cut = make_cut(make_work(make_brief(scale_level=5), owner=work.owner))
    assert records_of(cut).profile.name == "ai-exploration"


@pytest.mark.parametrize("count", [1, 3])
def test_reading_the_record_costs_the_same_for_one_and_three(work, count, django_assert_num_queries):
    engine = make_engine()
    for seed in range(count):
        look(output(work, engine, seed=seed), work.owner)
    make_media(work, MediaRole.RUSH)
    cut = make_cut(work)
    with django_assert_num_queries(11):
        inputs_hash(cut, materials_of(cut), records_of(cut))


def test_what_a_program_put_together_is_looked_through(work):
    engine = make_engine()
    keyed, drawn = (output(work, engine, seed=seed) for seed in (1, 2))
    keyed.recipe = {"machine": {"source_type": "compositeWithTrainedAlgorithmicMedia"}}
    keyed.save()
    plate = make_media(work, MediaRole.STILL)
    assert {one.media.pk for one in materials_of(make_cut(work))} == {drawn.media.pk, plate.pk}


def test_a_composite_whose_plate_is_measured_is_searched_beside_its_ingredients(work):
    keyed = output(work, make_engine(), seed=1)
    plate, subject = make_media(work, MediaRole.STILL), make_media(work, MediaRole.RUSH)
    keyed.recipe = {
        "machine": {"source_type": "compositeWithTrainedAlgorithmicMedia", "plate_share": 0.62},
        "source_sha256": subject.sha256,
        "media_sha256": {"plate": [plate.sha256]},
    }
    keyed.save()
    found = {one.media.pk for one in materials_of(make_cut(work))}
    assert found == {keyed.media.pk, plate.pk, subject.pk}
