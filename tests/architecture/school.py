"""A school in which every page has something to show, and whose words a stranger must never read.

Whatever people wrote here is Chinese, so that any English sentence on a Chinese page is one of ours. Alice makes the
film, Bob teaches, Mia is the mentor, Charlie studies elsewhere, Ada administers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from assignments.backends import store
from assignments.choices import MediaRole
from assignments.models import Brief, Cut, Media, Release, SetLog, Submission, Work
from courses.choices import Role
from courses.models import Course, Crew, Lesson
from ethics.choices import AssessmentState, LogOutcome, PackageState
from ethics.models import (
    Admission,
    Appeal,
    Assessment,
    Decision,
    Declaration,
    LogNote,
    Package,
    Rating,
    ScriptVersion,
)
from generation.choices import GateStage, JobState
from generation.models import GateVerdict, Job, Output
from grading.choices import MarkerRole, ReportState
from grading.models import Criterion, Mark, Marking, Report
from ledger import services as ledger
from tests import factories
from tests.ethics.test_views import document
from tests.factories import NOW

SECRETS = ["潮汐短片班", "灯船", "安然", "QX7-", "雾中码头", "镜头很稳"]
"""Words of the school that nobody outside the course may read; none can be part of a random token."""
PROMPT = "雾中码头的一盏灯"


@dataclass(frozen=True)
class School:
    alice: User
    bob: User
    mia: User
    charlie: User
    ada: User
    course: Course
    lesson: Lesson
    crew: Crew
    brief: Brief
    work: Work
    rush: Media
    cut: Cut
    submission: Submission
    assessment: Assessment
    job: Job
    report: Report
    release: Release
    set_log: SetLog
    admission: Admission
    verdict: GateVerdict
    appeal: Appeal
    package: Package
    head_size: int


def make_school() -> School:
    alice = factories.make_user("alice", first_name="安然", last_name="林")
    bob, mia, charlie = (factories.make_user(name) for name in ("bob", "mia", "charlie"))
    course = factories.make_course(title_zh="潮汐短片班", title_en="潮汐短片班", code="chaoxi", term="2026-1")
    factories.make_enrolment(course, bob, Role.INSTRUCTOR)
    factories.make_enrolment(course, mia, Role.MENTOR)
    elsewhere = factories.make_course(title_en="另一门课", title_zh="另一门课", code="bie", term="2026-1")
    factories.make_enrolment(elsewhere, charlie)
    module = factories.make_module(course, title_en="影像", title_zh="影像", slug="capstone")
    lesson = factories.make_lesson(module, title_en="光", body_en="先看光。")
    crew = factories.make_crew(course, members=[alice], name="灯船剧组")
    brief = factories.make_brief(module, is_crew_work=True, title_en="一场戏", body_en="拍出来。")
    work = factories.make_work(brief, crew=crew, title="灯船")
    rush = kept(work, MediaRole.RUSH, "QX7-001.mov", b"rush")
    cut = factories.make_cut(work, film=kept(work, MediaRole.FILM, "QX7-cut.mp4", b"film"), note="灯船粗剪")
    assessment = measured(cut, rush)
    job = generated(work)
    submission = factories.make_submission(cut, ledger_index=0)
    marked(submission, bob, mia)
    head = ledger.sign_tree_head(now=NOW)
    assert head is not None
    written(work, alice, bob)
    return School(
        alice=alice, bob=bob, mia=mia, charlie=charlie, ada=factories.make_administrator("ada"), course=course,
        lesson=lesson, crew=crew, brief=brief, work=work, rush=rush, cut=cut, submission=submission,
        assessment=assessment, job=job, report=reported(submission),
        release=released(work), set_log=noted(work, rush), admission=admitted(cut), verdict=held(work),
        appeal=appealed(assessment, bob), package=packed(submission, assessment), head_size=head.size,
    )  # fmt: skip


def kept(work: Work, role: str, name: str, content: bytes, **fields: Any) -> Media:
    """A medium whose bytes lie in the store."""
    stored = store.receive([content], max_bytes=100)
    facts = {"kind": "video", "duration": "4", "fps": "25/1", "width": 320, "height": 180, "camera": {}}
    media = factories.make_media(
        work, role, name=name, sha256=stored.sha256, size_bytes=stored.size_bytes, facts=facts, **fields
    )
    ledger.append(
        kind="media.uploaded", subject=f"media:{media.uuid}", payload={"name": name}, actor="0", now=NOW
    )
    return media


def measured(cut: Cut, rush: Media) -> Assessment:
    return factories.make_assessment(
        cut, state=AssessmentState.DONE, document=document(rush), document_sha256="0" * 64, share_low=0.25,
        share_high=0.5, hcid_low=40, hcid_high=60, verdict="open", ledger_index=0, finished_at=NOW,
    )  # fmt: skip


def generated(work: Work) -> Job:
    engine = factories.make_engine(title_en="练习引擎")
    request = {"prompt": PROMPT, "direction": {"place": PROMPT}, "seed": 7}
    job = factories.make_job(work, engine=engine, state=JobState.DONE, request=request, spent_seconds=3)
    media = kept(work, MediaRole.GENERATED, "QX7-dream.png", b"still")
    machine = {"device": "cpu", "dtype": "float32", "versions": {"torch": "2.13"}}
    recipe = {"engine": {"slug": engine.slug, "revision": "0" * 64}, "request": request, "machine": machine}
    Output.objects.create(
        job=job, media=media, recipe=recipe, recipe_hash="0" * 64, ledger_index=0, created_at=NOW
    )
    return job


def written(work: Work, alice: User, bob: User) -> None:
    """A script, a line of the decision log and a teacher's rating."""
    stands = {"work": work, "ledger_index": 0}
    ScriptVersion.objects.create(number=1, text="雾中码头", saved_by=alice, saved_at=NOW, **stands)
    LogNote.objects.create(
        line=1, outcome=LogOutcome.REJECTED, what="QX7-dream.png", why="灯船那场戏", written_by=alice,
        written_at=NOW, **stands,
    )  # fmt: skip
    Rating.objects.create(
        number=1, marks={"talk": 3}, reason="镜头很稳", rated_by=bob, rated_at=NOW, **stands
    )


def released(work: Work) -> Release:
    """A release that waits for a teacher, with its sheet in the store."""
    sheet = store.receive([b"%PDF-1.7 QX7-"], max_bytes=100)
    return factories.make_release(
        work, person="林安然", purpose="灯船那场戏", document_sha256=sheet.sha256, document_name="QX7-release.pdf",
        approved_by=None, approved_at=None,
    )  # fmt: skip


def noted(work: Work, rush: Media) -> SetLog:
    """An entry of the set log that a maker has signed and a teacher has not."""
    return factories.make_set_log(
        work, rush, place="雾中码头", people="林安然", device="手机", signed_by=rush.created_by, signed_at=NOW
    )


def packed(submission: Submission, assessment: Assessment) -> Package:
    """The film as it left, packed with its certificate."""
    stored = store.receive([b"PK QX7-"], max_bytes=100)
    return Package.objects.create(
        submission=submission, assessment=assessment, is_plain=True, plain_why="灯船由影展加标", state=PackageState.READY,
        film_sha256="0" * 64, film_name="film.mp4", ledger_index=0, labels={"level": "1"}, package_sha256=stored.sha256,
        package_bytes=stored.size_bytes, created_by=submission.submitted_by, created_at=NOW, finished_at=NOW,
    )  # fmt: skip


def appealed(assessment: Assessment, bob: User) -> Appeal:
    """An appeal of the makers against a decision of their teacher; the cut is declared."""
    maker = assessment.cut.created_by
    Declaration.objects.create(
        cut=assessment.cut, number=1, parts=[{"start": "3", "end": "4", "made": "ai", "tool": "练习引擎", "words": "灯船"}],
        words="雾中码头", ledger_index=0, created_by=maker, created_at=NOW,
    )  # fmt: skip
    decision = Decision.objects.create(
        assessment=assessment, plane="picture", start=3, end=4, ruling="ai", reason="灯船看起来不真", evidence=[],
        ledger_index=0, created_by=bob, created_at=NOW,
    )  # fmt: skip
    return Appeal.objects.create(
        assessment=assessment,
        decision=decision,
        words="灯船是实拍的",
        ledger_index=0,
        opened_by=maker,
        opened_at=NOW,
    )


def admitted(cut: Cut) -> Admission:
    return Admission.objects.create(
        cut=cut, plane="picture", start="3", end="4", tool="QX7-可灵", note="雾中码头", ledger_index=0,
        created_by=cut.created_by, created_at=NOW,
    )  # fmt: skip


def held(work: Work) -> GateVerdict:
    """A text that a gate holds, sealed in the store."""
    sealed = store.receive(["雾中码头".encode()], max_bytes=100)
    job = factories.make_job(work, tool="text-draft", request={"premise": PROMPT}, state=JobState.HELD)
    return GateVerdict.objects.create(
        job=job, stage=GateStage.OUTPUT, gate="words 1", reason={"template": "%(words)s", "params": {"words": PROMPT}},
        held_sha256=sealed.sha256, held={"name": "QX7-draft.txt", "kind": "text"}, created_at=NOW,
    )  # fmt: skip


def marked(submission: Submission, bob: User, mia: User) -> None:
    """Both teachers have finished, so that every page of marks has something to tell."""
    for position, (role, marker) in enumerate(
        [(MarkerRole.ACADEMIC, bob), (MarkerRole.MENTOR, mia)], start=1
    ):
        levels = [{"en": "好", "zh": "好", "share": 1}, {"en": "差", "zh": "差", "share": 0}]
        criterion = Criterion.objects.create(
            brief=submission.work.brief, slug=role, position=position, title_en="摄影", title_zh="摄影",
            points=50, owner=role, levels=levels,
        )  # fmt: skip
        marking = Marking.objects.create(
            submission=submission, role=role, marker=marker, comment="镜头很稳", finished_at=NOW, updated_at=NOW,
            ledger_index=0,
        )  # fmt: skip
        Mark.objects.create(marking=marking, criterion=criterion, points=40, comment="镜头很稳")


def reported(submission: Submission) -> Report:
    stored = store.receive([b"%PDF-1.7 QX7-"], max_bytes=100)
    return Report.objects.create(
        submission=submission, language="zh-hans", state=ReportState.READY, sha256=stored.sha256, has_marks=True,
        size_bytes=stored.size_bytes, created_by=submission.submitted_by, created_at=NOW, finished_at=NOW,
    )  # fmt: skip


PEOPLE = ["alice", "bob", "mia", "charlie", "ada", ""]
TABLE = """
home                                 200 200 200 200 200 302
accounts:language                    405 405 405 405 405 405
accounts:log_in                      302 302 302 302 302 200
accounts:log_out                     405 405 405 405 405 302
accounts:preferences                 200 200 200 200 200 302
accounts:token                       405 405 405 405 405 302
courses:course_list                  200 200 200 200 200 302
courses:course_detail course         200 200 200 404 200 302
courses:crew_list course             200 200 200 404 200 302
courses:lesson_detail lesson         200 200 200 404 200 302
courses:lesson_finish lesson         405 405 405 405 405 302
courses:module_publish 1 course      405 405 405 405 405 302
courses:people course                403 200 403 404 200 302
assignments:brief_budgets brief      403 200 403 404 200 302
assignments:brief_detail brief       200 200 200 404 200 302
assignments:cut_create work          200 403 403 404 403 302
assignments:cut_detail cut           302 302 302 404 302 302
assignments:cut_hand_in cut          200 403 403 404 403 302
assignments:media_detail rush        302 302 302 404 302 302
assignments:media_file rush original 200 200 200 404 200 302
assignments:media_retry rush         405 405 405 405 405 302
assignments:media_upload still work  405 405 405 405 405 302
assignments:release_approve release  405 405 405 405 405 302
assignments:release_detail release   200 200 200 404 200 302
assignments:release_list work        200 200 200 404 200 302
assignments:release_revoke release   405 405 405 405 405 302
assignments:release_sheet release    200 200 200 404 200 302
assignments:releases_waiting_panel   200 200 200 200 200 302
assignments:set_log_countersign set_log 405 405 405 405 405 302
assignments:set_log_detail set_log   200 200 200 404 200 302
assignments:set_log_list work        200 200 200 404 200 302
assignments:set_log_sign set_log     405 405 405 405 405 302
assignments:set_logs_waiting_panel   200 200 200 200 200 302
assignments:submission_detail submission 200 200 200 404 200 302
assignments:work_detail work         200 200 200 404 200 302
assignments:work_list brief          403 200 200 404 200 302
assignments:work_start brief         405 405 405 405 405 302
generation:candidates_panel job      200 200 200 404 200 302
generation:candidate_choose work     405 405 405 405 405 302
generation:compare work              200 200 200 404 200 302
generation:engine_add                403 403 403 403 200 302
generation:engine_check engine       403 403 403 403 405 302
generation:engine_edit engine        403 403 403 403 404 302
generation:engine_list               403 200 200 403 200 302
generation:engine_switch engine      403 403 403 403 405 302
generation:job_again job             405 405 405 405 405 302
generation:held_decide verdict       405 405 405 405 405 302
generation:held_file verdict         404 200 200 404 200 302
generation:held_list                 403 200 200 403 200 302
generation:held_panel                200 200 200 200 200 302
generation:job_cancel job            405 405 405 405 405 302
generation:job_detail job            200 200 200 404 200 302
generation:job_events job            200 200 200 404 200 302
generation:job_list                  200 200 200 200 200 302
generation:job_next job              200 200 200 404 200 302
generation:job_panel job             200 200 200 404 200 302
generation:job_preview job           204 204 204 404 204 302
generation:job_progress job          200 200 200 404 200 302
generation:job_retry job             405 405 405 405 405 302
generation:lab course                200 200 200 404 200 302
generation:output_viewed job         405 405 405 405 405 302
generation:release_panel release     200 200 200 404 200 302
generation:fleet                     403 403 403 403 200 302
generation:queue                     200 200 200 200 200 302
generation:tool_quote text-to-image work 405 405 405 405 405 302
generation:painting_keep inpaint work 405 405 405 405 405 302
generation:worker_wish gpu1          403 403 403 403 405 302
generation:tool text-to-image work   200 200 200 404 200 302
generation:tools_panel work          200 200 200 404 200 302
ethics:appeal_detail appeal          200 200 200 404 200 302
ethics:appeal_list                   403 200 403 403 200 302
ethics:appeal_withdraw appeal        405 405 405 405 405 302
ethics:assessment_appeal assessment  302 302 302 404 302 302
ethics:cut_declaration cut           200 200 200 404 200 302
ethics:declared_panel cut            200 200 200 404 200 302
ethics:news_panel                    200 200 200 200 200 302
ethics:package_create submission     405 405 405 405 405 302
ethics:package_file package          200 200 200 404 200 302
ethics:package_row package           200 200 200 404 200 302
ethics:packages_panel submission     200 200 200 404 200 302
ethics:segment_decide 2 picture assessment 403 200 403 404 403 302
ethics:work_history work             200 200 200 404 200 302
ethics:assessment_detail assessment  200 200 200 404 200 302
ethics:assessment_json assessment    200 200 200 404 200 302
ethics:assessment_state assessment   200 200 200 404 200 302
ethics:measure_again cut             405 405 405 405 405 302
ethics:segment_panel 1 picture assessment 200 200 200 404 200 302
ethics:admission_list cut            200 200 200 404 200 302
ethics:admission_withdraw admission  405 405 405 405 405 302
ethics:moved_panel assessment        200 200 200 404 200 302
ethics:share_panel cut               200 200 200 404 200 302
ethics:strip_panel cut               200 200 200 404 200 302
ethics:decision_log work             200 200 200 404 200 302
ethics:work_rate work                405 405 405 405 405 302
ethics:work_script work              200 200 200 404 200 302
grading:audit                        403 403 403 403 200 302
grading:audit_csv                    403 403 403 403 200 302
grading:audit_films brief            403 403 403 403 200 302
grading:certificate submission       409 409 409 404 409 302
grading:dashboard course             403 200 403 404 200 302
grading:gradebook_light course       403 200 403 404 200 302
grading:report_create submission     405 405 405 405 405 302
grading:report_file report           200 200 200 404 200 302
grading:report_row report            200 200 200 404 200 302
grading:rubric_panel brief           200 200 200 404 200 302
grading:submission_grade submission  403 200 200 404 403 302
grading:submission_result submission 200 200 200 404 200 302
ledger:checkpoint                    200 200 200 200 200 200
ledger:consistency                   200 200 200 200 200 302
ledger:entry 0                       200 200 200 200 200 302
ledger:log                           200 200 200 200 200 302
ledger:policy                        200 200 200 200 200 200
ledger:tile 0 000                    404 404 404 404 404 404
ledger:verifier                      200 200 200 200 200 200
ledger:witness_add_checkpoint        405 405 405 405 405 405
ledger:witness_checkpoint 0          404 404 404 404 404 404
ui:gallery                           200 200 200 200 200 200
ui:gallery_room                      200 200 200 200 200 200
ui:gallery_upload                    405 405 405 405 405 405
api_docs                             200 200 200 200 200 200
api_schema                           200 200 200 200 200 200
api:api-root                         200 200 200 200 200 401
api:assessment-detail assessment     200 200 200 404 200 401
api:assessment-document assessment   200 200 200 404 200 401
api:assessment-standing assessment   200 200 200 404 200 401
api:assessment-list                  200 200 200 200 200 401
api:brief-detail brief               200 200 200 404 200 401
api:brief-list                       200 200 200 200 200 401
api:course-detail course             200 200 200 404 200 401
api:course-list                      200 200 200 200 200 401
api:crew-detail crew                 200 200 200 404 200 401
api:crew-list                        200 200 200 200 200 401
api:cut-detail cut                   200 200 200 404 200 401
api:cut-list                         200 200 200 200 200 401
api:engine-detail engine             200 200 200 200 200 401
api:engine-list                      200 200 200 200 200 401
api:enrolment-detail enrolment       200 200 200 404 200 401
api:enrolment-list                   200 200 200 200 200 401
api:held-decide verdict              405 405 405 405 405 401
api:held-detail verdict              404 200 200 404 200 401
api:held-list                        200 200 200 200 200 401
api:job-again job                    405 405 405 405 405 401
api:job-candidates                   405 405 405 405 405 401
api:job-cancel job                   405 405 405 405 405 401
api:job-detail job                   200 200 200 404 200 401
api:job-list                         200 200 200 200 200 401
api:job-preview job                  404 404 404 404 404 401
api:job-retry job                    405 405 405 405 405 401
api:ledger-entry-detail 0            200 200 200 200 200 401
api:ledger-entry-list                200 200 200 200 200 401
api:ledger-entry-proof 0             200 200 200 200 200 401
api:ledger-tree-head-consistency head 404 404 404 404 404 401
api:ledger-tree-head-detail head     200 200 200 200 200 401
api:ledger-tree-head-list            200 200 200 200 200 401
api:lesson-detail lesson             200 200 200 404 200 401
api:lesson-finish lesson             405 405 405 405 405 401
api:lesson-list                      200 200 200 200 200 401
api:media-detail rush                200 200 200 404 200 401
api:media-list                       200 200 200 200 200 401
api:media-retry rush                 405 405 405 405 405 401
api:audit-list                       403 403 403 403 200 401
api:criterion-list                   200 200 200 200 200 401
api:marking-detail marking           200 200 200 404 200 401
api:marking-finish marking           405 405 405 405 405 401
api:marking-list                     200 200 200 200 200 401
api:release-approve release          405 405 405 405 405 401
api:release-detail release           200 200 200 404 200 401
api:release-list                     200 200 200 200 200 401
api:release-revoke release           405 405 405 405 405 401
api:report-detail report             200 200 200 404 200 401
api:report-file report               200 200 200 404 200 401
api:report-list                      200 200 200 200 200 401
api:module-detail module             200 200 200 404 200 401
api:module-list                      200 200 200 200 200 401
api:output-choose job                405 405 405 405 405 401
api:output-detail job                200 200 200 404 200 401
api:output-viewings job              200 200 200 404 200 401
api:output-list                      200 200 200 200 200 401
api:programme-detail programme       200 200 200 404 200 401
api:programme-list                   200 200 200 200 200 401
api:submission-detail submission     200 200 200 404 200 401
api:submission-list                  200 200 200 200 200 401
api:queue-list                       200 200 200 200 200 401
api:worker-detail gpu1               403 403 403 403 404 401
api:worker-list                      403 403 403 403 200 401
api:tool-list                        200 200 200 200 200 401
api:work-detail work                 200 200 200 404 200 401
api:work-list                        200 200 200 200 200 401
api:work-media still work            405 405 405 405 405 401
"""
"""Each address with its arguments in the order of their names, and what GET answers to each of `PEOPLE`."""


@dataclass(frozen=True)
class Address:
    name: str
    arguments: tuple[str, ...]
    answers: dict[str, int]


def table() -> dict[str, Address]:
    """Return the addresses of `TABLE` by name."""
    rows = [line.split() for line in TABLE.strip().splitlines()]
    at = -len(PEOPLE)
    found = [
        Address(row[0], tuple(row[1:at]), dict(zip(PEOPLE, map(int, row[at:]), strict=True))) for row in rows
    ]
    return {address.name: address for address in found}


def url_of(address: Address, school: School) -> str:
    """Return the address for the school's own objects; words that name none stand for themselves."""
    places = {
        "course": school.course.uuid, "lesson": school.lesson.uuid, "crew": school.crew.uuid, "brief": school.brief.uuid,
        "work": school.work.uuid, "rush": school.rush.uuid, "cut": school.cut.uuid, "job": school.job.uuid,
        "submission": school.submission.uuid, "assessment": school.assessment.uuid, "report": school.report.uuid,
        "release": school.release.uuid, "set_log": school.set_log.uuid, "admission": school.admission.uuid,
        "verdict": school.verdict.uuid,
        "appeal": school.appeal.uuid, "package": school.package.uuid,
        "marking": school.submission.markings.earliest("pk").uuid,
        "engine": school.job.engine.slug, "module": school.lesson.module_id, "head": school.head_size,
        "enrolment": school.course.enrolments.get(user=school.alice).pk, "programme": school.course.programme.slug,
    }  # fmt: skip
    values = [places.get(word, word) for word in address.arguments]
    return reverse(address.name, kwargs=dict(zip(named(address.name), values, strict=True)))


def named(name: str) -> tuple[str, ...]:
    return dict(addresses())[name]


def addresses() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every address of the platform with the names of its arguments; Django's admin guards its own."""
    yield from sorted(set(_walk(get_resolver(), "")))


def _walk(resolver: URLResolver, space: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace != "admin":
            yield from _walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and "format" not in pattern.pattern.regex.groupindex:
            yield f"{space}{pattern.name}", tuple(sorted(pattern.pattern.regex.groupindex))
