"""The API: the same rights and services as the pages."""

import pytest
from rest_framework.test import APIClient

from assignments.models import Media, Work
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture
def api(class_room):
    def client(who):
        caller = APIClient()
        caller.force_authenticate(getattr(class_room, who))
        return caller

    return client


LISTS = ["briefs", "works", "media", "cuts", "submissions"]


@pytest.mark.parametrize("name", LISTS)
def test_strangers_find_nothing_and_makers_find_theirs(api, class_room, name):
    submission = factories.make_submission(factories.make_cut(class_room.work))
    rows = {
        "briefs": class_room.brief, "works": class_room.work, "media": submission.cut.film,
        "cuts": submission.cut, "submissions": submission,
    }  # fmt: skip
    uuid = str(rows[name].uuid)
    for who, seen in (("alice", True), ("tess", True), ("admin", True), ("charlie", False)):
        listed = [row["uuid"] for row in api(who).get(f"/api/{name}/").json()["results"]]
        assert (uuid in listed) == seen
        assert api(who).get(f"/api/{name}/{uuid}/").status_code == (200 if seen else 404)


@pytest.mark.parametrize("name", LISTS)
def test_nobody_reads_without_logging_in(name, db):
    assert APIClient().get(f"/api/{name}/").status_code == 401


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_database_as_often_for_one_row_as_for_three(
    api, class_room, django_assert_max_num_queries, name, count
):
    for _each in range(count):
        factories.make_submission(factories.make_cut(class_room.work))
    caller = api("tess")
    with django_assert_max_num_queries(2):
        caller.get(f"/api/{name}/")


def test_a_brief_says_its_policy(api, class_room):
    policy = api("alice").get(f"/api/briefs/{class_room.brief.uuid}/").json()["policy"]
    assert policy["picture_cap"] == "0.400"
    assert policy["sentence"].startswith("At most 40\N{NO-BREAK SPACE}% of the picture may be AI")


def test_a_work_is_started(api, class_room):
    brief = factories.make_brief(class_room.brief.module, is_crew_work=False)
    response = api("alice").post("/api/works/", {"brief": str(brief.uuid)}, format="json")
    assert response.status_code == 201
    assert response.json()["uuid"] == str(Work.objects.get(brief=brief).uuid)
    assert response.json()["owner"] == "alice"


def test_a_file_is_posted_or_put(api, class_room, tmp_path):
    address = f"/api/works/{class_room.work.uuid}/media/rush/"
    (tmp_path / "take.mov").write_bytes(b"a take")
    with (tmp_path / "take.mov").open("rb") as file:
        posted = api("alice").post(address, {"file": file}, format="multipart")
    put = api("bob").put(f"{address}?name=-b.mov", b"b take", content_type="application/octet-stream")
    assert (posted.status_code, posted.json()["name"], posted.json()["size_bytes"]) == (201, "take.mov", 6)
    assert (put.status_code, put.json()["name"], put.json()["state"]) == (201, "-b.mov", "received")
    assert Media.objects.count() == 2


@pytest.mark.parametrize(("who", "status"), [("tess", 403), ("charlie", 404)])
@pytest.mark.parametrize("method", ["post", "put"])
def test_others_upload_nothing(api, class_room, data_folder, who, status, method):
    address = f"/api/works/{class_room.work.uuid}/media/rush/"
    response = getattr(api(who), method)(address, b"a take", content_type="application/octet-stream")
    assert response.status_code == status
    assert not (data_folder / "objects").exists()


def test_an_upload_without_a_file_or_over_the_limit_gets_a_sentence(api, class_room, settings):
    address = f"/api/works/{class_room.work.uuid}/media/rush/"
    empty = api("alice").post(address, {}, format="multipart")
    assert (empty.status_code, empty.json()["file"][0]) == (
        400,
        "No file came with the form. Choose a file and send it again.",
    )
    settings.UPLOAD_MAX_BYTES = 3
    large = api("alice").put(address, b"a take", content_type="application/octet-stream")
    assert large.status_code == 413
    assert large.json()["detail"].startswith("The file is larger than")


def test_a_cut_is_saved_and_handed_in(api, class_room):
    film = factories.make_media(class_room.work, "film")
    body = {"work": str(class_room.work.uuid), "film": str(film.uuid), "note": "rough"}
    cut = api("alice").post("/api/cuts/", body, format="json").json()
    assert (cut["version"], cut["film"], cut["timeline"], cut["notes"]) == (1, str(film.uuid), None, [])
    submission = api("bob").post("/api/submissions/", {"cut": cut["uuid"]}, format="json").json()
    assert (submission["attempt"], submission["film_sha256"]) == (1, film.sha256)
    again = api("bob").post("/api/submissions/", {"cut": cut["uuid"]}, format="json")
    assert (again.status_code, "handed in already" in again.json()["detail"]) == (409, True)


def test_a_stranger_neither_cuts_nor_hands_in(api, class_room):
    cut = factories.make_cut(class_room.work)
    body = {"work": str(class_room.work.uuid), "film": str(cut.film.uuid)}
    assert api("charlie").post("/api/cuts/", body, format="json").status_code == 404
    assert api("charlie").post("/api/submissions/", {"cut": str(cut.uuid)}, format="json").status_code == 404
    assert api("tess").post("/api/submissions/", {"cut": str(cut.uuid)}, format="json").status_code == 403


def test_a_refused_file_is_tried_again(api, class_room):
    problem = {"template": "%(name)s is empty.", "params": {"name": "take.mov"}}
    media = factories.make_media(class_room.work, state="refused", problem=problem)
    assert api("alice").get(f"/api/media/{media.uuid}/").json()["problem"] == "take.mov is empty."
    assert api("tess").post(f"/api/media/{media.uuid}/retry/").status_code == 403
    assert api("alice").post(f"/api/media/{media.uuid}/retry/").json()["state"] == "received"
