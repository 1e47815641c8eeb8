"""The grading room over HTTP keeps the rules of its pages."""

from __future__ import annotations

import pytest

from grading import workers
from grading.choices import MarkerRole
from grading.models import Marking, Report
from tests.factories import NOW, make_administrator
from tests.grading.documents import make_measured
from tests.grading.rubrics import make_marked, mark

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
JSON = {"content_type": "application/json"}


def test_the_rubric_is_listed_for_the_course(client, marked):
    make_marked()
    client.force_login(marked.alice)
    found = client.get("/api/criteria/", {"brief": marked.brief.uuid}).json()["results"]

    assert [(each["slug"], each["points"], each["owner"]) for each in found] == [
        ("story", 60, "academic"), ("craft", 40, "mentor"),
    ]  # fmt: skip
    client.force_login(marked.charlie)
    assert client.get("/api/criteria/").json()["results"] == []
    assert client.get("/api/criteria/", {"brief": "x"}).status_code == 404


def test_a_marking_is_saved_and_finished(client, marked):
    client.force_login(marked.bob)
    draft = {"submission": str(marked.submission.uuid), "points": {"story": "42.5"}, "comment": "yes"}
    saved = client.post("/api/markings/", draft, **JSON)
    assert (saved.status_code, saved.json()["role"]) == (200, "academic")
    assert saved.json()["marks"] == [{"criterion": "story", "points": "42.50", "comment": ""}]

    finished = client.post(f"/api/markings/{saved.json()['uuid']}/finish/", **JSON)
    assert finished.json()["finished_at"] is not None
    again = client.post("/api/markings/", draft, **JSON)
    assert (again.status_code, "stand" in again.json()["detail"]) == (409, True)


def test_nobody_else_marks(client, marked):
    draft = {"submission": str(marked.submission.uuid), "points": {"story": "1"}}
    statuses = {}
    for name in ("alice", "charlie"):
        client.force_login(getattr(marked, name))
        statuses[name] = client.post("/api/markings/", draft, **JSON).status_code

    assert statuses == {"alice": 403, "charlie": 404}
    assert not Marking.objects.exists()


def test_markings_stay_hidden_until_both_are_in(client, marked):
    mark(marked, MarkerRole.ACADEMIC, {"story": "42"})
    client.force_login(marked.mona)
    assert client.get("/api/markings/").json()["results"] == []

    mark(marked, MarkerRole.MENTOR, {"craft": "30"})
    assert client.get("/api/markings/").json()["count"] == 2
    client.force_login(marked.charlie)
    assert client.get("/api/markings/").json()["count"] == 0


def test_a_report_is_asked_for_and_fetched(client, marked):
    make_measured(marked.submission.cut)
    client.force_login(marked.alice)
    asked = client.post(
        "/api/reports/", {"submission": str(marked.submission.uuid), "language": "en"}, **JSON
    )
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    address = f"/api/reports/{asked.json()['uuid']}/file/"
    assert client.get(address).status_code == 404

    workers.write_report(asked.json()["uuid"], now=lambda: NOW)
    assert client.get(address).content.startswith(b"%PDF-")
    client.force_login(marked.charlie)
    assert client.get(address).status_code == 404
    assert Report.objects.count() == 1


def test_the_audit_is_for_administrators(client, marked):
    make_measured(marked.submission.cut, share=(0.5, 0.55), verdict="over")
    client.force_login(marked.bob)
    assert client.get("/api/audit/").status_code == 403

    client.force_login(make_administrator())
    (row,) = client.get("/api/audit/", {"verdict": "over"}).json()
    assert (row["films"], row["share"], row["verdicts"]) == (
        1,
        [0.5, 0.55],
        {"within": 0, "open": 0, "over": 1},
    )
    assert client.get("/api/audit/", {"verdict": "within"}).json() == []


def test_lists_are_flat(client, marked, django_assert_num_queries):
    mark(marked, MarkerRole.ACADEMIC, {"story": "42"})
    mark(marked, MarkerRole.MENTOR, {"craft": "30"})
    client.force_login(make_administrator())
    with django_assert_num_queries(5):
        client.get("/api/markings/")
    for _number in range(2):
        other = make_marked()
        mark(other, MarkerRole.ACADEMIC, {"story": "42"})
        mark(other, MarkerRole.MENTOR, {"craft": "30"})
    with django_assert_num_queries(5):
        assert client.get("/api/markings/").json()["count"] == 6
