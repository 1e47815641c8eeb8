"""The index of reference frames stays level with what the school has, and changes nothing but the time a trace takes."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assignments.choices import MediaRole
from ethics import services, workers
from ethics.backends import indexing as keeping
from ethics.models import Assessment, Reference
from ethics.workers import indexing
from footage.index import Index, storing
from tests.ethics.filming import keep
from tests.factories import NOW, make_brief, make_cut, make_media, make_work

pytestmark = [pytest.mark.django_db]


def measured(cut) -> dict:
    assessment = services.queue_assessment(cut=cut, now=NOW)
    workers.measure_cut(str(assessment.uuid), now=lambda: NOW)
    return Assessment.objects.get(pk=assessment.pk).document


def index() -> Index:
    return Index(keeping.index_folder())


@pytest.fixture
def elsewhere(filmed, shot):
    """A cut by a crew of another course that shows what the first crew shot and generated."""
    work = make_work(make_brief())
    assert work.brief.module.course_id != filmed.work.brief.module.course_id
    return make_cut(work, film=keep(work, MediaRole.FILM, shot[2]))


def found_in(document) -> list[tuple[str, list[str]]]:
    segments = document["planes"]["picture"]["segments"]
    return [(part["state"], [use["id"] for use in part["sources"]]) for part in segments]


def test_the_index_changes_nothing_in_the_document(elsewhere, monkeypatch):
    indexing.sweep_index(now=NOW)
    without = measured(elsewhere)
    again = make_cut(elsewhere.work, film=elsewhere.film)
    monkeypatch.setattr(indexing, "FEW_OTHERS", 0)
    through = measured(again)
    assert found_in(through) == found_in(without)
    assert through["planes"] == without["planes"]
    assert through["index"] == without["index"]


def test_material_of_another_course_is_found(elsewhere, filmed, monkeypatch):
    monkeypatch.setattr(indexing, "FEW_OTHERS", 0)
    indexing.sweep_index(now=NOW)
    document = measured(elsewhere)
    still, rush = str(filmed.still.uuid), str(filmed.rushes[0].uuid)
    assert ("A", [still]) in found_in(document)
    assert rush in [source for _, sources in found_in(document) for source in sources]
    assert document["index"]["frames"] > 0


def test_what_is_read_for_a_measuring_stands_in_the_index_at_once(filmed):
    measured(filmed.cut)
    assert index().owners == {filmed.still.pk, *(rush.pk for rush in filmed.rushes)}


def test_a_sweep_reads_what_nobody_has_read_and_a_second_finds_nothing_to_do(filmed):
    indexing.sweep_index(now=NOW)
    first = Reference.objects.count(), index().frames, index().owners
    written = (keeping.index_folder() / "log-1").stat().st_size
    indexing.sweep_index(now=NOW)
    assert first[0] == 3
    assert first[2] == {filmed.still.pk, *(rush.pk for rush in filmed.rushes)}
    assert (Reference.objects.count(), index().frames, index().owners) == first
    assert (keeping.index_folder() / "log-1").stat().st_size == written


def test_a_sweep_puts_back_what_is_missing_and_takes_out_what_is_gone(filmed):
    indexing.sweep_index(now=NOW)
    storing.put(keeping.index_folder(), {}, gone=[filmed.still.pk])
    filmed.rushes[0].__class__.objects.filter(pk=filmed.rushes[0].pk).update(role=MediaRole.TIMELINE)
    indexing.sweep_index(now=NOW)
    assert index().owners == {filmed.still.pk, filmed.rushes[1].pk}


def test_a_damaged_index_is_rebuilt_by_the_sweep(filmed):
    indexing.sweep_index(now=NOW)
    (keeping.index_folder() / "manifest.json").write_text("{")
    indexing.sweep_index(now=NOW)
    assert len(index().owners) == 3


def test_a_film_is_measured_though_the_index_is_damaged(elsewhere, filmed, monkeypatch):
    monkeypatch.setattr(indexing, "FEW_OTHERS", 0)
    indexing.sweep_index(now=NOW)
    (keeping.index_folder() / "manifest.json").write_text("{")
    assert ("A", [str(filmed.still.uuid)]) in found_in(measured(elsewhere))


def test_a_film_is_measured_while_somebody_writes_the_index(filmed):
    with storing._held(keeping.index_folder()):
        assert [state for state, _ in found_in(measured(filmed.cut))] == ["H", "A", "H"]
    assert index().owners == frozenset()


def test_what_can_not_be_read_is_tried_once(filmed, tmp_path):
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"no film")
    from assignments.backends import store

    stored = store.receive_file(path)
    media = make_media(filmed.work, MediaRole.RUSH, sha256=stored.sha256)
    indexing.sweep_index(now=NOW)
    indexing.sweep_index(now=NOW)
    assert Reference.objects.get(media=media).created_at == NOW
    assert indexing.unread_media(indexing.FINGERPRINTS).count() == 0


def test_the_command_rebuilds_the_index_and_says_how_much_it_holds(filmed):
    measured(filmed.cut)
    out = StringIO()
    call_command("rebuild_index", stdout=out)
    assert out.getvalue() == "The index holds 3 files.\n"
    assert len(index().owners) == 3


def test_the_command_says_when_somebody_else_is_writing(filmed):
    with storing._held(keeping.index_folder()), pytest.raises(CommandError, match="in a minute"):
        call_command("rebuild_index")
