"""Rows for tests, as plain functions: every argument has a sensible default, every row is valid and saved."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import User
from assignments.choices import MediaRole, MediaState
from assignments.models import Brief, Cut, Media, Release, SetLog, Submission, Work
from courses.choices import FilmRole, LessonKind, Role
from courses.models import Course, Crew, CrewMember, Enrolment, Lesson, Module, Programme
from ethics.choices import AssessmentState
from ethics.models import Assessment
from generation.choices import JobState, Pipeline
from generation.models import Engine, Job, Output

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "a-long-password-for-tests"
_numbers = count(1)


def number() -> int:
    """Return a number that no other row of this test run has."""
    return next(_numbers)


def make_user(username: str = "", **fields: Any) -> User:
    username = username or f"person{number()}"
    return User.objects.create_user(username, password=PASSWORD, **fields)


def make_administrator(username: str = "admin", **fields: Any) -> User:
    return make_user(username, is_staff=True, is_superuser=True, **fields)


def make_programme(**fields: Any) -> Programme:
    fields.setdefault("slug", f"programme-{number()}")
    return Programme.objects.create(**{"title_en": "AIGC film", "title_zh": "AIGC 影视创作", **fields})


def make_course(**fields: Any) -> Course:
    """A course of the spring term of 2026."""
    if "programme" not in fields:
        fields["programme"] = make_programme()
    words = {
        "title_en": "Hybrid film",
        "title_zh": "混合影片创作",
        "term": "Spring 2026",
        "starts_on": date(2026, 3, 2),
    }
    return Course.objects.create(**{"code": f"course-{number()}", **words, **fields})


def make_module(course: Course | None = None, **fields: Any) -> Module:
    """A published module, numbered on from those of its course."""
    course = course or make_course()
    position = course.modules.count() + 1
    words = {"number": position, "title_en": f"Module {position}", "title_zh": f"第 {position} 单元"}
    return Module.objects.create(course=course, **{"slug": f"module-{number()}", **words, **fields})


def make_lesson(module: Module | None = None, **fields: Any) -> Lesson:
    module = module or make_module()
    position = module.lessons.count() + 1
    words = {
        "position": position, "minutes": 20,
        "title_en": f"Lesson {position}", "title_zh": f"第 {position} 课",
        "body_en": "## Light\n\nLook at the light first.", "body_zh": "## 光\n\n先看光。",
    }  # fmt: skip
    return Lesson.objects.create(module=module, **{"slug": f"lesson-{number()}", **words, **fields})


def make_ethics_lesson(module: Module | None = None, **fields: Any) -> Lesson:
    return make_lesson(module, kind=LessonKind.ETHICS, **fields)


def make_enrolment(course: Course, user: User | None = None, role: str = Role.STUDENT) -> Enrolment:
    return Enrolment.objects.create(course=course, user=user or make_user(), role=role)


def make_crew(course: Course | None = None, members: list[User] | None = None, **fields: Any) -> Crew:
    """A crew with these members (three new students when none are named), each enrolled as a student."""
    course = course or make_course()
    crew = Crew.objects.create(course=course, **{"name": f"Crew {number()}", **fields})
    members = members if members is not None else [make_user() for _ in range(3)]
    for user, role in zip(members, FilmRole, strict=False):
        Enrolment.objects.get_or_create(course=course, user=user, defaults={"role": Role.STUDENT})
        CrewMember.objects.create(crew=crew, user=user, film_role=role)
    return crew


def make_brief(module: Module | None = None, **fields: Any) -> Brief:
    """A brief with the default AI policy (40 % cap), due two weeks after NOW."""
    words = {
        "title_en": "A hybrid scene",
        "title_zh": "一场混合戏",
        "body_en": "Make it.",
        "body_zh": "拍出来。",
    }
    tools = ["text-to-image", "image-to-image", "image-to-video", "voice", "text-draft"]
    due = {"due_at": NOW + timedelta(days=14), "tools": tools}
    return Brief.objects.create(
        module=module or make_module(), **{"slug": f"brief-{number()}", **words, **due, **fields}
    )


def make_work(
    brief: Brief | None = None, *, crew: Crew | None = None, owner: User | None = None, **fields: Any
) -> Work:
    """A work of the crew, or of the owner; of a new crew when neither is given."""
    brief = brief or make_brief(is_crew_work=owner is None)
    if crew is None and owner is None:
        crew = make_crew(brief.module.course)
    return Work.objects.create(brief=brief, crew=crew, owner=owner, **{"created_at": NOW, **fields})


def someone_of(work: Work) -> User:
    """A maker of the work."""
    return work.owner or work.crew.members.order_by("pk").first().user  # type: ignore[union-attr, return-value]


def make_media(work: Work | None = None, role: str = MediaRole.RUSH, **fields: Any) -> Media:
    """A ready file as a row; no bytes are stored."""
    work = work or make_work()
    unique = number()
    facts = {
        "name": f"take{unique}.mov", "size_bytes": 1000,
        "sha256": hashlib.sha256(str(unique).encode()).hexdigest(),
        "mime": "video/quicktime", "state": MediaState.READY, "created_at": NOW,
    }  # fmt: skip
    if "created_by" not in fields:
        fields["created_by"] = someone_of(work)
    return Media.objects.create(work=work, role=role, **{**facts, **fields})


def make_release(work: Work | None = None, **fields: Any) -> Release:
    """A release of Lin Anran's face and name that a teacher has approved; no sheet is stored."""
    work = work or make_work()
    by = fields.pop("created_by", None) or someone_of(work)
    facts = {
        "person": "Lin Anran", "kinds": ["face", "name"], "purpose": "Two scenes at the ferry.",
        "document_sha256": hashlib.sha256(str(number()).encode()).hexdigest(), "document_name": "release.pdf",
        "signed_on": date(2026, 3, 1), "created_at": NOW, "approved_by": by, "approved_at": NOW,
    }  # fmt: skip
    return Release.objects.create(work=work, created_by=by, **{**facts, **fields})


def make_set_log(work: Work | None = None, *media: Media, **fields: Any) -> SetLog:
    """An entry about these files (a new rush when none is given) that nobody has signed."""
    work = work or make_work()
    by = fields.pop("created_by", None) or someone_of(work)
    noted = {
        "shot_on": date(2026, 3, 1), "place": "The pier", "people": "Lin Anran", "device": "iPhone 15",
        "created_at": NOW, "changed_at": NOW,
    }  # fmt: skip
    log = SetLog.objects.create(work=work, created_by=by, **{**noted, **fields})
    log.media.set(media or [make_media(work)])
    return log


def make_cut(work: Work | None = None, **fields: Any) -> Cut:
    work = work or make_work()
    if "film" not in fields:
        fields["film"] = make_media(work, MediaRole.FILM)
    version = work.cuts.count() + 1
    by = fields.pop("created_by", None) or someone_of(work)
    return Cut.objects.create(work=work, created_by=by, **{"version": version, "created_at": NOW, **fields})


def make_submission(cut: Cut | None = None, **fields: Any) -> Submission:
    cut = cut or make_cut()
    attempt = cut.work.submissions.count() + 1
    facts = {"attempt": attempt, "receipt": f"R-{number():08d}", "ledger_index": 0, "submitted_at": NOW}
    by = fields.pop("submitted_by", None) or someone_of(cut.work)
    return Submission.objects.create(work=cut.work, cut=cut, submitted_by=by, **{**facts, **fields})


def make_assessment(cut: Cut | None = None, **fields: Any) -> Assessment:
    """A queued assessment; give state, document and ledger_index for a finished one."""
    cut = cut or make_cut()
    known = {"number": cut.assessments.count() + 1, "created_at": NOW}
    return Assessment.objects.create(cut=cut, **{**known, **fields})


def make_finished_assessment(
    cut: Cut | None = None, *, lo: float, hi: float, verdict: str, **fields: Any
) -> Assessment:
    """An assessment that is done, with the share interval and verdict given."""
    done = {"state": AssessmentState.DONE, "document": {}, "ledger_index": 0, "finished_at": NOW}
    return make_assessment(cut, share_low=lo, share_high=hi, verdict=verdict, **{**done, **fields})


def make_engine(**fields: Any) -> Engine:
    slug = f"engine-{number()}"
    words = {"title_en": "Practice engine", "title_zh": "练习引擎", "licence": "CC0-1.0", "folder": slug}
    tools = ["text-to-image", "image-to-image"]
    return Engine.objects.create(
        **{"slug": slug, **words, "pipeline": Pipeline.STABLE_DIFFUSION, "tools": tools, **fields}
    )


def make_job(work: Work | None = None, **fields: Any) -> Job:
    """A queued text-to-image job; a finished state gets its time by itself."""
    work = work or make_work()
    if "engine" not in fields:
        fields["engine"] = make_engine()
    if "created_by" not in fields:
        fields["created_by"] = someone_of(work)
    if fields.get("state") in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}:
        fields.setdefault("finished_at", NOW)
    facts = {"tool": "text-to-image", "request": {"prompt": "a pier at dusk"}, "created_at": NOW}
    return Job.objects.create(work=work, **{**facts, **fields})


def make_output(work: Work | None = None, **fields: Any) -> Output:
    """A picture that a finished job made, with a recipe; no bytes are stored."""
    job = fields.pop("job", None) or make_job(work, state=JobState.DONE, steps=4)
    media = fields.pop("media", None) or make_media(
        job.work, MediaRole.GENERATED, mime="image/png", has_poster=True, facts={"kind": "image"}
    )
    recipe = {
        "machine": {"device": "cpu", "versions": {"torch": "2.13.0"}},
        "engine": {"revision": "ab" * 32},
    }
    facts = {"recipe": recipe, "recipe_hash": "cd" * 32, "ledger_index": 0, "created_at": NOW}
    return Output.objects.create(job=job, media=media, **{**facts, **fields})
