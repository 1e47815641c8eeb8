"""Asking for jobs, cancelling them, trying again: what is let through and what is refused, with its sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from assignments.choices import MediaRole
from courses.models import LessonDone
from generation.choices import JobState
from generation.models import Engine, Job
from generation.queries import budget_of
from generation.services import (
    BadInputs,
    LessonFirst,
    NoEngine,
    NotPossibleNow,
    OverBudget,
    ToolNotAllowed,
    cancel_job,
    register_engines,
    request_job,
    retry_job,
)
from tests.factories import NOW, make_engine, make_ethics_lesson, make_job, make_media, make_module, make_work

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
WORDS = {"place": "a ferry landing", "seed": 7}


@pytest.fixture
def engine(scene):
    return make_engine(options={"steps": 10}, seconds_per_step=0.5)


def ask(scene, tool="text-to-image", inputs=WORDS, source=None, by=None, **more):
    return request_job(
        work=scene.work, tool=tool, inputs=inputs, source=source, by=by or scene.alice, now=NOW, **more
    )


def test_a_job_is_put_into_the_queue_with_its_price(scene, engine):
    job = ask(scene)
    assert (job.state, job.engine, job.steps, job.price_seconds) == (JobState.QUEUED, engine, 10, 5.0)
    assert (job.request["prompt"], job.request["seed"], job.request["steps"]) == ("a ferry landing", 7, 10)


def test_a_seed_left_open_is_drawn_and_kept(scene, engine):
    seeds = {ask(scene, inputs={"place": "fog"}).request["seed"] for _ in range(3)}
    assert len(seeds) > 1


def test_teachers_and_strangers_cannot_ask(scene, engine):
    for person in (scene.bob, scene.charlie):
        with pytest.raises(PermissionDenied):
            ask(scene, by=person)


def test_a_tool_the_brief_does_not_name_is_refused(scene, engine):
    scene.brief.tools = ["voice"]
    scene.brief.save()
    with pytest.raises(ToolNotAllowed, match="don’t allow “Text to image”"):
        ask(scene)


def test_an_unknown_tool_is_refused(scene, engine):
    with pytest.raises(ToolNotAllowed, match="no tool “teleport”"):
        ask(scene, tool="teleport")


def test_the_ethics_lesson_of_the_tools_module_comes_first(scene, engine):
    lesson = make_ethics_lesson(make_module(scene.course, slug="image"), title_en="Bias")
    with pytest.raises(LessonFirst, match="finished the lesson “Bias”"):
        ask(scene)
    LessonDone.objects.create(lesson=lesson, user=scene.bob, done_at=NOW)
    with pytest.raises(LessonFirst):
        ask(scene)
    LessonDone.objects.create(lesson=lesson, user=scene.alice, done_at=NOW)
    assert ask(scene).state == JobState.QUEUED


def test_ethics_lessons_of_other_modules_do_not_lock_the_tool(scene, engine):
    make_ethics_lesson(make_module(scene.course, slug="audio"))
    assert ask(scene).state == JobState.QUEUED


def test_without_an_engine_there_is_nothing_to_run(scene):
    make_engine(is_enabled=False)
    make_engine(tools=["voice"])
    with pytest.raises(NoEngine, match="No engine is set up for “Text to image”"):
        ask(scene)


def test_an_engine_can_be_chosen_by_name(scene, engine):
    other = make_engine(slug="other")
    assert ask(scene, engine="other").engine == other


def test_what_waits_and_what_was_spent_count_against_the_budget(scene, engine):
    scene.brief.gpu_seconds = 12
    scene.brief.save()
    make_job(scene.work, state=JobState.DONE, spent_seconds=4, price_seconds=100)
    make_job(scene.work, state=JobState.FAILED, spent_seconds=0, price_seconds=50)
    make_job(scene.work, state=JobState.HELD, price_seconds=50)
    make_job(scene.work, state=JobState.CANCELLED, spent_seconds=0.5, price_seconds=50)
    ask(scene)
    budget = budget_of(scene.work)
    assert (budget.spent, budget.promised, budget.left) == (Decimal("4.5"), 5, Decimal("2.5"))
    with pytest.raises(OverBudget, match=r"about 5\.0 GPU-seconds; 2\.5 of 12 are left"):
        ask(scene)


def test_bad_inputs_are_named_all_at_once(scene, engine):
    with pytest.raises(BadInputs) as refusal:
        ask(scene, inputs={"place": "fog", "steps": "900", "shot": "upside down"})
    assert [problem.slug for problem in refusal.value.problems] == ["shot", "steps"]
    assert Job.objects.count() == 0


def test_a_source_of_another_work_is_no_source(scene, engine):
    foreign = make_media(make_work(), MediaRole.STILL, mime="image/png")
    with pytest.raises(BadInputs, match="Choose the picture to begin with"):
        ask(scene, tool="image-to-image", source=foreign)


def test_a_still_of_the_work_is_a_source_and_a_sound_is_not(scene, engine):
    still = make_media(scene.work, MediaRole.STILL, mime="image/png")
    sound = make_media(scene.work, MediaRole.SOUND, mime="audio/wav")
    assert ask(scene, tool="image-to-image", source=still).source == still
    with pytest.raises(BadInputs):
        ask(scene, tool="image-to-image", source=sound)


def test_a_waiting_job_is_cancelled_at_once(scene):
    job = make_job(scene.work)
    cancelled = cancel_job(job=job, by=scene.alice, now=NOW)
    assert (cancelled.state, cancelled.finished_at) == (JobState.CANCELLED, NOW)


def test_a_running_job_is_asked_to_stop(scene):
    job = make_job(scene.work, state=JobState.RUNNING, lease_until=NOW)
    asked = cancel_job(job=job, by=scene.bob, now=NOW)
    assert (asked.state, asked.cancel_asked_at) == (JobState.RUNNING, NOW)


def test_a_finished_job_is_not_cancelled(scene):
    with pytest.raises(NotPossibleNow, match="finished already"):
        cancel_job(job=make_job(scene.work, state=JobState.DONE), by=scene.alice, now=NOW)


def test_a_stranger_cancels_nothing(scene):
    with pytest.raises(PermissionDenied):
        cancel_job(job=make_job(scene.work), by=scene.charlie, now=NOW)


def test_a_failed_job_is_tried_again_from_the_start(scene):
    job = make_job(
        scene.work, state=JobState.FAILED, attempts=3, problem={"template": "x", "params": {}}, step=4
    )
    again = retry_job(job=job, by=scene.alice, now=NOW)
    assert (again.state, again.attempts, again.problem, again.step, again.finished_at) == (
        JobState.QUEUED, 0, None, 0, None,
    )  # fmt: skip


def test_a_running_job_is_not_tried_again(scene):
    with pytest.raises(NotPossibleNow, match="Only a failed or cancelled job"):
        retry_job(job=make_job(scene.work, state=JobState.RUNNING, lease_until=NOW), by=scene.alice, now=NOW)


def test_registering_engines_again_keeps_their_pace_and_their_switch(settings, tmp_path):
    settings.ENGINES_DIR = tmp_path
    row = {
        "slug": "one", "title_en": "One", "title_zh": "一", "pipeline": "vits", "folder": "one",
        "licence": "MIT", "tools": ["voice"], "options": {}, "seconds_per_step": 0.5,
    }  # fmt: skip
    register_engines(rows=[row])
    Engine.objects.update(seconds_per_step=2.0, is_enabled=False)
    register_engines(rows=[{**row, "title_en": "Uno"}])
    engine = Engine.objects.get()
    assert (engine.title_en, engine.seconds_per_step, engine.is_enabled, engine.revision) == (
        "Uno",
        2.0,
        False,
        "",
    )
