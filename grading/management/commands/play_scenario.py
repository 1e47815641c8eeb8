"""`manage.py play_scenario`: two crews make, hand in and get back their films, through the platform's own services.

Workers do the work; this command does what people would do and waits. Every step looks first whether its result
stands already, so it may be stopped anywhere and run again. The films' true shares are known: a wrong verdict is an error.
"""

from __future__ import annotations

import json
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from assignments import services as assignments
from assignments.backends import store
from assignments.choices import MediaRole, MediaState
from assignments.models import Brief, Cut, Media, Submission, Work
from courses.models import Crew
from ethics import services as ethics
from ethics.choices import AssessmentState
from ethics.models import Assessment
from generation import services as generation
from generation.choices import JobState
from generation.models import Job
from grading.choices import MarkerRole, ReportState
from grading.management.films import LANTERN, MIRAGE, FilmPlan, cut_film, shoot
from grading.management.making import write_down
from grading.management.steps import step, wait_until
from grading.models import Criterion, Marking, Report
from grading.services.marking import finish_marking, save_marks
from grading.services.reports import request_report
from ledger import services as ledger

TOLERANCE = 0.02
WAIT_SECONDS = 300
MARKERS = {MarkerRole.ACADEMIC: "instructor", MarkerRole.MENTOR: "mentor"}
COMMENTS = {
    MarkerRole.ACADEMIC: "The dream and the landing answer each other; the last shot earns its silence.",
    MarkerRole.MENTOR: "Light of the generated harbour sits well beside the dusk of the rushes. Hold the street shot a second longer.",
}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--started", type=float, default=None, help="time stamp from which seconds are counted"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = options["started"] or time.time()
        brief = Brief.objects.select_related("module__course").get(module__slug="capstone")
        reports = [play(plan, brief) for plan in (LANTERN, MIRAGE)]
        ledger.sign_tree_head(now=timezone.now())
        self.stdout.write(
            json.dumps(summary(LANTERN, brief, reports[0], seconds=time.time() - started), ensure_ascii=False)
        )


def play(plan: FilmPlan, brief: Brief) -> Report:
    """Play one crew's film from the first rush to the report; return the English report."""
    print(f"\n{plan.name} · crew {plan.crew} · true AI share {float(plan.share):.1%}")
    crew = Crew.objects.get(course=brief.module.course, name=plan.crew)
    student = crew.members.order_by("pk").first().user  # type: ignore[union-attr]
    work = assignments.start_work(brief=brief, by=student, now=timezone.now())
    with tempfile.TemporaryDirectory(prefix="dailies-film-") as folder:
        cut = make_cut(plan, work, student, Path(folder))
    teacher = User.objects.get(username=MARKERS[MarkerRole.ACADEMIC])
    with step("Script, decision log and the talk about it"):
        write_down(plan.name, work, by=student, teacher=teacher, now=timezone.now())
    assessment = measured(cut, by=student)
    check(plan, assessment)
    submission = Submission.objects.filter(cut=cut).first()
    if submission is None:
        submission = assignments.hand_in(cut=cut, by=student, now=timezone.now())
    print(f"  Handed in: receipt {submission.receipt}")
    with step("Marks of instructor and mentor"):
        mark(submission)
    return written(submission)


def make_cut(plan: FilmPlan, work: Work, student: User, folder: Path) -> Cut:
    """Shoot, generate, cut; or return the cut that stands."""
    standing = (
        Cut.objects.filter(work=work, film__name=f"{plan.name}.mp4")
        .select_related("film")
        .order_by("version")
        .last()
    )
    if standing:
        with step("Film prepared"):
            ready([standing.film])
        return standing
    jobs = {job.name: job for job in plan.jobs if not job.source}
    asked = {name: request(job, work, student, source=None) for name, job in jobs.items()}
    with step(f"{len(plan.takes)} rushes: painting what the camera saw"):
        takes = shoot(plan.takes, folder)
    rushes = {name: upload(path, work, MediaRole.RUSH, by=student) for name, path in takes.items()}
    with step(f"{len(asked)} generations: real pipelines on the engine worker"):
        outputs = {name: generated(job) for name, job in asked.items()}
        for plan_job in plan.jobs:
            if plan_job.source:
                ready([outputs[plan_job.source]])
                outputs[plan_job.name] = generated(
                    request(plan_job, work, student, source=outputs[plan_job.source])
                )
    with step("Proxies, filmstrips, waveforms"):
        ready([*rushes.values(), *outputs.values()])
    with step("Cutting the film and its timeline"):
        sources = takes | {name: named_copy(media, folder) for name, media in outputs.items()}
        names = {
            path: rushes[name].name if name in rushes else outputs[name].name
            for name, path in sources.items()
        }
        film, timeline = cut_film(plan, sources, names, folder)
        work.__class__.objects.filter(pk=work.pk).update(title=plan.name)
        parts = [
            upload(film, work, MediaRole.FILM, by=student),
            upload(timeline, work, MediaRole.TIMELINE, by=student),
        ]
    with step("Film prepared"):
        ready(parts)
    for part in parts:
        part.refresh_from_db()
    return assignments.save_cut(
        work=work, film=parts[0], timeline=parts[1], note="", by=student, now=timezone.now()
    )


def upload(path: Path, work: Work, role: str, *, by: User) -> Media:
    stored = store.receive_file(path)
    return assignments.add_media(
        work=work, role=role, name=path.name, stored=stored, by=by, now=timezone.now()
    )


def request(plan: Any, work: Work, student: User, *, source: Media | None) -> Job:
    """Ask for a generation, unless this crew has asked for the same before."""
    standing = Job.objects.filter(work=work, tool=plan.tool, request__seed=plan.inputs["seed"]).exclude(
        state__in=[JobState.FAILED, JobState.CANCELLED]
    )
    found = standing.first()
    if found:
        return found
    return generation.request_job(
        work=work, tool=plan.tool, inputs=plan.inputs, source=source, by=student, now=timezone.now()
    )


def generated(job: Job) -> Media:
    """Wait for a job and return its medium."""

    def look() -> Media | None:
        now = Job.objects.select_related("output__media").get(pk=job.pk)
        if now.state in {JobState.FAILED, JobState.CANCELLED}:
            raise CommandError(f"The job {now} ended as {now.state}: {now.problem}")
        return now.output.media if now.state == JobState.DONE else None

    return wait_until(f"Job {job.tool}", look, seconds=WAIT_SECONDS)


def ready(media: Iterable[Media]) -> None:
    """Wait until workers have prepared the media."""
    wanted = [one.pk for one in media]

    def look() -> bool | None:
        rows = list(Media.objects.filter(pk__in=wanted))
        for row in rows:
            if row.state == MediaState.REFUSED:
                raise CommandError(f"{row.name} was refused: {row.problem}")
        return True if all(row.state == MediaState.READY for row in rows) else None

    wait_until("Preparing media", look, seconds=WAIT_SECONDS)


def named_copy(media: Media, folder: Path) -> Path:
    """Put a generated file into the crew's cutting folder under its name, as a download would."""
    path = folder / media.name
    path.symlink_to(store.path(media.sha256))
    return path


def measured(cut: Cut, *, by: User) -> Assessment:
    with step("Tracing the cut frame by frame"):
        asked = ethics.request_assessment(cut=cut, by=by, now=timezone.now())

        def look() -> Assessment | None:
            now = Assessment.objects.get(pk=asked.pk)
            if now.state == AssessmentState.FAILED:
                raise CommandError(f"The film could not be measured: {now.problem}")
            return now if now.state == AssessmentState.DONE else None

        return wait_until("Tracing", look, seconds=WAIT_SECONDS)


def check(plan: FilmPlan, assessment: Assessment) -> None:
    """Hold the measure against the truth the plan knows."""
    low, high, truth = assessment.share_low or 0.0, assessment.share_high or 0.0, float(plan.share)
    degree = f"{assessment.hcid_low:.0f} to {assessment.hcid_high:.0f}"
    print(f"  AI share {low:.1%} to {high:.1%} (truth {truth:.1%}) · HCID {degree} · {assessment.verdict}")
    if not low - TOLERANCE <= truth <= high + TOLERANCE:
        raise CommandError(f"The measured share misses the true {truth:.1%} by more than two points.")
    if assessment.verdict != plan.verdict:
        raise CommandError(f"The verdict is {assessment.verdict}; the film was made to be {plan.verdict}.")


def mark(submission: Submission) -> None:
    """Both teachers mark their criteria at the second-best level, and finish."""
    for role, username in MARKERS.items():
        if Marking.objects.filter(submission=submission, role=role, finished_at__isnull=False).exists():
            continue
        marker = User.objects.get(username=username)
        own = Criterion.objects.filter(brief=submission.work.brief, owner=role)
        points = {criterion.slug: second_best(criterion) for criterion in own}
        marking = save_marks(
            submission=submission,
            role=role,
            points=points,
            comments={},
            comment=COMMENTS[role],
            by=marker,
            now=timezone.now(),
        )
        finish_marking(marking=marking, by=marker, now=timezone.now())


def second_best(criterion: Criterion) -> Decimal:
    shares = sorted((Decimal(str(level["share"])) for level in criterion.levels), reverse=True)
    return (criterion.points * (shares[1] if len(shares) > 1 else Decimal(1))).quantize(Decimal("0.01"))


def written(submission: Submission) -> Report:
    """Ask for the report in both languages and return the English one when it is ready."""
    by = User.objects.get(username="instructor")
    with step("Film report as PDF in English and Chinese"):
        asked = [
            standing_report(submission, language)
            or request_report(submission=submission, language=language, by=by, now=timezone.now())
            for language in ("en", "zh-hans")
        ]

        def look() -> list[Report] | None:
            rows = list(Report.objects.filter(pk__in=[report.pk for report in asked]))
            if any(row.state == ReportState.FAILED for row in rows):
                raise CommandError(gettext("The report could not be written."))
            return rows if all(row.state == ReportState.READY for row in rows) else None

        rows = wait_until("Reports", look, seconds=WAIT_SECONDS)
    return next(row for row in rows if row.language == "en")


def standing_report(submission: Submission, language: str) -> Report | None:
    return (
        Report.objects.filter(submission=submission, language=language)
        .exclude(state=ReportState.FAILED)
        .first()
    )


def summary(plan: FilmPlan, brief: Brief, report: Report, *, seconds: float) -> dict[str, Any]:
    assessment = (
        Assessment.objects.filter(cut=report.submission.cut, state=AssessmentState.DONE)
        .order_by("-number")
        .first()
    )
    if assessment is None:
        raise CommandError("The film has no finished assessment.")
    return {
        "film": plan.name,
        "ai_share": [round(assessment.share_low or 0, 4), round(assessment.share_high or 0, 4)],
        "hcid": [round(assessment.hcid_low or 0, 1), round(assessment.hcid_high or 0, 1)],
        "verdict": assessment.verdict,
        "report_pdf": str(store.path(report.sha256)),
        "seconds": round(seconds, 1),
    }
