"""Releases: kept with their sheet, approved by a teacher, revoked by anyone of the work."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments import services
from assignments.backends import store
from assignments.backends.sheets import MOST_BYTES, NotASheet
from assignments.choices import MediaRole, ReleaseStanding
from assignments.models import Release
from generation.models import Output
from ledger.models import Entry, Opening
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
PDF = b"%PDF-1.7 signed"
SIGNED = {"person": "Lin  Anran", "kinds": ["name", "face"], "purpose": "Two scenes at the ferry.",
          "signed_on": date(2026, 3, 1), "expires_on": None, "sheet_name": "release.pdf"}  # fmt: skip


def record(class_room, content=PDF, by=None, **changes):
    sheet = store.receive([content], max_bytes=10**9)
    facts = {**SIGNED, "sheet": sheet, "by": by or class_room.alice, "now": NOW, **changes}
    return services.record_release(work=class_room.work, **facts)


def url(name, row):
    return reverse(f"assignments:{name}", args=[row.uuid])


# ---------------------------------------------------------------- kept
def test_a_release_is_kept_with_its_sheet_and_waits(class_room):
    release = record(class_room)
    assert (release.person, release.kinds) == ("Lin Anran", ["face", "name"])
    assert store.open_object(release.document_sha256).read() == PDF
    assert release.standing(NOW.date()) == ReleaseStanding.WAITING


def test_the_ledger_knows_the_release_but_not_the_person(class_room):
    release = record(class_room)
    services.approve_release(release=release, by=class_room.tess, now=NOW)
    services.revoke_release(release=release, by=class_room.bob, now=NOW)
    entries = list(Entry.objects.order_by("index"))
    assert [entry.kind for entry in entries] == ["release.recorded", "release.approved", "release.revoked"]
    assert {entry.subject for entry in entries} == {f"release:{release.uuid}"}
    assert [entry.body["actor"] for entry in entries] == [
        person.pseudonym for person in (class_room.alice, class_room.tess, class_room.bob)
    ]
    written = " ".join(f"{entry.body} {Opening.objects.get(entry=entry).payload}" for entry in entries)
    assert ("Anran" in written, "ferry" in written, "release.pdf" in written) == (False, False, False)
    assert release.document_sha256 in written


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"person": "  "}, "Write the person’s name"),
        ({"purpose": " "}, "what they agreed to"),
        ({"kinds": []}, "Say what the person allows"),
        ({"kinds": ["soul"]}, "Say what the person allows"),
        ({"signed_on": NOW.date() + timedelta(days=1)}, "lies in the future"),
        ({"expires_on": NOW.date() - timedelta(days=1)}, "has expired already"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(class_room, change, words):
    with pytest.raises(services.BadRelease, match=words):
        record(class_room, **change)
    assert (Release.objects.count(), Entry.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "content", [b"", b"<html><script>alert(1)</script>", b"MZ\x90", b"PK\x03\x04", b"GIF89a", b"  %PDF-1.7"]
)
def test_a_sheet_is_a_pdf_or_a_picture(class_room, content):
    with pytest.raises(NotASheet, match="is no PDF, JPEG or PNG"):
        record(class_room, content)


def test_a_huge_sheet_is_refused(class_room):
    with pytest.raises(NotASheet, match="larger than the 25 MB"):
        record(class_room, PDF + b" " * MOST_BYTES)


def test_only_makers_record(class_room):
    for somebody in (class_room.tess, class_room.charlie, class_room.admin):
        with pytest.raises(PermissionDenied):
            record(class_room, by=somebody)


# ---------------------------------------------------------------- approved and revoked
def test_a_teachers_approval_makes_it_stand(class_room):
    release = services.approve_release(release=record(class_room), by=class_room.mia, now=NOW)
    assert (release.approved_by, release.standing(NOW.date())) == (class_room.mia, ReleaseStanding.STANDING)


def test_nobody_else_approves(class_room):
    release = record(class_room)
    for somebody in (class_room.alice, class_room.bob, class_room.charlie, class_room.admin):
        with pytest.raises(PermissionDenied):
            services.approve_release(release=release, by=somebody, now=NOW)


def test_it_is_approved_once(class_room):
    release = services.approve_release(release=record(class_room), by=class_room.tess, now=NOW)
    with pytest.raises(services.NotWaiting):
        services.approve_release(release=release, by=class_room.mia, now=NOW)
    assert Entry.objects.filter(kind="release.approved").count() == 1


@pytest.mark.parametrize("who", ["alice", "bob", "tess", "mia", "admin"])
def test_makers_teachers_and_administrators_revoke(class_room, who):
    release = services.revoke_release(release=record(class_room), by=getattr(class_room, who), now=NOW)
    assert (release.standing(NOW.date()), release.revoked_by.username) == (ReleaseStanding.REVOKED, who)


def test_a_stranger_revokes_nothing(class_room):
    with pytest.raises(PermissionDenied):
        services.revoke_release(release=record(class_room), by=class_room.charlie, now=NOW)


def test_a_revoked_release_can_neither_be_revoked_again_nor_approved(class_room):
    release = services.revoke_release(release=record(class_room), by=class_room.alice, now=NOW)
    for change, person in (
        (services.revoke_release, class_room.alice),
        (services.approve_release, class_room.tess),
    ):
        with pytest.raises(services.NotWaiting):
            change(release=release, by=person, now=NOW)


# ---------------------------------------------------------------- pages
def typed(**changes):
    words = {
        "person": "林安然",
        "kinds": ["face"],
        "purpose": "灯船那场戏",
        "signed_on": "2026-03-01",
        "expires_on": "",
    }
    return {**words, "sheet": SimpleUploadedFile("签字.pdf", PDF), **changes}


def test_a_maker_records_a_release_on_the_page(client, class_room):
    client.force_login(class_room.alice)
    response = client.post(url("release_list", class_room.work), typed())
    release = Release.objects.get()
    assert response.url == url("release_detail", release)
    assert (release.person, release.document_name, release.expires_on) == ("林安然", "签字.pdf", None)
    assert "林安然" in client.get(url("release_list", class_room.work)).content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"person": ""}, "This field is required."),
        ({"sheet": ""}, "This field is required."),
        ({"signed_on": "yesterday"}, "Enter a valid date."),
        ({"sheet": SimpleUploadedFile("a.html", b"<script>")}, "a.html is no PDF, JPEG or PNG."),
    ],
)
def test_a_form_that_needs_another_look_keeps_what_was_typed(client, class_room, change, words):
    client.force_login(class_room.alice)
    response = client.post(url("release_list", class_room.work), typed(**change))
    page = response.content.decode()
    assert (response.status_code, Release.objects.count()) == (422, 0)
    assert words in page
    assert "灯船那场戏" in page


def test_a_form_from_elsewhere_is_refused(class_room):
    client = Client(enforce_csrf_checks=True)
    client.force_login(class_room.alice)
    assert client.post(url("release_list", class_room.work), typed()).status_code == 403
    assert Release.objects.count() == 0


def test_a_sheet_over_the_limit_is_refused_before_it_is_read(client, class_room):
    client.force_login(class_room.alice)
    body = typed(sheet=SimpleUploadedFile("a.pdf", PDF + b" " * (MOST_BYTES + 6 * 1024**2)))
    response = client.post(url("release_list", class_room.work), body, headers={"accept": "application/json"})
    assert (response.status_code, Release.objects.count()) == (413, 0)


@pytest.mark.parametrize(
    ("who", "seen"), [("alice", 200), ("bob", 200), ("tess", 200), ("admin", 200), ("charlie", 404)]
)
def test_who_sees_a_release_and_its_sheet(client, class_room, who, seen):
    release = record(class_room)
    client.force_login(getattr(class_room, who))
    for name in ("release_detail", "release_sheet"):
        assert client.get(url(name, release)).status_code == seen


def test_the_sheet_is_a_download_that_no_browser_runs(client, class_room):
    release = record(class_room)
    client.force_login(class_room.tess)
    response = client.get(url("release_sheet", release))
    assert b"".join(response.streaming_content) == PDF
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_teacher_and_maker_act_on_the_page(client, class_room):
    release = record(class_room)
    client.force_login(class_room.tess)
    assert "Approve" in client.get(url("release_detail", release)).content.decode()
    client.post(url("release_approve", release))
    release.refresh_from_db()
    assert release.approved_by == class_room.tess
    client.force_login(class_room.alice)
    page = client.get(url("release_detail", release)).content.decode()
    assert (">Approve<" in page, "Revoke the release" in page) == (False, True)
    client.post(url("release_revoke", release))
    release.refresh_from_db()
    assert release.revoked_by == class_room.alice


def test_what_waits_is_shown_to_its_teachers_only(client, class_room):
    record(class_room)
    shown = {}
    for who in ("alice", "tess", "admin", "charlie"):
        client.force_login(getattr(class_room, who))
        shown[who] = "Lin Anran" in client.get(reverse("assignments:releases_waiting_panel")).content.decode()
    assert shown == {"alice": False, "tess": True, "admin": False, "charlie": False}


def test_the_list_asks_as_much_for_three_releases_as_for_one(client, class_room):
    client.force_login(class_room.alice)
    counts = []
    for rows in (1, 2):
        for _row in range(rows):
            factories.make_release(class_room.work)
        with CaptureQueriesContext(connection) as asked:
            client.get(url("release_list", class_room.work))
        counts.append(len(asked))
    assert counts[0] == counts[1]


# ---------------------------------------------------------------- what was made with it
def test_media_made_with_a_revoked_release_are_not_served(client, class_room):
    work = class_room.work
    release = factories.make_release(work)
    stored = store.receive([b"a picture"], max_bytes=100)
    media = factories.make_media(
        work, MediaRole.GENERATED, name="lin.png", sha256=stored.sha256, mime="image/png"
    )
    job = factories.make_job(work, state="done")
    job.releases.set([release])
    Output.objects.create(
        job=job, media=media, recipe={}, recipe_hash="0" * 64, ledger_index=0, created_at=NOW
    )
    address = reverse("assignments:media_file", args=[media.uuid, "original"])
    client.force_login(class_room.alice)
    assert client.get(address).status_code == 200
    services.revoke_release(release=release, by=class_room.alice, now=NOW)
    response = client.get(address, headers={"accept": "application/json"})
    assert response.status_code == 403
    assert "lin.png was made with the likeness of Lin Anran" in response.content.decode()


# ---------------------------------------------------------------- over HTTP
def test_the_api_lists_approves_and_revokes(client, class_room):
    release = record(class_room)
    address = f"/api/releases/{release.uuid}/"
    client.force_login(class_room.tess)
    assert client.get(address).json()["standing"] == "waiting"
    assert client.post(f"{address}approve/").json()["standing"] == "standing"
    client.force_login(class_room.alice)
    assert client.post(f"{address}approve/").status_code == 403
    assert client.post(f"{address}revoke/").json()["standing"] == "revoked"
    assert client.post(f"{address}revoke/").json() == {"detail": "This release has been revoked already."}
    client.force_login(class_room.charlie)
    assert client.get(address).status_code == 404
