"""Who may take a film's certificate, and that a stranger's program finds it true."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.urls import reverse

import verify_certificate
from ethics.domain.assessment import canonical_bytes
from ethics.models import Assessment
from ledger import queries, services
from ledger.canonical import canonical_sha256
from tests.factories import NOW, make_administrator
from tests.grading.documents import make_measured

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


def logged(kind, subject, **payload) -> int:
    return services.append(kind=kind, subject=subject, payload=payload, actor="0" * 32, now=NOW).index


@pytest.fixture
def proven(marked):
    """Marked, with the entries that handing in and measuring write, under a signed head."""
    submission, cut = marked.submission, marked.submission.cut
    make_measured(cut)
    assessment = Assessment.objects.get(cut=cut)
    film, digest = cut.film.sha256, canonical_sha256(assessment.document)
    submission.ledger_index = logged("cut.handed_in", f"cut:{cut.uuid}", film_sha256=film, attempt=1)
    submission.save(update_fields=["ledger_index"])
    assessment.ledger_index = logged(
        "cut.assessed",
        f"assessment:{assessment.uuid}",
        cut=str(cut.uuid),
        film_sha256=film,
        assessment_sha256=digest,
    )
    assessment.save(update_fields=["ledger_index"])
    services.sign_tree_head(now=NOW)
    return marked


def take(client, person, submission):
    client.force_login(person)
    return client.get(reverse("grading:certificate", args=[submission.uuid]))


def test_makers_teachers_and_administrators_take_it_strangers_do_not(client, proven):
    people = {
        proven.alice: 200,
        proven.bob: 200,
        proven.mona: 200,
        make_administrator(): 200,
        proven.charlie: 404,
    }
    assert {person: take(client, person, proven.submission).status_code for person in people} == people


def test_the_package_is_proven_by_the_schools_policy(client, proven):
    response = take(client, proven.alice, proven.submission)
    report = verify_certificate.verify(
        response.content, film_sha256=proven.submission.cut.film.sha256, policy=queries.policy_text()
    )
    assert (report.code, response.headers["Content-Type"]) == (0, "application/zip")


def test_the_assessment_inside_is_the_standing_one(client, proven):
    content = take(client, proven.alice, proven.submission).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read("assessment.json") == canonical_bytes(Assessment.objects.get().document)


def test_a_film_nobody_measured_has_none_yet(client, marked):
    response = take(client, marked.alice, marked.submission)
    assert response.status_code == 409
    assert "has not been measured yet" in response.content.decode()


def test_a_film_the_log_has_not_signed_yet_has_none_yet(client, marked):
    make_measured(marked.submission.cut)
    response = take(client, marked.alice, marked.submission)
    assert response.status_code == 409
    assert "The log has not been signed" in response.content.decode()


def test_the_result_page_leads_to_it(client, proven):
    client.force_login(proven.alice)
    page = client.get(reverse("grading:submission_result", args=[proven.submission.uuid])).content.decode()
    assert reverse("grading:certificate", args=[proven.submission.uuid]) in page
