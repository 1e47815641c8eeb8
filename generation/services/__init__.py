"""What people ask of the queue: jobs requested, cancelled, tried again. And what engines are on offer."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.models import Brief, Media, Release, Work
from assignments.services import start_work
from courses.models import Lesson
from generation import tasks
from generation.choices import JobState
from generation.domain.comparison import successive_seeds, typed
from generation.domain.tools import LAB, MOST_SEED, TOOLS, InputProblem, Tool, validate
from generation.models import Choice, Engine, Job, JobMedia, Output, Viewing, Worker
from generation.permissions import can_cancel_job, can_generate
from generation.queries import (
    engine_for,
    is_allowed,
    known_price,
    lesson_before,
    material,
    materials_of,
    price_of,
    refused_engines_for,
)
from generation.queries.safety import answer_of
from generation.services.adapters import pinned_adapters, with_words
from generation.services.budgets import OverBudget as OverBudget
from generation.services.budgets import locked_work, require_budgets
from generation.services.engines import refresh_revision as refresh_revision
from generation.services.engines import register_engines as register_engines
from generation.services.engines import switch_engine as switch_engine
from generation.services.safety import Lapsed as Lapsed
from generation.services.safety import NoReason as NoReason
from generation.services.safety import decide_held as decide_held
from generation.services.safety import refuse_lapsed as refuse_lapsed
from generation.services.safety import stop_jobs_of as stop_jobs_of
from generation.workers import claiming, gating
from ledger import services as ledger
from ui.errors import Refused, require

SAME_LOOK = timedelta(minutes=1)
"""Looks at an output that lie closer together count once."""


class ToolNotAllowed(Refused):
    """The brief's AI policy doesn't name the tool."""

    status_code = 403


class LessonFirst(Refused):
    """The ethics lesson of the tool's module is still to be finished."""

    status_code = 403

    def __init__(self, tool: Tool, lesson: Lesson) -> None:
        self.lesson = lesson
        super().__init__(
            _("“%(tool)s” opens when you have finished the lesson “%(lesson)s”.")
            % {"tool": _(tool.title), "lesson": lesson.title}
        )


class NoEngine(Refused):
    """No engine that is switched on serves the tool."""


class BadInputs(Refused):
    """Inputs the tool can't use; `problems` name each one."""

    status_code = 400

    def __init__(self, problems: Iterable[InputProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(_(problem.template) % problem.params for problem in self.problems))


class NotPossibleNow(Refused):
    """The job has moved on: it is finished, or runs already."""


@transaction.atomic
def request_job(
    *,
    work: Work,
    tool: str,
    inputs: Mapping[str, Any],
    source: Media | None,
    by: User,
    now: datetime,
    engine: str = "",
    media: Mapping[str, Sequence[Media]] | None = None,
    releases: Sequence[Release] | None = None,
) -> Job:
    """Put a job into the queue, or before a teacher when a gate holds its words, and return it.

    Args:
        tool: Slug of the tool.
        inputs: As typed; checked here. A seed left open is drawn at random.
        source: Picture or film of the work the tool begins with.
        engine: Slug of an engine; the first that serves the tool when empty.
        media: Further media of the work by their use (choices.MediaUse), in the order the tool takes them.
        releases: Releases of the people it shows or sounds like; empty for nobody real, None where nobody asked.

    Raises:
        ToolNotAllowed, LessonFirst, NoEngine, OverBudget, BadInputs: with a sentence each.
    """
    work = locked_work(work.pk)
    require(can_generate(by, work))
    chosen = _usable_tool(tool, work=work, by=by)
    found = engine_for(chosen, slug=engine)
    if found is None:
        raise _no_engine(chosen, slug=engine)
    begins, used = _usable_media(work, source=source if chosen.needs_source else None, media=media or {})
    request = _checked_request(chosen, found, inputs=inputs, source=begins, media=used)
    price = price_of(chosen, found, request)
    require_budgets(work, by, price)
    claiming.arrive(user=by, now=now)
    job = Job.objects.create(
        work=work, tool=chosen.slug, engine=found, source=begins, request=request,
        steps=_steps_of(request), price_seconds=price.seconds, price_money=price.money,
        created_by=by, created_at=now,
    )  # fmt: skip
    _keep_media(job, chosen, used)
    gating.check_request(job, releases=releases, now=now)
    _ring()
    return job


@transaction.atomic
def run_lab(*, brief: Brief, inputs: Mapping[str, Any], engine: str, by: User, now: datetime) -> Job:
    """Put a run of the denoising lab into the queue, in the person's own work for the brief, begun now if need be.

    Raises:
        As start_work and request_job.
    """
    work = start_work(brief=brief, by=by, now=now)
    return request_job(work=work, tool=LAB, inputs=inputs, source=None, engine=engine, by=by, now=now)


@transaction.atomic
def cancel_job(*, job: Job, by: User, now: datetime) -> Job:
    """Take a waiting or held job out of the queue, or ask the worker at it to stop within a step.

    Of two people who cancel at once the second finds it done as they wished.

    Raises:
        NotPossibleNow: It is finished.
    """
    require(can_cancel_job(by, job))
    mine = Job.objects.filter(pk=job.pk)
    state = mine.select_for_update().values_list("state", flat=True).get()
    if state in {JobState.QUEUED, JobState.HELD}:
        mine.update(state=JobState.CANCELLED, cancel_asked_at=now, finished_at=now)
    elif state == JobState.RUNNING:
        mine.filter(cancel_asked_at__isnull=True).update(cancel_asked_at=now)
    elif state != JobState.CANCELLED:
        raise NotPossibleNow(_("This job is finished already; there is nothing to cancel."))
    job.refresh_from_db()
    return job


@transaction.atomic
def retry_job(*, job: Job, by: User, now: datetime) -> Job:
    """Put a failed or cancelled job back into the queue, with the same request and all attempts.

    Raises:
        NotPossibleNow: It waits, runs or is done.
        OverBudget: What is left of a budget doesn't suffice any more.
        WordsRefused: A teacher or a gate has refused it.
    """
    work = locked_work(job.work_id)
    require(by.is_staff or can_generate(by, work))
    gating.check_again(job)
    require_budgets(work, job.created_by, known_price(job))
    claiming.arrive(user=job.created_by, now=now)
    moved = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED]).update(
        state=JobState.QUEUED, step=0, attempts=0, problem=None, cancel_asked_at=None,
        lease_until=None, started_at=None, finished_at=None, created_at=now,
    )  # fmt: skip
    if not moved:
        raise NotPossibleNow(_("Only a failed or cancelled job can be tried again."))
    _ring()
    job.refresh_from_db()
    return job


@transaction.atomic
def request_candidates(
    *, count: int, inputs: Mapping[str, Any], by: User, now: datetime, **asked: Any
) -> list[Job]:
    """Put the same wish into the queue `count` times with successive seeds, all or none, and return the jobs.

    Args:
        count: 1 to 4.
        asked: What else `request_job` takes.

    Raises:
        As request_job; OverBudget when not all of them can be paid.
    """
    seeds = _seeds(inputs.get("seed"), count=count)
    try:
        return [request_job(inputs={**inputs, "seed": seed}, by=by, now=now, **asked) for seed in seeds]
    except OverBudget as refusal:
        raise _over_budget_together(refusal, count) from refusal


def _seeds(asked: Any, *, count: int) -> list[Any]:
    """What is no seed is left as it was typed: request_job says what is wrong with it."""
    first = secrets.randbelow(MOST_SEED) if asked in (None, "") else asked
    if not str(first).isdecimal() or int(first) > MOST_SEED:
        return [first] * count
    return successive_seeds(int(first), count=count, limit=MOST_SEED)


def _over_budget_together(refusal: OverBudget, count: int) -> OverBudget:
    if count == 1:
        return refusal
    words = _("%(count)d candidates together are too much. The last one that didn’t fit: %(reason)s")
    return OverBudget(words % {"count": count, "reason": refusal.sentence})


@transaction.atomic
def repeat_job(*, job: Job, by: User, now: datetime) -> Job:
    """Ask for the same once more with another seed, drawn at random.

    Raises:
        As request_job.
    """
    inputs = typed(job.request)
    inputs.pop("seed", None)
    media: dict[str, list[Media]] = {}
    for used in job.media_used.select_related("media"):
        media.setdefault(used.use, []).append(used.media)
    return request_job(
        work=job.work, tool=job.tool, inputs=inputs, source=job.source, engine=job.engine.slug, media=media,
        releases=answer_of(job), by=by, now=now,
    )  # fmt: skip


def record_viewing(*, output: Output, by: User, now: datetime) -> Viewing:
    """Keep that the person had the output before them, large, for a moment; looks within a minute are one."""
    viewing, is_first = Viewing.objects.get_or_create(
        output=output, user=by, defaults={"first_at": now, "last_at": now}
    )
    if not is_first:
        Viewing.objects.filter(pk=viewing.pk, last_at__lte=now - SAME_LOOK).update(
            last_at=now, times=F("times") + 1
        )
        viewing.refresh_from_db()
    return viewing


@transaction.atomic
def choose_output(*, output: Output, among: Sequence[Output], by: User, now: datetime) -> Choice:
    """Take this output before the others it was compared with; those are kept, and no longer count as taken.

    Raises:
        NotPossibleNow: One of them belongs to another work.
    """
    work = output.job.work
    require(can_generate(by, work))
    others = [other for other in among if other.pk != output.pk]
    if any(other.job.work_id != work.pk for other in others):
        raise NotPossibleNow(_("Candidates of different works can’t be weighed against each other."))
    jobs = [str(other.job.uuid) for other in others]
    viewed = Viewing.objects.filter(output__in=[output, *others], user=by).values("output").distinct().count()
    Choice.objects.filter(output__in=others).delete()
    entry = ledger.append(
        kind="candidate.chosen",
        subject=f"media:{output.media.uuid}",
        payload={"job": str(output.job.uuid), "among": jobs, "viewed": viewed, "work": str(work.uuid)},
        actor=by.pseudonym,
        now=now,
    )
    facts = {"among": jobs, "chosen_by": by, "chosen_at": now, "ledger_index": entry.index}
    choice, _is_new = Choice.objects.update_or_create(output=output, defaults=facts)
    return choice


@transaction.atomic
def wish_of_worker(*, worker: Worker, wish: str, by: User, now: datetime) -> Worker:
    """Have a GPU worker work, pause, or finish what it holds and take no more; it reads the wish at its next step.

    What broke down before is forgotten: an administrator has looked at it.
    """
    worker.wish, worker.broken_jobs, worker.trouble = wish, [], ""
    worker.save(update_fields=["wish", "broken_jobs", "trouble"])
    ledger.append(
        kind="worker.wish",
        subject=f"worker:{worker.name}",
        payload={"wish": wish},
        actor=by.pseudonym,
        now=now,
    )
    return worker


def _usable_tool(slug: str, *, work: Work, by: User) -> Tool:
    tool = TOOLS.get(slug)
    if tool is None:
        raise ToolNotAllowed(_("There is no tool “%(tool)s”.") % {"tool": slug})
    if not is_allowed(tool, work.brief):
        raise ToolNotAllowed(
            _("The AI rules of “%(brief)s” don’t allow “%(tool)s”.")
            % {"brief": work.brief.title, "tool": _(tool.title)}
        )
    lesson = lesson_before(tool, by, work.brief.module.course)
    if lesson is not None:
        raise LessonFirst(tool, lesson)
    return tool


def _no_engine(tool: Tool, *, slug: str) -> NoEngine:
    """Say that nothing serves the tool; where only a licence stands in the way, say which."""
    for engine, reason in refused_engines_for(tool):
        if slug in {"", engine.slug}:
            said = _("The engine “%(engine)s” can’t run here. %(reason)s")
            return NoEngine(said % {"engine": engine.title, "reason": _(reason.template) % reason.params})
    return NoEngine(
        _("No engine is set up for “%(tool)s” just now. Ask your instructor.") % {"tool": _(tool.title)}
    )


def _usable_media(
    work: Work, *, source: Media | None, media: Mapping[str, Sequence[Media]]
) -> tuple[Media | None, dict[str, list[Media]]]:
    """Leave out media of other works and those that aren't ready: they count as not given."""
    asked = {each.pk for chosen in media.values() for each in chosen} | ({source.pk} if source else set())
    own = materials_of(work).in_bulk(asked)
    used = {use: [own[each.pk] for each in chosen if each.pk in own] for use, chosen in media.items()}
    return own.get(source.pk) if source else None, used


def _checked_request(
    tool: Tool, engine: Engine, *, inputs: Mapping[str, Any], source: Media | None,
    media: Mapping[str, Sequence[Media]],
) -> dict[str, Any]:  # fmt: skip
    options = engine.options
    defaults = {item.slug: item.within(options[item.slug]) for item in tool.inputs if item.slug in options}
    typed = {name: value for name, value in inputs.items() if value not in (None, "")}
    typed.setdefault("seed", secrets.randbelow(MOST_SEED))
    request, problems = validate(
        tool, {**defaults, **typed}, has_source=source is not None,
        source=material(source) if source else None,
        media={use: [material(each) for each in chosen] for use, chosen in media.items()},
    )  # fmt: skip
    adapters, triggers, misfits = pinned_adapters(engine, inputs)
    if problems or misfits:
        raise BadInputs([*problems, *misfits])
    if adapters:
        request |= {"adapters": adapters, "prompt": with_words(str(request.get("prompt", "")), triggers)}
    return request


def _keep_media(job: Job, tool: Tool, media: Mapping[str, Sequence[Media]]) -> None:
    JobMedia.objects.bulk_create(
        JobMedia(job=job, media=each, use=wanted.use, position=position)
        for wanted in tool.media
        for position, each in enumerate(media.get(wanted.use, ()))
    )


def _steps_of(request: Mapping[str, Any]) -> int:
    return int(request.get("steps") or request.get("length") or 1)


def _ring() -> None:
    transaction.on_commit(tasks.run_jobs.delay, robust=True)
