"""A finished film leaves: signed, logged, and fetched only once its entry is published."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied
from django.urls import reverse

import verify_certificate
from assignments.backends import store
from assignments.choices import MediaRole
from ethics.choices import PackageState
from ethics.domain.assessment import canonical_bytes
from ethics.models import Assessment, Package
from ethics.services import packaging as services
from ethics.services.declaring import declare
from ethics.services.wording import TooLong
from ethics.views.packaging import blocks_of
from ethics.workers import packaging as workers
from footage.labels import read_labels
from ledger import queries as ledger_queries
from ledger import services as ledger
from ledger.models import Entry
from tests.ethics.rooms import make_room
from tests.ethics.test_deciding import decide
from tests.factories import NOW, make_output, make_release, make_submission
from tests.footage.making import make_film

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "film.mp4", frames=100, size=(320, 180), sound=True)


@pytest.fixture
def room(film):
    """A measured and handed-in cut whose film lies in the store, with the entries a certificate needs."""
    room = make_room()
    stored = store.receive_file(film)
    cut, assessment = room.cut, room.assessment
    cut.film.sha256, cut.film.facts, cut.film.name = stored.sha256, {"duration": "4"}, "灯船.mp4"
    cut.film.save()
    digest = hashlib.sha256(canonical_bytes(assessment.document)).hexdigest()
    assessed = {"cut": str(cut.uuid), "film_sha256": stored.sha256, "assessment_sha256": digest}
    entry = log("cut.assessed", f"assessment:{assessment.uuid}", assessed)
    Assessment.objects.filter(pk=assessment.pk).update(document_sha256=digest, ledger_index=entry.index)
    handed_in = log("cut.handed_in", f"cut:{cut.uuid}", {"film_sha256": stored.sha256, "attempt": 1})
    room.submission = make_submission(cut, ledger_index=handed_in.index)
    return room


def log(kind, subject, payload):
    return ledger.append(kind=kind, subject=subject, payload=payload, actor="a", now=NOW)


def ask(room, by=None, **fields):
    asked = {"is_plain": False, "plain_why": "", **fields}
    return services.request_package(submission=room.submission, by=by or room.alice, now=NOW, **asked)


def write(package, at=NOW):
    workers.write_package(str(package.uuid), now=lambda: at)
    package.refresh_from_db()
    return package


def archive(package) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(store.path(package.package_sha256).read_bytes()))


def codes(package, tmp_path, policy=None):
    path = tmp_path / "package.zip"
    path.write_bytes(store.path(package.package_sha256).read_bytes())
    return verify_certificate.verify_file(path, policy=policy or ledger_queries.policy_text()).code


# ---------------------------------------------------------------- the whole way
def test_a_film_is_signed_then_logged_then_served_and_proven_offline(room, tmp_path):
    package = write(ask(room))

    assert (package.state, package.progress) == (PackageState.READY, 1)
    entry = Entry.objects.get(index=package.ledger_index)
    assert (entry.kind, entry.subject) == ("film.sealed", f"cut:{room.cut.uuid}")
    assert ledger_queries.latest_head().size > package.ledger_index
    assert archive(package).namelist() == ["certificate.zip", "film.mp4"]
    assert codes(package, tmp_path) == 0


def test_what_leaves_says_what_it_is(room, tmp_path):
    package = write(ask(room))
    film = tmp_path / "film.mp4"
    film.write_bytes(archive(package).read("film.mp4"))
    labels = read_labels(film)
    assert (labels.verdict, labels.digital_source_type, labels.aigc.label) == (
        "compliant",
        "compositeWithTrainedAlgorithmicMedia",
        "1",
    )
    assert package.labels == {
        "source_type": "compositeWithTrainedAlgorithmicMedia", "level": "1", "is_marked": True,
    }  # fmt: skip
    assert hashlib.sha256(film.read_bytes()).hexdigest() == package.film_sha256


def test_credits_declaration_and_decisions_travel_along(room, tmp_path):
    decide(room, room.bob)
    declare(cut=room.cut, parts=[], words="All our own.", by=room.alice, now=NOW)
    package = write(ask(room))
    certificate = zipfile.ZipFile(io.BytesIO(archive(package).read("certificate.zip")))
    papers = {
        name: json.loads(certificate.read(f"{name}.json")) for name in ("credits", "declaration", "decisions")
    }
    assert [one["name"] for one in papers["credits"]["people"]] == ["alice", "anton"]
    assert papers["declaration"]["words"] == "All our own."
    assert [one["ruling"] for one in papers["decisions"]] == ["human"]
    assert codes(package, tmp_path) == 0


def test_another_film_in_the_package_is_found(room, tmp_path):
    package = write(ask(room))
    members = {name: archive(package).read(name) for name in archive(package).namelist()}
    path = tmp_path / "forged.zip"
    path.write_bytes(verify_certificate.pack({**members, "film.mp4": members["film.mp4"][:-1] + b"x"}))
    assert verify_certificate.verify_file(path, policy=ledger_queries.policy_text()).code == 1


# ---------------------------------------------------------------- sign, log, then serve
def test_without_a_published_root_the_film_is_signed_and_not_served(room, client):
    witness = ledger_queries.witness_key().verifier
    ledger_queries.policy_path().write_text(
        f"log {ledger_queries.verifier_key()}\nwitness w {witness}\nquorum w\n"
    )
    package = write(ask(room))
    assert (package.state, package.package_sha256) == (PackageState.SIGNED, "")
    client.force_login(room.alice)
    assert client.get(reverse("ethics:package_file", args=[package.uuid])).status_code == 404

    for minutes in (2, 4, 6):
        write(package, at=NOW + timedelta(minutes=minutes))
    assert (package.state, package.attempts) == (PackageState.SIGNED, 1)

    ledger_queries.policy_path().unlink()
    assert workers.sweep_packages(now=NOW) == []
    later = NOW + timedelta(minutes=8)
    assert workers.sweep_packages(now=later) == [str(package.uuid)]
    assert write(package, at=later).state == PackageState.READY


def test_a_worker_that_died_after_signing_leaves_a_row_that_another_finishes(room):
    package = ask(room)
    workers._seal(workers.claim(str(package.uuid), now=NOW), now=lambda: NOW)
    package.refresh_from_db()
    assert package.state == PackageState.SIGNED
    later = NOW + timedelta(minutes=5)
    assert workers.sweep_packages(now=later) == [str(package.uuid)]
    assert write(package, at=later).state == PackageState.READY
    assert Entry.objects.filter(kind="film.sealed").count() == 1


def test_two_workers_never_write_one_package(room):
    package = ask(room)
    assert workers.claim(str(package.uuid), now=NOW) is not None
    assert workers.claim(str(package.uuid), now=NOW) is None


def test_a_worker_that_was_overtaken_logs_nothing(room):
    package = ask(room)
    claimed = workers.claim(str(package.uuid), now=NOW)
    workers.claim(str(package.uuid), now=NOW + timedelta(minutes=5))
    with pytest.raises(workers.Overtaken):
        workers._log(claimed, store.Stored("0" * 64, 1), name="film.mp4", labels={}, now=NOW)
    assert Entry.objects.filter(kind="film.sealed").count() == 0


def test_a_film_that_can_not_be_read_fails_with_a_sentence(room):
    broken = store.receive([b"no film at all"], max_bytes=100)
    room.cut.film.sha256 = broken.sha256
    room.cut.film.save()
    package = write(ask(room))
    assert package.state == PackageState.FAILED
    assert package.problem["params"]["name"] == "灯船.mp4"


def test_what_was_tried_too_often_fails(room):
    package = ask(room)
    Package.objects.filter(pk=package.pk).update(attempts=workers.MOST_ATTEMPTS)
    assert workers.sweep_packages(now=NOW + timedelta(minutes=5)) == []
    package.refresh_from_db()
    assert package.state == PackageState.FAILED


# ---------------------------------------------------------------- asking
def test_asking_twice_gives_one_package_until_something_is_decided(room):
    first = ask(room)
    assert ask(room, room.anton) == first
    decide(room, room.bob, now=NOW + timedelta(minutes=1))
    assert ask(room) != first


@pytest.mark.parametrize("who", ["charlie"])
def test_a_stranger_asks_for_nothing(room, who):
    with pytest.raises(PermissionDenied):
        ask(room, getattr(room, who))


def test_without_the_visible_label_somebody_says_why(room):
    with pytest.raises(services.NoReason):
        ask(room, is_plain=True, plain_why=" ")
    package = write(ask(room, is_plain=True, plain_why="The festival labels it itself."))
    assert (package.labels["is_marked"], package.labels["level"]) == (False, "1")


def test_before_it_is_measured_nothing_is_packed(room):
    Assessment.objects.all().update(state="queued", document=None, ledger_index=None)
    with pytest.raises(services.NotMeasured):
        ask(room)


# ---------------------------------------------------------------- pages
def get(client, user, name, *args):
    client.force_login(user)
    return client.get(reverse(f"ethics:{name}", args=args))


def test_the_panel_shows_progress_then_the_download(room, client):
    client.force_login(room.alice)
    asked = client.post(reverse("ethics:package_create", args=[room.submission.uuid]), {"kind": "labelled"})
    assert asked.status_code == 302
    package = Package.objects.get()
    assert (
        "waiting to be packed"
        in get(client, room.alice, "packages_panel", room.submission.uuid).content.decode()
    )
    write(package)
    row = get(client, room.alice, "package_row", package.uuid).content.decode()
    assert reverse("ethics:package_file", args=[package.uuid]) in row
    answer = get(client, room.alice, "package_file", package.uuid)
    assert b"".join(answer.streaming_content) == store.path(package.package_sha256).read_bytes()
    assert answer.headers["Content-Type"] == "application/zip"
    assert (
        answer.headers["Content-Disposition"] == f'attachment; filename="Film package {room.work.makers}.zip"'
    )


def test_under_asgi_the_package_comes_block_by_block():
    stored = store.receive([b"a" * store.CHUNK_BYTES, b"b"], max_bytes=2 * store.CHUNK_BYTES)

    async def fetch():
        return [len(block) async for block in blocks_of(stored.sha256)]

    assert async_to_sync(fetch)() == [store.CHUNK_BYTES, 1]


def test_an_unlabelled_copy_without_a_reason_is_refused(room, client):
    client.force_login(room.alice)
    answer = client.post(
        reverse("ethics:package_create", args=[room.submission.uuid]), {"kind": "plain", "why": ""}
    )
    assert (answer.status_code, Package.objects.count()) == (400, 0)


def test_a_reason_or_a_declaration_that_is_too_long_is_refused_and_not_cut_short(room, client):
    client.force_login(room.alice)
    address = reverse("ethics:package_create", args=[room.submission.uuid])
    answer = client.post(address, {"kind": "plain", "why": "a festival " * 100})

    assert (answer.status_code, Package.objects.count()) == (400, 0)
    with pytest.raises(TooLong):
        declare(cut=room.cut, parts=[], words="All our own. " * 200, by=room.alice, now=NOW)


def test_who_fetches_a_package(room, client):
    package = write(ask(room))
    found = {
        who: get(client, getattr(room, who), "package_file", package.uuid).status_code
        for who in ("alice", "bob", "mia", "ada", "charlie")
    }
    assert found == {"alice": 200, "bob": 200, "mia": 200, "ada": 200, "charlie": 404}


def test_nothing_leaves_that_rests_on_a_lapsed_release(room, client):
    package = write(ask(room))
    output = make_output(room.work)
    output.job.releases.add(make_release(room.work, revoked_at=NOW, revoked_by=room.bob))
    document = room.assessment.document
    document["planes"]["picture"]["segments"][1]["sources"][0]["id"] = str(output.media.uuid)
    Assessment.objects.filter(pk=room.assessment.pk).update(document=document)
    answer = get(client, room.alice, "package_file", package.uuid)
    assert answer.status_code == 403
    assert output.media.role == MediaRole.GENERATED
