"""Evidence people add: each piece is judged by itself, soon, without decoding the film again."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied

from assignments.backends import store
from assignments.choices import MediaRole
from assignments.models import Brief, Media
from assignments.services import set_logs
from courses.choices import Role
from ethics import services, workers
from ethics.choices import AssessmentState, Result
from ethics.domain.assessment import canonical_bytes
from ethics.models import Admission, Assessment, Reference
from ethics.queries.admissions import admitted_in
from ethics.services import admitting
from ethics.workers import upkeep
from ledger.models import Entry
from tests.ethics.filming import keep
from tests.factories import (
    NOW,
    make_cut,
    make_enrolment,
    make_media,
    make_set_log,
    make_submission,
    make_user,
    make_work,
    someone_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
LATER = NOW + timedelta(minutes=5)


def measured(cut, assessment=None, now=lambda: NOW) -> Assessment:
    assessment = assessment or services.queue_assessment(cut=cut, now=NOW)
    workers.measure_cut(str(assessment.uuid), now=now)
    return Assessment.objects.get(pk=assessment.pk)


def admit(cut, start=6, end=8, **changes) -> Admission:
    said = {"plane": "picture", "is_part": False, "tool": "Kling 2.1", "note": "", "by": someone_of(cut.work)}
    return admitting.admit_stretch(
        cut=cut, start=Fraction(start), end=Fraction(end), now=NOW, **{**said, **changes}
    )


def states(assessment):
    return [segment["state"] for segment in assessment.document["planes"]["picture"]["segments"]]


def share(assessment):
    return assessment.document["planes"]["picture"]["share"]


def take_from_the_store(media: Media) -> None:
    """From now on reading the file would fail."""
    store.path(media.sha256).unlink()


def hidden(media: Media) -> None:
    Media.objects.filter(pk=media.pk).update(role=MediaRole.TIMELINE)


@pytest.fixture
def short(db):
    work = make_work()
    film = make_media(work, MediaRole.FILM, facts={"kind": "video", "duration": "8", "fps": "25/1"})
    return make_cut(work, film=film)


# ---------------------------------------------------------------- admitting
def test_an_admission_moves_the_interval_without_reading_the_film_again(filmed):
    hidden(filmed.rushes[1])
    before = measured(filmed.cut)
    take_from_the_store(filmed.cut.film)

    admission = admit(filmed.cut)
    after = measured(filmed.cut, Assessment.objects.get(cut=filmed.cut, number=2))

    assert (states(before), states(after)) == (["H", "A", "U"], ["H", "A", "A"])
    assert share(before) == pytest.approx([0.25, 0.5], abs=0.02)
    assert share(after) == pytest.approx([0.5, 0.5], abs=0.02)
    source = after.document["planes"]["picture"]["segments"][2]["sources"][-1]
    assert (source["id"], source["evidence"][0]["kind"]) == (str(admission.uuid), "admission")
    assert source["evidence"][0]["grade"] == 0


def test_an_admitted_rush_is_ai_although_it_passes_the_capture_test(filmed):
    maker = someone_of(filmed.work)
    measured(filmed.cut)
    said = {"is_part": False, "tool": "Veo 3", "note": "", "by": maker, "now": NOW}

    admitting.admit_medium(cut=filmed.cut, media=filmed.rushes[0], **said)

    assert states(measured(filmed.cut, Assessment.objects.get(number=2))) == ["A", "A", "H"]


def test_taken_back_it_is_as_before_to_the_byte(filmed):
    hidden(filmed.rushes[1])
    first = measured(filmed.cut)
    admission = admit(filmed.cut)
    measured(filmed.cut, Assessment.objects.get(number=2))

    admitting.withdraw_admission(admission=admission, by=someone_of(filmed.work), now=LATER)
    last = measured(filmed.cut, Assessment.objects.get(number=3))

    assert canonical_bytes(last.document) == canonical_bytes(first.document)
    assert Admission.objects.get().withdrawn_at == LATER


def test_a_deleted_trace_is_made_again_and_says_the_same(filmed, settings):
    first = measured(filmed.cut)
    kept = [path for path in settings.TRACES_DIR.rglob("*.trace") if path.is_file()]
    upkeep.forget_traces(now=NOW + timedelta(days=100000))
    Assessment.objects.filter(pk=first.pk).update(inputs_sha256="")

    again = measured(filmed.cut)

    assert {path.name.split("-")[0] for path in kept} == {"film", "runs", "copies", "sound"}
    assert (again.number, canonical_bytes(again.document)) == (2, canonical_bytes(first.document))


def test_two_browsers_that_admit_the_same_at_once_admit_it_once(short):
    one, other = (admit(short, by=member.user) for member in short.work.crew.members.all()[:2])

    assert one == other
    assert list(Entry.objects.values_list("kind", flat=True)) == ["ai.admitted"]
    assert Assessment.objects.filter(cut=short).count() == 1


def test_two_browsers_that_admit_different_stretches_are_both_heard(short):
    admit(short, 0, 2)
    admit(short, 4, 6, plane="voice", is_part=True)

    found = [(one.start, one.end, one.plane) for one in Admission.objects.order_by("pk")]
    assert found == [("0", "2", "picture"), ("4", "6", "voice")]


def test_what_is_admitted_while_the_film_is_measured_counts_in_the_next_measuring(filmed):
    hidden(filmed.rushes[1])
    calls = []

    def clock():
        calls.append(1)
        if len(calls) == 2:
            admit(filmed.cut)
        return NOW

    first = measured(filmed.cut, now=clock)
    following = Assessment.objects.get(cut=filmed.cut, number=2)

    assert states(first)[2] == "U"
    assert following.state == AssessmentState.QUEUED
    assert states(measured(filmed.cut, following))[2] == "A"
    assert Assessment.objects.count() == 2


def test_a_worker_killed_on_the_way_leaves_the_admission_to_the_next(short):
    admission = admit(short)
    row = Assessment.objects.get(cut=short)
    workers.claim(str(row.uuid), now=NOW)  # and is never heard of again

    missed = workers.sweep_assessments(now=NOW + workers.LEASE + timedelta(seconds=1))

    assert missed == [str(row.uuid)]
    assert Admission.objects.get() == admission


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tool": "  "}, "Write which tool"),
        ({"tool": "x" * 121}, "too long"),
        ({"note": "x" * 301}, "too long"),
        ({"plane": "smell"}, "Choose what is AI"),
        ({"start": 6, "end": 6}, "there is nothing of this film"),
        ({"start": 9, "end": 12}, "there is nothing of this film"),
        ({"start": -1}, "there is nothing of this film"),
    ],
)
def test_what_cannot_be_admitted_is_refused_with_a_sentence(short, change, words):
    with pytest.raises(admitting.BadAdmission, match=words):
        admit(short, **change)
    assert (Admission.objects.count(), Entry.objects.count()) == (0, 0)


def test_what_is_admitted_beyond_the_film_ends_with_it(short):
    assert admit(short, 6, 100).end == "8"


def test_a_file_of_another_work_or_the_film_itself_cannot_be_admitted(short):
    said = {"is_part": False, "tool": "Veo 3", "note": "", "by": someone_of(short.work), "now": NOW}

    for media in (make_media(), short.film):
        with pytest.raises(admitting.BadAdmission, match="no material of this work"):
            admitting.admit_medium(cut=short, media=media, **said)


def test_only_makers_admit_and_take_back(short):
    teacher = make_user()
    make_enrolment(short.work.brief.module.course, teacher, Role.INSTRUCTOR)
    admission = admit(short)

    with pytest.raises(PermissionDenied):
        admit(short, 0, 1, by=teacher)
    with pytest.raises(PermissionDenied):
        admitting.withdraw_admission(admission=admission, by=teacher, now=NOW)


def test_after_handing_in_it_stays(short):
    maker = someone_of(short.work)
    rush = make_media(short.work)
    stretch = admit(short)
    medium = admitting.admit_medium(
        cut=short, media=rush, is_part=False, tool="Veo 3", note="", by=maker, now=NOW
    )
    make_submission(short)

    for admission in (stretch, medium):
        with pytest.raises(admitting.NotWithdrawable, match="handed in"):
            admitting.withdraw_admission(admission=admission, by=maker, now=LATER)
    assert Admission.objects.filter(withdrawn_at=None).count() == 2


def test_taking_back_twice_is_told(short):
    maker = someone_of(short.work)
    admission = admit(short)
    admitting.withdraw_admission(admission=admission, by=maker, now=LATER)

    with pytest.raises(admitting.NotWithdrawable, match="already"):
        admitting.withdraw_admission(admission=admission, by=maker, now=LATER)
    again = admit(short)

    assert again != admission
    assert list(Entry.objects.order_by("index").values_list("kind", flat=True)) == [
        "ai.admitted", "ai.admission_withdrawn", "ai.admitted",
    ]  # fmt: skip


def test_a_medium_admitted_for_an_old_cut_is_judged_in_the_newest_too(short):
    newest = make_cut(short.work, film=make_media(short.work, MediaRole.FILM, facts={"duration": "8"}))
    said = {"is_part": False, "tool": "Veo 3", "note": "", "by": someone_of(short.work), "now": NOW}

    admitting.admit_medium(cut=short, media=make_media(short.work), **said)

    assert set(Assessment.objects.values_list("cut", flat=True)) == {short.pk, newest.pk}
    assert [one.tool for one in admitted_in(newest)] == ["Veo 3"]


# ---------------------------------------------------------------- set logs
@pytest.fixture
def telephone(shot, tmp_path):
    """The first take as a telephone's video arrives over a messenger: no word of a camera left in it."""
    bare = tmp_path / "a-bare.mp4"
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-i",
        str(shot[0][0]),
        "-c",
        "copy",
        "-an",
        "-map_metadata",
        "-1",
        str(bare),
    ]
    subprocess.run([*command[:-1], "-map_metadata:s", "-1", command[-1]], check=True)
    return bare


def test_a_student_with_only_a_telephone_reaches_human_by_handles_and_set_log(filmed, telephone):
    hidden(filmed.rushes[0])
    rush = keep(filmed.work, MediaRole.RUSH, telephone)
    teacher = make_user()
    make_enrolment(filmed.work.brief.module.course, teacher, Role.INSTRUCTOR)
    before = measured(filmed.cut)
    take_from_the_store(filmed.cut.film)
    log = make_set_log(filmed.work, rush)
    set_logs.sign_set_log(log=log, revision=1, by=someone_of(filmed.work), now=NOW)
    assert Assessment.objects.count() == 1

    set_logs.countersign_set_log(log=log, revision=1, by=teacher, now=NOW)
    after = measured(filmed.cut, Assessment.objects.get(number=2))

    assert (states(before), states(after)) == (["U", "A", "H"], ["H", "A", "H"])
    said = after.document["planes"]["picture"]["segments"][0]["sources"][0]["evidence"]
    assert {one["kind"] for one in said if one["kind"].startswith("capture-")} == {
        "capture-handles",
        "capture-log",
    }


# ---------------------------------------------------------------- trust lists
def test_another_trust_list_has_files_read_again_and_judged_once(filmed, settings, tmp_path):
    first = measured(filmed.cut)
    assert upkeep.sweep_trust(now=NOW) == []
    take_from_the_store(filmed.cut.film)
    settings.C2PA_TRUST_LISTS = [_a_list(tmp_path)]

    queued = upkeep.sweep_trust(now=LATER)
    after = measured(filmed.cut, Assessment.objects.get(uuid=queued[0]))

    read_with = set(
        Reference.objects.filter(evidences__isnull=False).values_list("anchors_sha256", flat=True)
    )
    assert read_with == {after.anchors_sha256}
    assert after.anchors_sha256 != first.anchors_sha256
    assert upkeep.sweep_trust(now=LATER) == []


def _a_list(folder):
    from footage.credentials import make_school_ca

    other = folder / "other.pem"
    other.write_text(make_school_ca(folder / "other", school="Another school").anchor)
    return str(other)


# ---------------------------------------------------------------- the cap
def test_another_cap_is_judged_without_reading_the_film_again(filmed):
    first = measured(filmed.cut)
    assert upkeep.sweep_caps(now=NOW) == []
    take_from_the_store(filmed.cut.film)
    Brief.objects.update(picture_cap=Decimal("0.200"))

    queued = upkeep.sweep_caps(now=LATER)
    after = measured(filmed.cut, Assessment.objects.get(uuid=queued[0]))

    assert (first.verdict, after.verdict) == (Result.WITHIN, Result.OVER)
    assert after.document["planes"] == first.document["planes"]
    assert upkeep.sweep_caps(now=LATER) == []
