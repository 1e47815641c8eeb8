"""Reads of the generation room."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Case, Q, QuerySet, When

from accounts.models import User
from assignments.choices import MediaRole, MediaState
from assignments.models import Brief, Media, Work
from assignments.queries import briefs_visible_to, works_visible_to
from courses.choices import LessonKind
from courses.models import Course, Lesson, LessonDone
from generation.backends.base import EngineSpec
from generation.domain.tools import LAB, TOOLS, Material, Tool
from generation.models import Engine, Job, Output, Viewing
from generation.queries.budgets import budget_of as budget_of
from generation.queries.budgets import budgets_of as budgets_of
from generation.queries.budgets import known_price as known_price
from generation.queries.budgets import price_of as price_of
from generation.queries.engines import licence_refusal as licence_refusal
from generation.queries.engines import refused_engines_for as refused_engines_for
from generation.queries.engines import require_licence as require_licence
from generation.queries.queue import dead_letters as dead_letters
from generation.queries.queue import expectation as expectation
from generation.queries.queue import live_workers as live_workers
from generation.queries.queue import next_jobs as next_jobs
from generation.queries.queue import place_of as place_of

SOURCE_ROLES = (MediaRole.STILL, MediaRole.GENERATED, MediaRole.RUSH)
MATERIAL_ROLES = (*SOURCE_ROLES, MediaRole.SOUND)


@dataclass(frozen=True, slots=True)
class ToolState:
    """A tool as it stands for one person and one work.

    Attributes:
        is_allowed: The brief's AI policy names it.
        lesson: The ethics lesson to finish first, None when it is unlocked.
        engine: What would run it, None when no engine serves it.
    """

    tool: Tool
    is_allowed: bool
    lesson: Lesson | None
    engine: Engine | None

    @property
    def is_open(self) -> bool:
        return self.is_allowed and self.lesson is None and self.engine is not None


def jobs_visible_to(user: User) -> QuerySet[Job]:
    """Jobs of the works a person may see, newest first, with what a row shows."""
    jobs = Job.objects.select_related(
        "work__brief__module__course",
        "work__crew",
        "work__owner",
        "engine",
        "created_by",
        "output__media",
        "output__choice",
    )
    jobs = jobs.order_by("-created_at", "-pk")
    return jobs if user.is_staff else jobs.filter(work__in=works_visible_to(user).values("pk"))


def outputs_visible_to(user: User) -> QuerySet[Output]:
    outputs = Output.objects.select_related("media", "job__work").order_by("-created_at", "-pk")
    return outputs if user.is_staff else outputs.filter(job__work__in=works_visible_to(user).values("pk"))


def engines_visible_to(user: User) -> QuerySet[Engine]:
    """Engines that are switched on; administrators see all."""
    engines = Engine.objects.order_by("slug")
    return engines if user.is_staff else engines.filter(is_enabled=True)


def engine_for(tool: Tool, *, slug: str = "") -> Engine | None:
    """Return the engine of that name, or else the first, that is switched on, serves the tool and may run here."""
    return next((engine for engine in engines_for(tool) if slug in {"", engine.slug}), None)


def engines_for(tool: Tool) -> list[Engine]:
    """Engines that are switched on, serve the tool and may run here, in the order they are offered."""
    return [engine for engine in _offered() if _serves(engine, tool)]


def _offered() -> list[Engine]:
    """Engines that may run here by position and age; those that weren't there at the last look come last."""
    is_missing = Case(When(revision="", then=1), default=0)
    engines = Engine.objects.filter(is_enabled=True).order_by(is_missing, "position", "pk")
    return [engine for engine in engines if licence_refusal(engine) is None]


def _serves(engine: Engine, tool: Tool) -> bool:
    return tool.served_as in engine.tools


def spec_of(engine: Engine) -> EngineSpec:
    return EngineSpec(
        engine.slug, engine.pipeline, folder_of(engine), engine.revision, engine.options,
        url=engine.url, sealed_secret=engine.sealed_secret,
    )  # fmt: skip


def folder_of(engine: Engine) -> Path:
    """Return the engine's folder: absolute, under settings.ENGINES_DIR, or among the engines that ship."""
    own = Path(settings.ENGINES_DIR) / engine.folder
    shipped = Path(settings.SHIPPED_ENGINES_DIR) / engine.folder
    return shipped if engine.folder and shipped.is_dir() and not own.is_dir() else own


def is_allowed(tool: Tool, brief: Brief) -> bool:
    """Whether the brief's AI policy names the tool; a module's own exercise needs no naming."""
    return brief.module.slug == tool.exercise_of if tool.exercise_of else tool.slug in brief.tools


def lesson_before(tool: Tool, user: User, course: Course) -> Lesson | None:
    """Return the ethics lesson the person has yet to finish before using the tool; None when it is unlocked."""
    lessons = Lesson.objects.filter(
        module__course=course, module__slug=tool.module, kind=LessonKind.ETHICS
    ).exclude(pk__in=LessonDone.objects.filter(user=user).values("lesson"))
    return lessons.order_by("position").first()


def tool_states(work: Work, user: User) -> list[ToolState]:
    """Every tool with what stands between the person and it, in three queries; of exercises only the module's own."""
    course = work.brief.module.course
    done = LessonDone.objects.filter(user=user).values("lesson")
    waiting = Lesson.objects.filter(module__course=course, kind=LessonKind.ETHICS).exclude(pk__in=done)
    lessons: dict[str, Lesson] = {}
    for lesson in waiting.select_related("module").order_by("-position"):
        lessons[lesson.module.slug] = lesson
    engines = _offered()
    tools = [tool for tool in TOOLS.values() if tool.exercise_of in {"", work.brief.module.slug}]
    return [_tool_state(tool, brief=work.brief, lessons=lessons, engines=engines) for tool in tools]


def _tool_state(tool: Tool, *, brief: Brief, lessons: dict[str, Lesson], engines: list[Engine]) -> ToolState:
    return ToolState(
        tool=tool,
        is_allowed=is_allowed(tool, brief),
        lesson=lessons.get(tool.module),
        engine=next((engine for engine in engines if _serves(engine, tool)), None),
    )


def sources_of(work: Work) -> QuerySet[Media]:
    """Pictures and films of a work that a tool can begin with, newest first."""
    ready = Media.objects.filter(work=work, state=MediaState.READY, role__in=SOURCE_ROLES)
    picture = Q(mime__startswith="image/") | Q(mime__startswith="video/")
    return ready.filter(picture).order_by("-created_at", "-pk")


def materials_of(work: Work) -> QuerySet[Media]:
    """Pictures, films and sounds of a work that are ready to be used by a tool, newest first."""
    ready = Media.objects.filter(work=work, state=MediaState.READY, role__in=MATERIAL_ROLES)
    return ready.order_by("-created_at", "-pk")


def material(media: Media) -> Material:
    """Return what a tool asks of a medium."""
    facts = media.facts or {}
    kind = {"audio": "sound"}.get(start := media.mime.split("/")[0], start)
    return Material(media.name, kind, int(facts.get("width") or 0), int(facts.get("height") or 0))


def history_of(work: Work) -> QuerySet[Job]:
    """Jobs of a work, newest first, with their outputs."""
    return work.jobs.select_related("engine", "created_by", "output__media", "output__choice").order_by(
        "-created_at", "-pk"
    )


def lab_brief(course: Course, user: User) -> Brief | None:
    """Return the brief of the module whose exercise the denoising lab is; None while it isn't published."""
    briefs = briefs_visible_to(user).filter(module__course=course, module__slug=TOOLS[LAB].exercise_of)
    return briefs.first()


def lab_runs_visible_to(user: User, course: Course) -> QuerySet[Job]:
    """Runs of the denoising lab in a course, newest first: one's own, and the class's for who teaches it."""
    return jobs_visible_to(user).filter(tool=LAB, work__brief__module__course=course)


def candidates_of(job: Job) -> QuerySet[Job]:
    """Jobs asked for in the same breath with other seeds, this one included, in the order of their seeds."""
    asked = history_of(job.work).filter(
        tool=job.tool, created_by=job.created_by_id, created_at=job.created_at
    )
    return asked.order_by("pk")


def viewings_of(work: Work) -> QuerySet[Viewing]:
    """Which outputs of the work its makers really had before them; a teacher's look is none of theirs."""
    is_maker = Q(user=work.owner_id) if work.crew is None else Q(user__in=work.crew.members.values("user"))
    return Viewing.objects.filter(is_maker, output__job__work=work)
