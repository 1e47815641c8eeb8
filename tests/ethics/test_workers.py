"""A cut is measured once, logged with its document, and survives kills and doubled doorbells."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from assignments.choices import MediaRole
from ethics import services, workers
from ethics.backends.measuring import Measured
from ethics.choices import AssessmentState, Result
from ethics.domain.assessment import canonical_bytes
from ethics.models import Assessment, Reference
from ledger.models import Entry
from tests.ethics.filming import keep
from tests.factories import NOW, make_cut, make_media, make_work, someone_of

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


def clock():
    return NOW


def measured(cut) -> Assessment:
    assessment = services.queue_assessment(cut=cut, now=NOW)
    workers.measure_cut(str(assessment.uuid), now=clock)
    return Assessment.objects.get(pk=assessment.pk)


def test_the_share_of_a_known_film_is_found_and_logged(filmed):
    assessment = measured(filmed.cut)

    picture = assessment.document["planes"]["picture"]
    entry = Entry.objects.get(index=assessment.ledger_index)
    assert (assessment.state, assessment.verdict) == (AssessmentState.DONE, Result.WITHIN)
    assert picture["share"] == pytest.approx([filmed.share, filmed.share], abs=0.02)
    assert [segment["state"] for segment in picture["segments"]] == ["H", "A", "H"]
    assert assessment.document_sha256 == hashlib.sha256(canonical_bytes(assessment.document)).hexdigest()
    assert entry.subject == f"assessment:{assessment.uuid}"
    assert entry.opening.payload["assessment_sha256"] == assessment.document_sha256


def test_fingerprints_are_made_once(filmed):
    measured(filmed.cut)
    made = dict(Reference.objects.values_list("media", "created_at"))

    later = make_cut(filmed.work, film=filmed.cut.film)
    workers.measure_cut(
        str(services.queue_assessment(cut=later, now=NOW).uuid), now=lambda: NOW + timedelta(days=1)
    )

    assert len(made) == 3
    assert dict(Reference.objects.values_list("media", "created_at")) == made


def test_without_its_rush_a_stretch_is_unknown_and_on_the_to_do_list(filmed):
    rush = filmed.rushes[1]
    type(rush).objects.filter(pk=rush.pk).update(role=MediaRole.TIMELINE)

    assessment = measured(filmed.cut)

    segments = assessment.document["planes"]["picture"]["segments"]
    assert [segment["state"] for segment in segments] == ["H", "A", "U"]
    assert assessment.verdict == Result.OPEN
    assert [item["why"] for item in assessment.document["verdict"]["todo"]] == ["unknown"]


def test_another_crews_generation_counts_as_ai(filmed, shot):
    other = make_work(filmed.work.brief)
    cut = make_cut(other, film=keep(other, MediaRole.FILM, shot[2]))

    assessment = measured(cut)

    states = {segment["state"] for segment in assessment.document["planes"]["picture"]["segments"]}
    assert "A" in states
    assert "H" not in states


def test_a_second_doorbell_measures_nothing(filmed):
    assessment = measured(filmed.cut)
    entries = Entry.objects.count()

    workers.measure_cut(str(assessment.uuid), now=clock)

    assert Entry.objects.count() == entries
    assert Assessment.objects.get(pk=assessment.pk).finished_at == assessment.finished_at


def test_a_killed_workers_cut_is_taken_again_and_its_late_result_is_dropped(filmed):
    assessment = services.queue_assessment(cut=filmed.cut, now=NOW)
    first = workers.claim(str(assessment.uuid), now=NOW)
    later = NOW + workers.LEASE + timedelta(seconds=1)
    assert workers.claim(str(assessment.uuid), now=NOW) is None
    second = workers.claim(str(assessment.uuid), now=later)
    document = {
        "planes": {"picture": {"share": [0, 0], "segments": []}},
        "hcid": {"value": [0, 0]},
        "verdict": {"result": "within"},
    }

    with pytest.raises(workers.Overtaken):
        workers._finish(first, Measured(document, {}, []), "", now=later)

    assert (first.generation, second.generation) == (1, 2)
    assert Entry.objects.filter(subject=f"assessment:{assessment.uuid}").count() == 0
    assert Assessment.objects.get(pk=assessment.pk).state == AssessmentState.RUNNING


def test_after_three_attempts_it_fails_with_a_sentence(filmed):
    assessment = services.queue_assessment(cut=filmed.cut, now=NOW)
    Assessment.objects.filter(pk=assessment.pk).update(attempts=workers.MOST_ATTEMPTS)

    assert workers.sweep_assessments(now=NOW) == []

    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.FAILED
    assert assessment.problem["params"]["name"] == "film.mp4"


def test_a_film_that_is_no_film_fails_with_a_sentence(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"no film at all")
    work = make_work()
    from assignments.backends import store

    stored = store.receive_file(path)
    cut = make_cut(
        work,
        film=make_media(work, MediaRole.FILM, name="film.mp4", sha256=stored.sha256, facts={"duration": "1"}),
    )

    assessment = measured(cut)

    assert assessment.state == AssessmentState.FAILED
    assert assessment.document is None


def test_the_sweep_finds_new_cuts_and_rings_once(filmed):
    rung = workers.sweep_assessments(now=NOW)

    assessment = Assessment.objects.get()
    assert rung == [str(assessment.uuid)]
    assert (assessment.cut_id, assessment.number) == (filmed.cut.pk, 1)


def test_asking_again_gives_the_standing_assessment_until_something_changes(filmed, shot):
    by = someone_of(filmed.work)
    standing = measured(filmed.cut)

    again = services.request_assessment(cut=filmed.cut, by=by, now=NOW)
    make_media(filmed.work, MediaRole.RUSH)
    changed = services.request_assessment(cut=filmed.cut, by=by, now=NOW)

    assert again.pk == standing.pk
    assert (changed.number, changed.state) == (2, AssessmentState.QUEUED)


def test_queries_do_not_grow_with_the_material(filmed, django_assert_num_queries):
    from ethics.queries import materials_of

    with django_assert_num_queries(2):
        few = len(materials_of(filmed.cut))
    for _number in range(3):
        make_media(filmed.work, MediaRole.RUSH, facts={"kind": "video"})
    with django_assert_num_queries(2):
        many = len(materials_of(filmed.cut))
    assert (few, many) == (3, 6)
