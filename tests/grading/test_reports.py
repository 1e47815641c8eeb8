"""Film reports: asked for, written once, the same file for the same film, no marks before they are out."""

from __future__ import annotations

import subprocess
import zlib
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from assignments.backends import store
from assignments.models import Submission
from ethics import services as ethics
from ethics import workers as measuring
from ethics.models import Assessment, Decision
from ethics.queries import standing_assessment
from grading import workers
from grading.backends.pdf import write_pdf
from grading.choices import MarkerRole, ReportState
from grading.models import Report
from grading.queries.reports import report_contents, reports_visible_to
from grading.services.reports import NotMeasured, UnknownLanguage, request_report
from ledger import services as ledger
from tests.factories import NOW, make_submission, make_user
from tests.grading.documents import make_measured
from tests.grading.rubrics import make_marked, mark

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


def clock():
    return NOW


@pytest.fixture
def measured(filmed):
    """A really measured film, handed in, with a rubric and both teachers."""
    marked = make_marked(filmed.work)
    Submission.objects.all().delete()
    assessment = ethics.queue_assessment(cut=filmed.cut, now=NOW)
    measuring.measure_cut(str(assessment.uuid), now=clock)
    submission = make_submission(filmed.cut, receipt="7KQ4-M2XR-9TBC")
    return type(marked)(submission, marked.alice, marked.bob, marked.mona, marked.charlie)


@pytest.fixture
def listed(marked):
    """A film with an assessment nobody had to trace."""
    make_measured(marked.submission.cut)
    return marked


def asked(marked, language="en", by=None) -> Report:
    return request_report(submission=marked.submission, language=language, by=by or marked.alice, now=NOW)


def written(marked, language="en") -> Report:
    report = asked(marked, language)
    workers.write_report(str(report.uuid), now=clock)
    return Report.objects.get(pk=report.pk)


def text_of(report: Report) -> str:
    run = subprocess.run(
        ["pdftotext", "-layout", store.path(report.sha256), "-"], check=True, capture_output=True
    )
    return run.stdout.decode()


def unpacked(report: Report) -> str:
    """All streams of the file, inflated: the catalogue with the document's language is in one of them."""
    found = []
    for part in store.path(report.sha256).read_bytes().split(b"stream\n")[1:]:
        with suppress(zlib.error):
            found.append(zlib.decompressobj().decompress(part))
    return b"".join(found).decode("latin-1")


def test_a_report_tells_the_film_its_share_and_its_record(measured):
    report = written(measured)

    text = text_of(report)
    assert (report.state, report.attempts, report.has_marks) == (ReportState.READY, 1, False)
    assert store.path(report.sha256).stat().st_size == report.size_bytes
    assessment = Assessment.objects.get()
    for words in (
        "Film report",
        "7KQ4-M2XR-9TBC",
        "25 % AI",
        "cap 40 %",
        "dream.png",
        "grade 2, content-bound",
    ):
        assert words in text
    assert measured.submission.cut.film.sha256 in text
    assert assessment.document["ruleset"] in text
    assert report_contents(measured.submission).head.root in text


def test_a_report_sets_decisions_of_teachers_beside_the_measure(listed):
    assessment = standing_assessment(listed.submission.cut)
    entry = ledger.append(
        kind="assessment.overridden", subject=f"assessment:{assessment.uuid}", payload={}, actor="t", now=NOW
    )
    Decision.objects.create(
        assessment=assessment, plane="picture", start=0, end=1, ruling="human", reason="I stood beside the camera.",
        ledger_index=entry.index, created_by=make_user("teacher"), created_at=NOW,
    )  # fmt: skip
    text = text_of(written(listed))
    assert "Decisions of people" in text
    assert "I stood beside the camera." in text
    assert "an open stretch decided" in text
    assert "as measured" in text


def test_a_report_is_tagged_for_screen_readers_in_its_language(listed):
    report = written(listed, "zh-hans")

    facts = subprocess.run(
        ["pdfinfo", store.path(report.sha256)], check=True, capture_output=True, text=True
    ).stdout
    fonts = subprocess.run(
        ["pdffonts", store.path(report.sha256)], check=True, capture_output=True, text=True
    ).stdout
    assert "Tagged:          yes" in facts
    assert "Noto-Sans-CJK-SC" in fonts
    assert "(zh-Hans)" in unpacked(report)


def test_equal_films_give_equal_files(listed):
    first, second = written(listed), written(listed)

    assert first.pk != second.pk
    assert first.sha256 == second.sha256


def test_marks_are_in_the_report_only_when_both_teachers_have_finished(listed):
    mark(listed, MarkerRole.ACADEMIC, {"story": "41.5"}, comment="It earns its silence.")
    early = written(listed)
    mark(listed, MarkerRole.MENTOR, {"craft": "33"}, comment="Hold it longer.")
    late = written(listed)

    assert (early.has_marks, late.has_marks) == (False, True)
    assert "41.5" not in text_of(early)
    assert "earns its" not in text_of(early)
    assert "marks given" not in text_of(early)
    for words in ("74.5", "41.5", "It earns its silence.", "Hold it longer.", "marks given"):
        assert words in text_of(late)


def test_asking_twice_writes_one_report(listed):
    assert asked(listed) == asked(listed, by=listed.bob)
    assert Report.objects.count() == 1


def test_a_report_needs_a_measure_and_a_language_we_speak(marked):
    with pytest.raises(NotMeasured, match=r"mp4|mov"):
        asked(marked)
    with pytest.raises(UnknownLanguage, match="tlh"):
        asked(marked, "tlh")
    assert not Report.objects.exists()


def test_strangers_neither_ask_for_reports_nor_see_them(listed):
    report = asked(listed)

    with pytest.raises(PermissionDenied):
        asked(listed, by=listed.charlie)
    assert list(reports_visible_to(listed.charlie)) == []
    assert list(reports_visible_to(listed.mona)) == [report]


def test_a_doubled_message_writes_nothing_twice(listed):
    report = asked(listed)
    claimed = workers.claim(str(report.uuid), now=NOW)

    assert claimed == report
    assert workers.claim(str(report.uuid), now=NOW) is None
    workers.write_report(str(report.uuid), now=clock)
    assert Report.objects.get().state == ReportState.QUEUED


def test_a_killed_worker_leaves_a_report_that_the_sweep_finds(listed):
    report = asked(listed)
    workers.claim(str(report.uuid), now=NOW)

    assert workers.sweep_reports(now=NOW + timedelta(seconds=30)) == []
    later = NOW + workers.LEASE + timedelta(seconds=1)
    assert workers.sweep_reports(now=later) == [str(report.uuid)]
    workers.write_report(str(report.uuid), now=lambda: later)
    assert Report.objects.get().state == ReportState.READY


def test_a_lost_message_is_found_by_the_sweep(listed):
    report = asked(listed)

    assert workers.sweep_reports(now=NOW + timedelta(seconds=5)) == []
    assert workers.sweep_reports(now=NOW + timedelta(seconds=20)) == [str(report.uuid)]


def test_after_three_attempts_the_report_fails_with_a_sentence(listed):
    report = asked(listed)
    for attempt in range(workers.MOST_ATTEMPTS):
        assert workers.claim(str(report.uuid), now=NOW + attempt * 2 * workers.LEASE)
    late = NOW + timedelta(days=1)

    assert workers.sweep_reports(now=late) == []
    report.refresh_from_db()
    assert (report.state, report.problem["params"]) == (ReportState.FAILED, {"attempts": 3})


def test_a_worker_that_lost_its_lease_commits_nothing(listed):
    report = asked(listed)
    slow = workers.claim(str(report.uuid), now=NOW)
    later = NOW + 2 * workers.LEASE
    workers.write_report(str(report.uuid), now=lambda: later)
    fresh = Report.objects.get()

    workers._finish(slow, store.receive([b"%PDF-late"], max_bytes=100), has_marks=True, now=later)
    assert Report.objects.get().sha256 == fresh.sha256


def test_a_report_fetches_nothing(tmp_path):
    picture = tmp_path / "a.png"
    picture.write_bytes(b"secret")
    sheet = tmp_path / "a.css"
    sheet.write_text("p { color: red }")

    with_file = write_pdf(
        f'<html lang="en"><title>t</title><p>a</p><img alt="" src="file://{picture}">', sheets=[sheet]
    )
    assert b"secret" not in with_file
