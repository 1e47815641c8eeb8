"""Makers and teachers who add evidence in the same moment: each is heard once, and the cut stands in line once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import pytest
from django.db import connection

from assignments.choices import MediaRole
from assignments.models import Cut, SetLog
from assignments.services import set_logs
from courses.choices import Role
from ethics.models import Admission, Assessment
from ethics.services import admitting
from ledger.models import Entry
from tests.factories import (
    NOW,
    make_cut,
    make_enrolment,
    make_media,
    make_set_log,
    make_user,
    make_work,
    someone_of,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]


@pytest.fixture(autouse=True)
def _server():
    if connection.vendor != "postgresql":
        pytest.skip("threads need a database server")


@pytest.fixture
def cut():
    work = make_work()
    facts = {"kind": "video", "duration": "8", "fps": "25/1"}
    return make_cut(work, film=make_media(work, MediaRole.FILM, facts=facts))


def at_once(*calls):
    """Run the calls in threads of their own; return what each gave, or the class of what it raised."""

    def run(call):
        try:
            return call()
        except Exception as fault:  # noqa: BLE001  # told to the test
            return type(fault)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def admitting_call(cut, person, start):
    def admit():
        row = Cut.objects.select_related("work__brief__module__course", "work__crew", "film").get(pk=cut.pk)
        said = {
            "plane": "picture",
            "is_part": False,
            "tool": "Kling 2.1",
            "note": "",
            "by": person,
            "now": NOW,
        }
        return admitting.admit_stretch(cut=row, start=Fraction(start), end=Fraction(8), **said).pk

    return admit


def test_of_browsers_that_admit_the_same_one_writes_and_all_are_answered(cut):
    people = [member.user for member in cut.work.crew.members.all()]

    said = at_once(*(admitting_call(cut, person, 6) for person in people * 2))

    assert set(said) == {Admission.objects.get().pk}
    assert Entry.objects.filter(kind="ai.admitted").count() == 1
    assert Assessment.objects.filter(cut=cut).count() == 1


def test_of_browsers_that_admit_different_stretches_all_are_heard_and_one_measuring_waits(cut):
    person = someone_of(cut.work)

    said = at_once(*(admitting_call(cut, person, start) for start in range(6)))

    assert set(said) == set(Admission.objects.values_list("pk", flat=True))
    assert Admission.objects.count() == 6
    assert Assessment.objects.filter(cut=cut).count() == 1


def test_of_teachers_who_countersign_at_once_one_counts(cut):
    maker = someone_of(cut.work)
    log = make_set_log(cut.work, signed_by=maker, signed_at=NOW)
    teachers = [make_user() for _number in range(4)]
    for teacher in teachers:
        make_enrolment(cut.work.brief.module.course, teacher, Role.INSTRUCTOR)

    def countersigning(teacher):
        def countersign():
            row = SetLog.objects.select_related("work__brief__module__course", "work__crew").get(pk=log.pk)
            return set_logs.countersign_set_log(log=row, revision=1, by=teacher, now=NOW).countersigned_by_id

        return countersign

    said = at_once(*(countersigning(teacher) for teacher in teachers))

    log.refresh_from_db()
    assert said.count(set_logs.SetLogChanged) == 3
    assert log.countersigned_by_id in said
    assert Entry.objects.filter(kind="set_log.countersigned").count() == 1


def test_of_a_change_and_a_countersignature_at_once_the_words_that_were_read_count_or_nothing(cut):
    maker, teacher = someone_of(cut.work), make_user()
    make_enrolment(cut.work.brief.module.course, teacher, Role.INSTRUCTOR)
    log = make_set_log(cut.work, signed_by=maker, signed_at=NOW)
    covered = list(log.media.all())
    facts = set_logs.SetFacts(log.shot_on, "The lighthouse", log.people, log.device)

    def change():
        row = SetLog.objects.select_related("work__brief__module__course", "work__crew").get(pk=log.pk)
        return set_logs.change_set_log(
            log=row, facts=facts, media=covered, revision=1, by=maker, now=NOW
        ).revision

    def countersign():
        row = SetLog.objects.select_related("work__brief__module__course", "work__crew").get(pk=log.pk)
        return set_logs.countersign_set_log(log=row, revision=1, by=teacher, now=NOW).revision

    said = at_once(change, countersign)

    log.refresh_from_db()
    assert said[0] == 2
    assert said[1] in {1, set_logs.SetLogChanged}
    assert (log.revision, log.place, log.countersigned_by) == (2, "The lighthouse", None)
