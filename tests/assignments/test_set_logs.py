"""The set log: written by the makers, signed by one of them and by a teacher, and evidence only then."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from assignments import workers
from assignments.choices import MediaRole, MediaState, SetLogStanding
from assignments.models import SetLog
from assignments.services import set_logs as services
from assignments.services.set_logs import SetFacts
from ethics.choices import AssessmentState
from ethics.models import Assessment
from ledger.models import Entry, Opening
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
NOTED = SetFacts(date(2026, 3, 1), " The  pier ", "Lin Anran, Zhao Lei", "iPhone 15", "4", "2", "windy")
TYPED = {
    "shot_on": "2026-03-01",
    "place": "The pier",
    "people": "Lin Anran",
    "device": "iPhone 15",
    "scene": "4",
    "take": "2",
    "note": "",
}


@pytest.fixture
def rush(class_room):
    return factories.make_media(class_room.work, name="A001.mov")


def keep(class_room, rush, by=None, facts=NOTED):
    return services.keep_set_log(
        work=class_room.work, facts=facts, media=[rush], by=by or class_room.alice, now=NOW
    )


def signed(class_room, rush):
    log = keep(class_room, rush)
    return services.sign_set_log(log=log, revision=1, by=class_room.alice, now=NOW)


def countersigned(class_room, rush):
    log = signed(class_room, rush)
    return services.countersign_set_log(log=log, revision=1, by=class_room.tess, now=NOW)


def kinds():
    return list(Entry.objects.order_by("index").values_list("kind", flat=True))


def url(name, row):
    return reverse(f"assignments:{name}", args=[row.uuid])


# ---------------------------------------------------------------- written
def test_an_entry_is_kept_tidy_and_waits_for_a_signature(class_room, rush):
    log = keep(class_room, rush)

    assert (log.place, log.revision, log.standing) == ("The pier", 1, SetLogStanding.UNSIGNED)
    assert [media.name for media in log.media.all()] == ["A001.mov"]


def test_the_ledger_holds_the_signers_to_their_words_without_telling_them(class_room, rush):
    log = countersigned(class_room, rush)

    openings = [Opening.objects.get(entry=entry).payload for entry in Entry.objects.order_by("index")]
    assert kinds() == ["set_log.kept", "set_log.signed", "set_log.countersigned"]
    assert {opening["content_sha256"] for opening in openings} == {services.content_sha256(log)}
    assert ("Anran" in str(openings), "pier" in str(openings)) == (False, False)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shot_on": NOW.date() + timedelta(days=1)}, "lies in the future"),
        ({"place": "  "}, "Write where you shot"),
        ({"device": ""}, "what you shot with"),
        ({"take": "7" * 41}, "too long"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(class_room, rush, change, words):
    from dataclasses import replace

    with pytest.raises(services.BadSetLog, match=words):
        keep(class_room, rush, facts=replace(NOTED, **change))
    assert (SetLog.objects.count(), Entry.objects.count()) == (0, 0)


def test_it_is_about_files_of_this_work_that_were_shot(class_room):
    film, foreign = factories.make_media(class_room.work, MediaRole.FILM), factories.make_media()
    made = factories.make_media(class_room.work, MediaRole.GENERATED)

    for media in ([], [film], [foreign], [made]):
        with pytest.raises(services.BadSetLog):
            services.keep_set_log(
                work=class_room.work, facts=NOTED, media=media, by=class_room.alice, now=NOW
            )


# ---------------------------------------------------------------- signed
def test_signing_twice_is_signing_once(class_room, rush):
    log = countersigned(class_room, rush)

    services.sign_set_log(log=log, revision=1, by=class_room.alice, now=NOW + timedelta(days=1))
    services.countersign_set_log(log=log, revision=1, by=class_room.tess, now=NOW + timedelta(days=1))

    log.refresh_from_db()
    assert (log.standing, log.signed_at, log.countersigned_at) == (SetLogStanding.COUNTERSIGNED, NOW, NOW)
    assert len(kinds()) == 3


def test_a_teacher_signs_only_what_a_maker_has_signed(class_room, rush):
    log = keep(class_room, rush)

    with pytest.raises(services.SetLogChanged):
        services.countersign_set_log(log=log, revision=1, by=class_room.tess, now=NOW)
    with pytest.raises(PermissionDenied):
        services.sign_set_log(log=log, revision=1, by=class_room.tess, now=NOW)
    with pytest.raises(PermissionDenied):
        services.countersign_set_log(log=log, revision=1, by=class_room.bob, now=NOW)


def test_the_database_refuses_one_person_for_both_signatures(class_room, rush):
    log = signed(class_room, rush)

    with pytest.raises(IntegrityError), transaction.atomic():
        SetLog.objects.filter(pk=log.pk).update(countersigned_by=class_room.alice, countersigned_at=NOW)


def test_a_changed_entry_needs_new_signatures(class_room, rush):
    log = countersigned(class_room, rush)
    facts = SetFacts(NOTED.shot_on, "The lighthouse", NOTED.people, NOTED.device)

    log = services.change_set_log(log=log, facts=facts, media=[rush], revision=1, by=class_room.bob, now=NOW)

    assert (log.revision, log.standing, log.signed_by, log.scene) == (2, SetLogStanding.UNSIGNED, None, "")
    with pytest.raises(services.SetLogChanged):  # a page loaded before the change
        services.sign_set_log(log=log, revision=1, by=class_room.alice, now=NOW)


def test_writing_the_same_again_changes_nothing(class_room, rush):
    log = countersigned(class_room, rush)

    log = services.change_set_log(log=log, facts=NOTED, media=[rush], revision=1, by=class_room.bob, now=NOW)

    assert (log.revision, log.standing) == (1, SetLogStanding.COUNTERSIGNED)


def test_of_two_who_change_it_at_once_the_second_is_told(class_room, rush):
    log = keep(class_room, rush)
    there, here = (SetFacts(NOTED.shot_on, place, "Lin Anran", "iPhone") for place in ("there", "here"))
    services.change_set_log(log=log, facts=there, media=[rush], revision=1, by=class_room.alice, now=NOW)

    with pytest.raises(services.SetLogChanged):
        services.change_set_log(log=log, facts=here, media=[rush], revision=1, by=class_room.bob, now=NOW)

    log.refresh_from_db()
    assert log.place == "there"


# ---------------------------------------------------------------- measured again
def test_a_countersigned_entry_has_the_newest_cut_measured_again(class_room, rush):
    cut = factories.make_cut(class_room.work)
    factories.make_finished_assessment(cut, lo=0, hi=1, verdict="open")

    countersigned(class_room, rush)

    assert Assessment.objects.get(cut=cut, number=2).state == AssessmentState.QUEUED


def test_a_rush_that_is_ready_has_the_newest_cut_measured_again_and_a_film_does_not(class_room):
    cut = factories.make_cut(class_room.work)
    factories.make_finished_assessment(cut, lo=0, hi=1, verdict="open")
    numbers = []
    for role in (MediaRole.FILM, MediaRole.RUSH):
        media = factories.make_media(class_room.work, role, state=MediaState.RECEIVED)
        workers._finish(
            workers.claim(str(media.uuid), now=NOW), {"kind": "text", "has_audio": False}, now=NOW
        )
        numbers.append(list(Assessment.objects.filter(cut=cut).values_list("number", flat=True)))

    assert numbers == [[1], [1, 2]]


# ---------------------------------------------------------------- pages
def test_a_maker_writes_and_signs_and_a_teacher_countersigns_on_the_pages(client, class_room, rush):
    client.force_login(class_room.alice)
    page = client.get(url("set_log_list", class_room.work) + f"?media={rush.uuid}").content.decode()
    assert f'value="{rush.uuid}" id="id_covers_0" checked' in page
    client.post(url("set_log_list", class_room.work), {**TYPED, "covers": [str(rush.uuid)]})
    log = SetLog.objects.get()
    client.post(url("set_log_sign", log), {"revision": "1"})
    client.force_login(class_room.tess)
    assert "The pier" in client.get(reverse("assignments:set_logs_waiting_panel")).content.decode()
    assert (
        "1 set log waits for your signature." in client.get(reverse("generation:held_panel")).content.decode()
    )

    client.post(url("set_log_countersign", log), {"revision": "1"})

    log.refresh_from_db()
    assert (log.signed_by, log.countersigned_by) == (class_room.alice, class_room.tess)
    assert client.get(reverse("assignments:set_logs_waiting_panel")).content.decode().strip() == ""


def test_a_form_that_cannot_be_comes_back_with_what_was_typed(client, class_room, rush):
    client.force_login(class_room.alice)
    day = str(NOW.date() + timedelta(days=40000))

    answer = client.post(
        url("set_log_list", class_room.work), {**TYPED, "shot_on": day, "covers": [str(rush.uuid)]}
    )

    assert answer.status_code == 422
    assert "lies in the future" in answer.content.decode()
    assert 'value="The pier"' in answer.content.decode()


def test_a_maker_changes_an_entry_on_its_page(client, class_room, rush):
    log = signed(class_room, rush)
    client.force_login(class_room.bob)
    assert 'name="revision" value="1"' in client.get(url("set_log_detail", log)).content.decode()

    client.post(
        url("set_log_detail", log), {**TYPED, "revision": "1", "covers": [str(rush.uuid)], "take": "3"}
    )

    log.refresh_from_db()
    assert (log.take, log.revision, log.signed_at) == ("3", 2, None)


def test_who_sees_and_who_may(client, class_room, rush):
    log = signed(class_room, rush)
    pages = [url("set_log_list", class_room.work), url("set_log_detail", log)]
    seen = {}
    for name in ("alice", "tess", "admin", "charlie"):
        client.force_login(getattr(class_room, name))
        told = [client.get(page).status_code for page in pages]
        told += [client.post(pages[0], TYPED).status_code, client.post(url("set_log_sign", log)).status_code]
        seen[name] = [*told, client.post(url("set_log_countersign", log), {"revision": "x"}).status_code]

    assert seen == {
        "alice": [200, 200, 422, 409, 403],
        "tess": [200, 200, 403, 403, 409],
        "admin": [200, 200, 403, 403, 403],
        "charlie": [404, 404, 404, 404, 404],
    }
    log.refresh_from_db()
    assert log.standing == SetLogStanding.SIGNED


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_entries(
    client, class_room, rush, django_assert_num_queries, count
):
    for _number in range(count):
        signed(class_room, rush)
    client.force_login(class_room.alice)
    client.get(url("set_log_list", class_room.work))

    with django_assert_num_queries(9):
        client.get(url("set_log_list", class_room.work))
