"""Comparing candidates: who sees them, what is said to differ, which looks and choices are taken."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assignments.choices import MediaState
from generation.choices import JobState
from generation.models import Choice, Viewing
from tests.factories import make_engine, make_job, make_output, make_work

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture
def engine(scene):
    return make_engine()


@pytest.fixture
def outputs(scene, engine):
    """Three pictures of the same words with seeds 7, 8 and 9."""
    asked = {"prompt": "a pier", "direction": {"place": "a pier"}}
    jobs = [
        make_job(scene.work, engine=engine, state=JobState.DONE, request={**asked, "seed": seed})
        for seed in (7, 8, 9)
    ]
    return [make_output(job=job) for job in jobs]


def compare_url(scene, outputs):
    shown = "&".join(f"jobs={output.job.uuid}" for output in outputs)
    return f"{reverse('generation:compare', args=[scene.work.uuid])}?{shown}"


@pytest.mark.parametrize(("person", "status"), [("alice", 200), ("bob", 200), ("charlie", 404)])
def test_candidates_are_seen_by_makers_and_teachers(client, scene, outputs, person, status):
    client.force_login(getattr(scene, person))
    assert client.get(compare_url(scene, outputs)).status_code == status


def test_they_lie_in_the_order_of_the_address_with_what_differs(client, scene, outputs):
    client.force_login(scene.alice)
    context = client.get(compare_url(scene, reversed(outputs))).context
    assert [pane.job.request["seed"] for pane in context["panes"]] == [9, 8, 7]
    assert context["differences"] == [("Seed", [9, 8, 7])]


def test_jobs_of_other_works_nonsense_and_a_fifth_are_left_out(client, scene, outputs, engine):
    foreign = make_output(make_work())
    more = [make_output(job=make_job(scene.work, engine=engine, state=JobState.DONE)) for _each in range(2)]
    client.force_login(scene.alice)
    url = compare_url(scene, [foreign, *outputs, *more]) + "&jobs=nonsense"
    assert [pane.output for pane in client.get(url).context["panes"]] == [*outputs, more[0]]


def test_one_alone_is_told_what_to_do(client, scene, outputs):
    client.force_login(scene.alice)
    assert "Nothing to compare yet" in client.get(compare_url(scene, outputs[:1])).content.decode()


def test_a_job_that_still_waits_lies_among_them_and_the_page_looks_again(client, scene, outputs, engine):
    waiting = make_job(scene.work, engine=engine)
    outputs[1].media.state = MediaState.WORKING
    outputs[1].media.save()
    client.force_login(scene.alice)
    shown = f"{compare_url(scene, outputs[:2])}&jobs={waiting.uuid}"
    response = client.get(shown)
    assert [pane.is_ready for pane in response.context["panes"]] == [True, False, False]
    assert 'hx-trigger="every 2s"' in response.content.decode()


def test_a_choice_is_made_and_the_others_stay(client, scene, outputs):
    client.force_login(scene.alice)
    data = {"job": outputs[1].job.uuid, "jobs": [str(output.job.uuid) for output in outputs]}
    response = client.post(reverse("generation:candidate_choose", args=[scene.work.uuid]), data)
    choice = Choice.objects.get()
    assert (response.status_code, response.url) == (302, compare_url(scene, outputs))
    assert (choice.output, choice.chosen_by) == (outputs[1], scene.alice)
    assert set(choice.among) == {str(outputs[0].job.uuid), str(outputs[2].job.uuid)}


@pytest.mark.parametrize(("person", "status"), [("bob", 403), ("charlie", 404)])
def test_nobody_else_chooses(client, scene, outputs, person, status):
    client.force_login(getattr(scene, person))
    data = {"job": outputs[0].job.uuid, "jobs": [str(outputs[0].job.uuid)]}
    url = reverse("generation:candidate_choose", args=[scene.work.uuid])
    assert (client.post(url, data).status_code, Choice.objects.count()) == (status, 0)


def test_a_choice_that_names_no_job_is_not_found(client, scene, outputs):
    client.force_login(scene.alice)
    url = reverse("generation:candidate_choose", args=[scene.work.uuid])
    assert client.post(url, {"job": "nonsense"}).status_code == 404


@pytest.mark.parametrize(("person", "status"), [("alice", 204), ("bob", 204), ("charlie", 404)])
def test_a_look_is_told_by_who_may_see_the_output(client, scene, outputs, person, status):
    client.force_login(getattr(scene, person))
    url = reverse("generation:output_viewed", args=[outputs[0].job.uuid])
    assert (client.post(url).status_code, Viewing.objects.count()) == (status, int(status == 204))


def test_teachers_are_asked_neither_for_looks_nor_for_a_choice(client, scene, outputs):
    client.force_login(scene.bob)
    page = client.get(compare_url(scene, outputs)).content.decode()
    assert ("data-viewing" in page, "data-choose" in page) == (False, False)


@pytest.mark.parametrize("count", [2, 3])
def test_comparing_costs_the_same_for_two_and_three(client, scene, outputs, count, django_assert_num_queries):
    client.force_login(scene.alice)
    with django_assert_num_queries(5):
        client.get(compare_url(scene, outputs[:count]))
