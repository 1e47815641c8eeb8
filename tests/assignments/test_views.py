"""Pages of the assignments room as owner, teammate, teacher and stranger see them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assignments.choices import MediaRole
from assignments.models import Cut, Submission, Work
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


def url(name, row):
    return reverse(f"assignments:{name}", args=[row.uuid])


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("tess", 200), ("admin", 200), ("charlie", 404)])
def test_people_of_the_course_see_the_brief(client, class_room, who, status):
    client.force_login(getattr(class_room, who))
    assert client.get(url("brief_detail", class_room.brief)).status_code == status


def test_students_see_no_brief_of_an_unpublished_module(client, class_room):
    class_room.brief.module.is_published = False
    class_room.brief.module.save()
    for who, status in (("alice", 404), ("tess", 200)):
        client.force_login(getattr(class_room, who))
        assert client.get(url("brief_detail", class_room.brief)).status_code == status


def test_a_brief_says_its_policy_and_shows_html_as_text(client, class_room):
    class_room.brief.body_en = (
        "# Task\n\n<script>alert(1)</script> [x](javascript:alert(1)) ![p](http://e/x.png)"
    )
    class_room.brief.save()
    client.force_login(class_room.alice)
    page = client.get(url("brief_detail", class_room.brief)).content.decode()
    assert "At most 40\N{NO-BREAK SPACE}% of the picture may be AI" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert ('href="javascript' in page, '<img src="http' in page) == (False, False)


def test_a_student_starts_the_work_from_the_brief(client, class_room):
    brief = factories.make_brief(class_room.brief.module, is_crew_work=False)
    client.force_login(class_room.alice)
    response = client.post(url("work_start", brief))
    assert response.url == url("work_detail", Work.objects.get(brief=brief, owner=class_room.alice))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("alice", 200),
        ("bob", 200),
        ("tess", 200),
        ("mia", 200),
        ("admin", 200),
        ("charlie", 404),
        (None, 302),
    ],
)
def test_makers_teachers_and_administrators_enter_the_work_room(client, class_room, who, status):
    if who:
        client.force_login(getattr(class_room, who))
    assert client.get(url("work_detail", class_room.work)).status_code == status


def test_a_student_of_the_same_course_does_not_enter_another_crews_room(client, class_room):
    other = factories.make_crew(class_room.course)
    client.force_login(other.members.first().user)
    assert client.get(url("work_detail", class_room.work)).status_code == 404


def test_teachers_look_and_makers_work(client, class_room):
    cut = factories.make_cut(class_room.work)
    for who, may in (("alice", True), ("tess", False)):
        client.force_login(getattr(class_room, who))
        page = client.get(f"{url('work_detail', class_room.work)}?part=rush").content.decode()
        assert ("data-dropzone" in page, url("cut_hand_in", cut) in page) == (may, may)


def test_a_refused_file_says_why_in_the_room(client, class_room):
    problem = {"template": "%(name)s is a web page, not a film.", "params": {"name": "x.mov"}}
    media = factories.make_media(class_room.work, name="x.mov", state="refused", problem=problem)
    client.force_login(class_room.alice)
    page = client.get(f"{url('work_detail', class_room.work)}?media={media.uuid}").content.decode()
    assert "x.mov is a web page, not a film." in page
    assert url("media_retry", media) in page


@pytest.mark.parametrize("query", ["?part=nonsense", "?media=nonsense", "?cut=1&media=%00", "?part=film"])
def test_the_room_opens_whatever_the_address_asks_for(client, class_room, query):
    client.force_login(class_room.alice)
    assert client.get(url("work_detail", class_room.work) + query).status_code == 200


@pytest.mark.parametrize(("target", "other"), [("bin", 'id="stage"'), ("stage", 'id="bin"')])
def test_htmx_gets_the_part_it_asks_for(client, class_room, target, other):
    factories.make_media(class_room.work, state="working", lease_until=timezone.now())
    client.force_login(class_room.alice)
    headers = {"hx-request": "true", "hx-target": target}
    page = client.get(url("work_detail", class_room.work), headers=headers).content.decode()
    assert f'id="{target}"' in page
    assert other not in page
    assert "<html" not in page


def test_a_generated_file_is_in_the_room_once_it_is_logged(client, class_room):
    factories.make_media(class_room.work, MediaRole.GENERATED, name="secret.png")
    client.force_login(class_room.alice)
    page = client.get(f"{url('work_detail', class_room.work)}?part=generated").content.decode()
    assert "secret.png" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_work_room_asks_the_database_as_often_for_one_file_as_for_three(
    client, class_room, django_assert_num_queries, count
):
    for _each in range(count):
        factories.make_cut(class_room.work)
        factories.make_media(class_room.work)
    client.force_login(class_room.alice)
    with django_assert_num_queries(7):
        client.get(url("work_detail", class_room.work))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_works_asks_the_database_as_often_for_one_as_for_three(
    client, class_room, django_assert_num_queries, count
):
    for _each in range(count):
        work = factories.make_work(class_room.brief, crew=factories.make_crew(class_room.course))
        factories.make_submission(factories.make_cut(work))
    client.force_login(class_room.tess)
    with django_assert_num_queries(10):
        client.get(url("work_list", class_room.brief))


@pytest.mark.parametrize(
    ("who", "status"), [("tess", 200), ("mia", 200), ("admin", 200), ("alice", 403), ("charlie", 404)]
)
def test_only_teachers_list_the_works_of_a_brief(client, class_room, who, status):
    client.force_login(getattr(class_room, who))
    assert client.get(url("work_list", class_room.brief)).status_code == status


def test_a_crew_saves_a_cut(client, class_room):
    film = factories.make_media(class_room.work, MediaRole.FILM)
    client.force_login(class_room.alice)
    response = client.post(url("cut_create", class_room.work), {"film": film.uuid, "note": "rough"})
    cut = Cut.objects.get()
    assert (cut.film, cut.note, cut.timeline) == (film, "rough", None)
    assert response.url == f"/works/{class_room.work.uuid}/?part=film&media={film.uuid}&cut={cut.uuid}"


def test_another_works_film_is_no_choice(client, class_room):
    elsewhere = factories.make_media(role=MediaRole.FILM)
    factories.make_media(class_room.work, MediaRole.FILM)
    client.force_login(class_room.alice)
    assert client.post(url("cut_create", class_room.work), {"film": elsewhere.uuid}).status_code == 422
    assert Cut.objects.count() == 0


def test_a_crew_hands_in_and_gets_a_receipt(client, class_room):
    class_room.brief.due_at = timezone.now() + timedelta(days=1)
    class_room.brief.save()
    cut = factories.make_cut(class_room.work)
    client.force_login(class_room.bob)
    page = client.get(url("cut_hand_in", cut)).content.decode()
    assert "At most 40\N{NO-BREAK SPACE}% of the picture may be AI" in page
    response = client.post(url("cut_hand_in", cut))
    submission = Submission.objects.get()
    assert response.url == url("submission_detail", submission)
    receipt = client.get(response.url).content.decode()
    assert submission.receipt in receipt
    assert cut.film.sha256 in receipt
    assert "in time" in receipt


def test_a_second_hand_in_of_a_cut_is_refused_in_words(client, class_room):
    cut = factories.make_cut(class_room.work)
    factories.make_submission(cut)
    client.force_login(class_room.alice)
    headers = {"accept": "application/json"}
    response = client.post(url("cut_hand_in", cut), headers=headers)
    assert (response.status_code, Submission.objects.count()) == (409, 1)
    assert "has been handed in already" in response.json()["error"]


@pytest.mark.parametrize(("who", "status"), [("tess", 403), ("mia", 403), ("charlie", 404)])
def test_others_neither_cut_nor_hand_in(client, class_room, who, status):
    cut = factories.make_cut(class_room.work)
    client.force_login(getattr(class_room, who))
    assert client.post(url("cut_create", class_room.work), {"film": cut.film.uuid}).status_code == status
    assert client.post(url("cut_hand_in", cut)).status_code == status
    assert Submission.objects.count() == 0


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("mia", 200), ("charlie", 404)])
def test_a_receipt_is_for_its_makers_and_teachers(client, class_room, who, status):
    submission = factories.make_submission(factories.make_cut(class_room.work))
    client.force_login(getattr(class_room, who))
    assert client.get(url("submission_detail", submission)).status_code == status


def test_media_and_cuts_lead_to_their_place_in_the_room(client, class_room):
    cut = factories.make_cut(class_room.work)
    client.force_login(class_room.tess)
    assert client.get(url("media_detail", cut.film)).url.endswith(f"?part=film&media={cut.film.uuid}")
    assert client.get(url("cut_detail", cut)).url.endswith(f"&cut={cut.uuid}")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_are_in_the_persons_language(client, class_room, language, settings):
    client.force_login(class_room.alice)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get(url("brief_detail", class_room.brief)).content.decode()
    assert {"en": "Open the work", "zh-hans": "打开作品"}[language] in page
