"""Safety gates and releases around a job: before it is queued, before it runs, before its output is kept.

A job that a gate holds waits for a teacher (`deciding`). What moves the job and what says why are written in one
transaction, guarded like every ending, so a killed worker leaves either both or neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assignments.domain.releases import REVOKED, STANDING
from assignments.models import Media, Release
from footage.problems import Problem
from generation.backends import gates
from generation.choices import GateDecision, GateStage, JobState
from generation.domain.gates import Context, Level, Verdict, Words, names_in, strictest
from generation.domain.likeness import (
    LAPSED,
    NAMED_ELSEWHERE,
    REAL_PEOPLE,
    Likeness,
    lapse,
    objection,
    relied_on,
)
from generation.domain.tools import TOOLS
from generation.models import GateVerdict, Job
from generation.queries.safety import (
    consents,
    media_behind,
    people_drawn,
    people_elsewhere,
    releases_behind,
    shows_somebody,
    words_of_job,
)
from generation.workers.endings import Overtaken, as_row, hold, mine, refuse
from ui.errors import Refused


class SetAside(Overtaken):
    """A gate has moved the job; the worker is done with it."""


class NeedsRelease(Refused):
    """The job uses a real person who hasn't agreed to it."""


class WordsRefused(Refused):
    """A gate refuses the words."""

    status_code = 400


# ---------------------------------------------------------------- before it is queued
def check_request(job: Job, *, releases: Sequence[Release] | None, now: datetime) -> None:
    """Cite the releases a new job rests on and look at its words; a gate may hold it for a teacher.

    Call it in the transaction that wrote the row and its media.

    Args:
        releases: People it shows or sounds like, as their releases; empty for nobody real, None where nobody asked.

    Raises:
        NeedsRelease: It uses somebody who hasn't agreed. WordsRefused: A gate refuses the words.
    """
    words = words_of_job(job)
    cited = _cite(job, words, releases=releases, now=now)
    verdict = _verdict_on(job, words, released=[release.person for release in cited])
    if verdict.level is Level.REFUSE:
        raise WordsRefused(_(verdict.template) % dict(verdict.params or {}))
    if verdict.level is Level.HOLD:
        _hold(Job.objects.filter(pk=job.pk), verdict, stage=GateStage.PROMPT, now=now)
    else:
        Job.objects.filter(pk=job.pk).update(is_passed=True)
    job.refresh_from_db()


def _cite(job: Job, words: Words, *, releases: Sequence[Release] | None, now: datetime) -> list[Release]:
    """Write which releases the job rests on, and return them."""
    today = timezone.localdate(now)
    of_work = list(job.work.releases.order_by("pk"))
    if any(release not in of_work for release in releases or ()):
        raise NeedsRelease(_("One of the releases belongs to another work. Choose among those of this work."))
    inherited = list(releases_behind(media_behind(job)))
    likeness = Likeness(
        makes=TOOLS[job.tool].makes,
        cited=None if releases is None else consents(releases, today=today),
        inherited=consents(inherited, today=today),
        of_work=consents(of_work, today=today),
        named=names_in(words.wanted, dict.fromkeys(release.person for release in of_work)),
        drawn=tuple(people_drawn(job)),
        shows_somebody=shows_somebody(job),
    )
    problem = objection(likeness)
    if problem:
        raise NeedsRelease(_(problem.template) % problem.params)
    _keep_answer(job, likeness)
    agreed = [
        each for each in of_work if each.person in relied_on(likeness) and each.standing(today) == STANDING
    ]
    cited = list(dict.fromkeys([*(releases or ()), *agreed, *inherited]))
    job.releases.set(cited)
    return cited


def _keep_answer(job: Job, likeness: Likeness) -> None:
    """Keep that somebody said of a reference that it shows nobody real."""
    if likeness.shows_somebody and not likeness.cited:
        job.request = {**job.request, REAL_PEOPLE: "none"}
        job.save(update_fields=["request"])


def _verdict_on(job: Job, words: Words, *, released: Sequence[str]) -> Verdict:
    context = Context(job.tool, TOOLS[job.tool].makes, tuple(released))
    return strictest([gates.check_words(words, context), _named_elsewhere(job, words, released=released)])


def _named_elsewhere(job: Job, words: Words, *, released: Sequence[str]) -> Verdict:
    """Hold words that name somebody whose release lies in another work of the course."""
    known = [person for person in people_elsewhere(job.work) if person not in released]
    named = names_in(words.wanted, known)
    if not named:
        return Verdict(Level.ALLOW, "releases")
    return Verdict(Level.HOLD, "releases", NAMED_ELSEWHERE, {"person": named[0]})


def check_again(job: Job) -> None:
    """Refuse to queue once more what a teacher or a gate has refused.

    Raises:
        WordsRefused: A teacher or a gate refused it.
    """
    if job.state == JobState.FAILED and job.spent_seconds:
        raise WordsRefused(
            _("The output was refused, and the same wish gives the same output. Change what you ask for.")
        )
    refused = job.gate_verdicts.filter(decision=GateDecision.REFUSED).order_by("-decided_at").first()
    if refused:
        raise WordsRefused(
            _("A teacher has refused this (%(why)s). Change what you ask for and send it anew.")
            % {"why": refused.decided_why or _("without a word")}
        )


# ---------------------------------------------------------------- before it runs
def check_dispatch(job: Job, *, now: datetime) -> None:
    """Look once more at a job this worker has just claimed.

    Raises:
        Problem: A release has lapsed meanwhile, or the words are refused.
        SetAside: The words, which nobody looked at yet, are held for a teacher.
    """
    cited = list(job.releases.all())
    problem = lapse(consents(cited, today=timezone.localdate(now)))
    if problem:
        raise problem
    if job.is_passed:
        return
    verdict = _verdict_on(job, words_of_job(job), released=[release.person for release in cited])
    if verdict.level is Level.REFUSE:
        raise Problem(verdict.template, **dict(verdict.params or {}))
    if verdict.level is Level.HOLD:
        _hold(mine(job), verdict, stage=GateStage.PROMPT, now=now)
        raise SetAside
    mine(job).update(is_passed=True)


def stop_waiting(release: Release, *, now: datetime) -> int:
    """End the jobs that wait, in the queue or before a teacher, and rest on a revoked release; return how many."""
    waiting = Job.objects.filter(releases=release, state__in=[JobState.QUEUED, JobState.HELD])
    problem = as_row(Problem(LAPSED[REVOKED], person=release.person))
    return Job.objects.filter(pk__in=waiting.values("pk"), state__in=[JobState.QUEUED, JobState.HELD]).update(
        state=JobState.FAILED, problem=problem, finished_at=now
    )


def hide_outputs(releases: QuerySet[Release]) -> int:
    """Have pages show no pictures of what rests on these releases any more; return how many media that were.

    The files stay, for what was made is part of the record, and so do the fingerprints by which films are traced.
    """
    media = Media.objects.filter(output__job__releases__in=releases, has_proxy=True)
    return Media.objects.filter(pk__in=media.values("pk")).update(
        has_proxy=False, has_poster=False, has_filmstrip=False, has_waveform=False
    )


def hide_expired(*, today: date) -> int:
    """Do so with every release that has expired; return how many media that were."""
    return hide_outputs(Release.objects.filter(expires_on__lt=today))


# ---------------------------------------------------------------- before its output is kept
def look_at_output(job: Job, path: Path, *, kind: str, now: datetime) -> Verdict:
    """Return what the gates say of an output, before it is labelled and sealed.

    Raises:
        Problem: A release has lapsed while it was made.
    """
    cited = list(job.releases.all())
    problem = lapse(consents(cited, today=timezone.localdate(now)))
    if problem:
        raise problem
    context = Context(job.tool, kind, tuple(release.person for release in cited))
    verdict = gates.check_output(path, kind, context)
    return Verdict(Level.ALLOW, verdict.gate) if _was_allowed(job, verdict) else verdict


def _was_allowed(job: Job, verdict: Verdict) -> bool:
    """Whether a teacher has let just this through: an engine that writes says the words it was given again."""
    if verdict.level is not Level.HOLD:
        return False
    allowed = job.gate_verdicts.filter(decision=GateDecision.ALLOWED, gate=verdict.gate)
    return any(each.reason == verdict.reason for each in allowed)


def hold_output(
    job: Job, verdict: Verdict, *, sha256: str, held: Mapping[str, Any], spent_seconds: float, now: datetime
) -> NoReturn:
    """Keep a sealed output for a teacher; what it took is spent.

    Args:
        held: JSON that `sealing.publish` needs to commit it later.

    Raises:
        Overtaken: The row went to another worker. SetAside: It is held.
    """
    with transaction.atomic():
        hold(job, spent_seconds=spent_seconds, now=now)
        _keep_verdict(job.pk, verdict, stage=GateStage.OUTPUT, now=now, held_sha256=sha256, held=dict(held))
    raise SetAside


def refuse_output(job: Job, verdict: Verdict, *, spent_seconds: float, now: datetime) -> NoReturn:
    """End a job whose output a gate refuses; what it took is spent, for the engine did as it was told.

    Raises:
        Overtaken: The row went to another worker. SetAside: It has failed with the gate's sentence.
    """
    refuse(job, problem=verdict.reason, spent_seconds=spent_seconds, now=now)
    raise SetAside


def _hold(rows: QuerySet[Job], verdict: Verdict, *, stage: GateStage, now: datetime) -> None:
    """Move the one job of `rows`, for which no engine has worked yet, to HELD and write why, both or neither."""
    with transaction.atomic():
        pk = rows.values_list("pk", flat=True).first()
        if pk is None or not rows.update(state=JobState.HELD, lease_until=None, step=0, worker=""):
            raise Overtaken
        _keep_verdict(pk, verdict, stage=stage, now=now)


def _keep_verdict(job: int, verdict: Verdict, *, stage: GateStage, now: datetime, **held: Any) -> None:
    GateVerdict.objects.create(
        job_id=job, stage=stage, gate=verdict.gate, reason=verdict.reason, created_at=now, **held
    )
