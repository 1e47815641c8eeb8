"""The denoising lab: who runs it, what is compared, what it costs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.urls import reverse

from assignments.choices import MediaState
from assignments.models import Work
from generation.choices import JobState
from generation.domain.tools import LAB
from generation.models import Job, Output
from generation.queries import lab_brief, tool_states
from generation.services import ToolNotAllowed, request_job, run_lab
from tests import factories
from tests.factories import NOW, make_engine, make_job, make_media

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
WORDS = {"place": "the sea", "shot": "wide", "seed": 7, "steps": 6, "guidance": 3}
TILES = {"tiles": 7, "expected_tiles": 7, "columns": 6, "tile_width": 64, "tile_height": 32}


@pytest.fixture
def course(db):
    """Module 1 with a lesson nobody has read; Alice and Dan study, Bob teaches, Charlie studies elsewhere."""
    course = factories.make_course()
    module = factories.make_module(course, slug="literacy")
    factories.make_ethics_lesson(module)
    brief = factories.make_brief(module, tools=["text-to-image"], gpu_seconds=60)
    alice, bob, charlie, dan = (factories.make_user(name) for name in ("alice", "bob", "charlie", "dan"))
    factories.make_enrolment(course, alice)
    factories.make_enrolment(course, dan)
    factories.make_enrolment(course, bob, "instructor")
    factories.make_enrolment(factories.make_course(), charlie)
    engine = make_engine(slug="sketch", seconds_per_step=0.1)
    people = SimpleNamespace(alice=alice, bob=bob, charlie=charlie, dan=dan)
    return SimpleNamespace(
        row=course,
        brief=brief,
        engine=engine,
        people=people,
        url=reverse("generation:lab", args=[course.uuid]),
    )


def a_run(course, person, *, state=JobState.DONE, **asked):
    """A run with its sheet prepared."""
    work, _new = Work.objects.get_or_create(brief=course.brief, owner=person, defaults={"created_at": NOW})
    words = {"direction": {"place": "the sea"}, "prompt": "the sea", "negative": "", "prompt_is_own": False}
    request = {**words, "seed": 7, "steps": 6, "guidance": 3.0, **asked}
    job = make_job(work, tool=LAB, engine=course.engine, state=state, request=request, created_by=person)
    if state == JobState.DONE:
        media = make_media(work, "generated", mime="image/png", state=MediaState.READY, created_by=person)
        recipe = {"engine": {"slug": "sketch", "revision": ""}, "request": request, "machine": TILES}
        Output.objects.create(
            job=job, media=media, recipe=recipe, recipe_hash="0" * 64, ledger_index=0, created_at=NOW
        )
    return job


# ---------------------------------------------------------------- running
def test_a_run_begins_the_persons_own_work_and_waits_in_the_queue(course):
    job = run_lab(brief=course.brief, inputs=WORDS, engine="", by=course.people.alice, now=NOW)
    assert (job.work.owner, job.work.brief, job.tool) == (course.people.alice, course.brief, LAB)
    assert (job.engine, job.state, job.steps, job.price_seconds) == (course.engine, JobState.QUEUED, 6, 0.6)


def test_no_lesson_and_no_tool_list_stands_before_the_lab(course):
    run_lab(brief=course.brief, inputs=WORDS, engine="", by=course.people.alice, now=NOW)
    work = Work.objects.get(owner=course.people.alice)
    [state] = [each for each in tool_states(work, course.people.alice) if each.tool.slug == LAB]
    assert (state.is_open, state.engine) == (True, course.engine)


def test_in_works_of_other_modules_there_is_no_lab(course):
    brief = factories.make_brief(factories.make_module(course.row, slug="image"), tools=[LAB])
    work = factories.make_work(brief, owner=course.people.alice)
    assert LAB not in [each.tool.slug for each in tool_states(work, course.people.alice)]
    with pytest.raises(ToolNotAllowed):
        request_job(work=work, tool=LAB, inputs=WORDS, source=None, by=course.people.alice, now=NOW)


def test_an_engines_default_beyond_the_labs_range_is_brought_into_it(course):
    course.engine.options = {"steps": 50, "guidance": 5}
    course.engine.save()
    asked = {name: value for name, value in WORDS.items() if name != "steps"}
    job = run_lab(brief=course.brief, inputs=asked, engine="", by=course.people.alice, now=NOW)
    assert (job.request["steps"], job.request["guidance"]) == (24, 3.0)


# ---------------------------------------------------------------- the page
@pytest.mark.parametrize(("person", "status"), [("alice", 200), ("bob", 200), ("charlie", 404)])
def test_the_lab_is_open_to_everybody_of_the_course(client, course, person, status):
    client.force_login(getattr(course.people, person))
    assert client.get(course.url).status_code == status


def test_a_posted_run_is_shown_alone_and_the_next_one_beside_it(client, course):
    client.force_login(course.people.alice)
    response = client.post(course.url, WORDS)
    first = Job.objects.get()
    assert (response.status_code, response.url) == (302, f"{course.url}?a={first.uuid}")
    response = client.post(f"{course.url}?a={first.uuid}", {**WORDS, "seed": 8})
    second = Job.objects.exclude(pk=first.pk).get()
    assert response.url == f"{course.url}?a={first.uuid}&b={second.uuid}"
    assert (second.work, second.request["seed"]) == (first.work, 8)


def test_a_single_change_keeps_all_else(client, course):
    first = a_run(course, course.people.alice)
    client.force_login(course.people.alice)
    client.post(f"{course.url}?a={first.uuid}", {"change": "more"})
    second = Job.objects.exclude(pk=first.pk).get()
    changed = {
        name
        for name in ("seed", "steps", "guidance", "prompt")
        if first.request[name] != second.request[name]
    }
    assert (changed, second.request["steps"], second.engine) == ({"steps"}, 12, first.engine)


def test_a_change_nobody_offers_is_refused(client, course):
    first = a_run(course, course.people.alice)
    client.force_login(course.people.alice)
    assert client.post(f"{course.url}?a={first.uuid}", {"change": "everything"}).status_code == 400


def test_wrong_inputs_keep_what_was_typed_and_name_the_field(client, course):
    client.force_login(course.people.alice)
    response = client.post(course.url, {**WORDS, "steps": 99, "place": "a quay at low tide"})
    page = response.content.decode()
    assert (response.status_code, Job.objects.count()) == (422, 0)
    assert "99 is out of range: from 2 to 24." in page
    assert "a quay at low tide" in page


def test_a_spent_budget_is_told_above_the_form(client, course):
    course.brief.gpu_seconds = 0
    course.brief.save()
    client.force_login(course.people.alice)
    response = client.post(course.url, WORDS)
    assert response.status_code == 422
    assert "of 0 are left for this work" in response.content.decode()


def test_teachers_look_and_do_not_run(client, course):
    client.force_login(course.people.bob)
    assert client.post(course.url, WORDS).status_code == 403
    assert Job.objects.count() == 0


def test_the_page_says_whether_one_thing_was_changed(client, course):
    alice = course.people.alice
    first, seed, both = (
        a_run(course, alice),
        a_run(course, alice, seed=8),
        a_run(course, alice, seed=9, steps=12),
    )
    client.force_login(alice)
    pages = [
        client.get(f"{course.url}?a={first.uuid}&b={other.uuid}").content.decode() for other in (seed, both)
    ]
    assert "One thing changed: seed." in pages[0]
    assert "Several things changed (seed · steps)." in pages[1]


def test_a_run_shows_a_tile_for_the_noise_and_every_step(client, course):
    first = a_run(course, course.people.alice)
    client.force_login(course.people.alice)
    page = client.get(f"{course.url}?a={first.uuid}").content.decode()
    assert page.count("data-lab-tile=") == 7
    assert 'data-box="0 32 64 32"' in page  # the seventh begins the second row
    assert 'data-expected="0 64 64 32"' in page  # what was expected begins on a row of its own
    assert ('aria-label="pure noise"' in page, 'aria-label="the picture"' in page) == (True, True)


def test_students_see_their_own_runs_and_teachers_the_classes(client, course):
    mine, other = a_run(course, course.people.alice), a_run(course, course.people.dan)
    seen = {}
    for person in ("alice", "bob"):
        client.force_login(getattr(course.people, person))
        page = client.get(course.url).content.decode()
        seen[person] = {job for job in (mine, other) if str(job.uuid) in page}
    assert seen == {"alice": {mine}, "bob": {mine, other}}


def test_another_students_run_cannot_be_laid_on_the_table(client, course):
    other = a_run(course, course.people.dan, prompt="a secret garden")
    client.force_login(course.people.alice)
    assert "a secret garden" not in client.get(f"{course.url}?a={other.uuid}").content.decode()


def test_without_a_published_module_the_lab_says_so(client, course):
    module = course.brief.module
    module.is_published = False
    module.save()
    client.force_login(course.people.alice)
    assert lab_brief(course.row, course.people.alice) is None
    assert "not published in this course yet" in client.get(course.url).content.decode()
    assert client.post(course.url, WORDS).status_code == 404


def test_the_tool_address_of_the_lab_leads_to_the_lab(client, course):
    job = a_run(course, course.people.alice)
    client.force_login(course.people.alice)
    response = client.get(reverse("generation:tool", args=[job.work.uuid, LAB]))
    assert (response.status_code, response.url) == (302, course.url)
    assert (
        f"{course.url}?a={job.uuid}"
        in client.get(reverse("generation:job_detail", args=[job.uuid])).content.decode()
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_the_same_however_many_runs(
    client, course, count, django_assert_num_queries
):
    for _ in range(count):
        a_run(course, course.people.alice)
    client.force_login(course.people.alice)
    client.get(course.url)
    with django_assert_num_queries(QUERIES):
        client.get(course.url)


QUERIES = 12
