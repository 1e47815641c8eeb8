"""What people decide of held jobs, and what ends with a release."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.choices import MediaRole
from assignments.models import Media, Release
from generation import tasks
from generation.models import GateVerdict, Job
from generation.permissions import can_decide
from generation.queries.safety import held_alike, lapsed_release
from generation.workers import deciding, gating
from ui.errors import Refused, require


class Lapsed(Refused):
    """What it was made with, a release, doesn't hold any more."""

    status_code = 403


class NoReason(Refused):
    """A teacher who refuses says why."""

    status_code = 400


@transaction.atomic
def decide_held(*, verdict: GateVerdict, is_allowed: bool, why: str, by: User, now: datetime) -> Job:
    """Let a held job go on, to the queue or with its output to the work, or end it with a reason.

    Held candidates with the same words are decided with it.

    Raises:
        NoReason: It is refused without a word.
        AlreadyDecided: Somebody was first, or the maker has cancelled it.
    """
    require(can_decide(by, verdict.job))
    if not is_allowed and not why.strip():
        raise NoReason(_("Say in a sentence why: the makers read it."))
    together = sorted([verdict, *held_alike(verdict)], key=lambda each: each.job_id)
    _lock_jobs(each.job_id for each in together)
    jobs = {
        each.pk: deciding.decide(each, is_allowed=is_allowed, why=why, by=by, now=now) for each in together
    }
    transaction.on_commit(tasks.run_jobs.delay, robust=True)
    return jobs[verdict.pk]


def _lock_jobs(pks: Iterable[int]) -> None:
    """Lock rows by their number, before anything else, as workers do."""
    list(Job.objects.select_for_update(of=("self",)).filter(pk__in=list(pks)).order_by("pk"))


def stop_jobs_of(release: Release, *, now: datetime) -> int:
    """End jobs that wait and cite a release which has just been revoked; return how many. A watcher of releases.

    What runs is stopped before its output is kept; what was made is shown no more.
    """
    gating.hide_outputs(Release.objects.filter(pk=release.pk))
    return gating.stop_waiting(release, now=now)


def refuse_lapsed(media: Media) -> None:
    """Gate of downloads: nothing made with somebody's face, voice or name is served once their release has lapsed.

    Raises:
        Lapsed: With whose release it is.
    """
    if media.role != MediaRole.GENERATED:
        return
    behind = Release.objects.filter(jobs__output__media=media)
    lapsed = lapsed_release(behind, today=timezone.localdate())
    if lapsed:
        raise Lapsed(
            _("%(name)s was made with the likeness of %(person)s, whose release has expired or was revoked.")
            % {"name": media.name, "person": lapsed.person}
        )
