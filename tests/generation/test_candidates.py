"""Candidates: asked for together, looked at, chosen among; and what the fleet is asked to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from assignments.choices import MediaRole
from generation import services
from generation.choices import JobState, MediaUse, Wish
from generation.domain.tools import MOST_SEED
from generation.models import Choice, Job, JobMedia, Viewing, Worker
from generation.queries import candidates_of, viewings_of
from ledger.models import Entry, Opening
from tests.factories import (
    NOW,
    make_administrator,
    make_crew,
    make_engine,
    make_job,
    make_media,
    make_output,
    make_work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


def ask(scene, **asked):
    wish = {"work": scene.work, "tool": "text-to-image", "source": None, "by": scene.alice, "now": NOW}
    return services.request_candidates(**{**wish, "count": 2, "inputs": {"place": "fog", "seed": 7}, **asked})


def seeds(jobs):
    return [job.request["seed"] for job in jobs]


def test_candidates_differ_in_their_successive_seeds_alone(scene):
    make_engine()
    one, two, *_rest = jobs = ask(scene, count=4)
    assert seeds(jobs) == [7, 8, 9, 10]
    assert {**one.request, "seed": 8} == two.request


def test_an_open_seed_is_drawn_once_and_the_others_follow(scene):
    make_engine()
    first, second = seeds(ask(scene, inputs={"place": "fog"}))
    assert second == first + 1


def test_after_the_greatest_seed_comes_the_first(scene):
    make_engine()
    assert seeds(ask(scene, inputs={"place": "fog", "seed": MOST_SEED})) == [MOST_SEED, 0]


@pytest.mark.parametrize("seed", ["seven", str(MOST_SEED + 1), "-1"])
def test_a_seed_that_is_none_is_refused_with_its_own_sentence(scene, seed):
    make_engine()
    with pytest.raises(services.BadInputs) as refusal:
        ask(scene, inputs={"place": "fog", "seed": seed})
    assert [problem.slug for problem in refusal.value.problems] == ["seed"]


def test_candidates_that_do_not_all_fit_the_budget_are_none(scene):
    make_engine(options={"steps": 10}, seconds_per_step=0.5)
    scene.brief.gpu_seconds = 9
    scene.brief.save()
    with pytest.raises(services.OverBudget, match="2 candidates together are too much"):
        ask(scene)
    assert Job.objects.count() == 0


def test_what_was_asked_for_together_stands_together(scene):
    make_engine()
    jobs = ask(scene)
    ask(scene, now=NOW + timedelta(seconds=1))
    assert list(candidates_of(jobs[1])) == jobs


def test_the_same_is_asked_for_again_with_another_seed_and_the_same_media(scene):
    engine = make_engine(tools=["image-to-image"])
    still, guide = (make_media(scene.work, MediaRole.STILL, mime="image/png") for _each in range(2))
    first = services.request_job(
        work=scene.work, tool="image-to-image", inputs={"place": "fog", "seed": 7, "shot": "wide"}, source=still,
        by=scene.alice, now=NOW,
    )  # fmt: skip
    JobMedia.objects.create(job=first, media=guide, use=MediaUse.REFERENCE)
    again = services.repeat_job(job=first, by=scene.alice, now=NOW + timedelta(minutes=1))
    assert (again.engine, again.source, again.state) == (engine, still, JobState.QUEUED)
    assert {**again.request, "seed": 7} == first.request
    assert again.request["seed"] != 7


def test_a_look_is_kept_once_a_minute(scene):
    output = make_output(scene.work)
    for seconds in (0, 20, 59, 61, 70):
        services.record_viewing(output=output, by=scene.alice, now=NOW + timedelta(seconds=seconds))
    viewing = Viewing.objects.get()
    assert (viewing.times, viewing.first_at, viewing.last_at) == (2, NOW, NOW + timedelta(seconds=61))


def test_a_clock_that_jumps_back_adds_no_look(scene):
    output = make_output(scene.work)
    for seconds in (0, -7200):
        services.record_viewing(output=output, by=scene.alice, now=NOW + timedelta(seconds=seconds))
    assert Viewing.objects.get().times == 1


def test_only_the_makers_looks_count_for_the_work(scene):
    output = make_output(scene.work)
    mine = services.record_viewing(output=output, by=scene.alice, now=NOW)
    services.record_viewing(output=output, by=scene.bob, now=NOW)
    services.record_viewing(output=make_output(make_work()), by=scene.alice, now=NOW)
    assert list(viewings_of(scene.work)) == [mine]


def test_every_maker_of_a_crew_looks_for_the_crew(scene):
    crew = make_crew(scene.course)
    output = make_output(make_work(scene.brief, crew=crew))
    for member in crew.members.all():
        services.record_viewing(output=output, by=member.user, now=NOW)
    assert viewings_of(output.job.work).count() == crew.members.count()


def test_a_choice_is_kept_and_logged_with_what_it_was_weighed_against(scene):
    one, two = make_output(scene.work), make_output(scene.work)
    services.record_viewing(output=two, by=scene.alice, now=NOW)
    choice = services.choose_output(output=one, among=[one, two], by=scene.alice, now=NOW)
    entry = Entry.objects.get(index=choice.ledger_index)
    assert (entry.kind, entry.subject) == ("candidate.chosen", f"media:{one.media.uuid}")
    assert Opening.objects.get(entry=entry).payload == {
        "job": str(one.job.uuid), "among": [str(two.job.uuid)], "viewed": 1, "work": str(scene.work.uuid),
    }  # fmt: skip


def test_a_second_thought_takes_the_star_from_the_first(scene):
    one, two, elsewhere = (make_output(scene.work) for _each in range(3))
    services.choose_output(output=elsewhere, among=[elsewhere], by=scene.alice, now=NOW)
    services.choose_output(output=one, among=[one, two], by=scene.alice, now=NOW)
    services.choose_output(output=two, among=[one, two], by=scene.alice, now=NOW)
    assert set(Choice.objects.values_list("output", flat=True)) == {two.pk, elsewhere.pk}
    assert Entry.objects.filter(kind="candidate.chosen").count() == 3


def test_only_makers_choose(scene):
    output = make_output(scene.work)
    for person in (scene.bob, scene.charlie):
        with pytest.raises(PermissionDenied):
            services.choose_output(output=output, among=[output], by=person, now=NOW)


def test_candidates_of_two_works_are_not_weighed(scene):
    mine = make_output(scene.work)
    with pytest.raises(services.NotPossibleNow):
        services.choose_output(output=mine, among=[make_output(make_work())], by=scene.alice, now=NOW)


def test_an_administrator_tries_a_dead_letter_again(scene):
    job = make_job(scene.work, state=JobState.FAILED, attempts=3)
    assert services.retry_job(job=job, by=make_administrator(), now=NOW).state == JobState.QUEUED


def test_a_wish_for_a_worker_is_logged(scene):
    worker = Worker.objects.create(name="gpu1:7", device="cpu", started_at=NOW, seen_at=NOW)
    services.wish_of_worker(worker=worker, wish=Wish.DRAIN, by=make_administrator(), now=NOW)
    worker.refresh_from_db()
    assert worker.wish == Wish.DRAIN
    assert list(Entry.objects.values_list("kind", "subject")) == [("worker.wish", "worker:gpu1:7")]
