"""What gates and releases need to know: whose agreement a job rests on, and which jobs wait for a teacher."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from accounts.models import User
from assignments.domain.releases import STANDING
from assignments.models import Media, Release, Work
from courses.queries import courses_taught_by
from generation.choices import GateDecision, GateStage, JobState
from generation.domain.gates import Words, words_of
from generation.domain.likeness import REAL_PEOPLE, SHOWS_SOMEBODY, Consent
from generation.domain.tools import TOOLS, Tool
from generation.models import Adapter, Engine, GateVerdict, Job


def held_visible_to(user: User) -> QuerySet[GateVerdict]:
    """What waits for the person's decision: held jobs of the courses they teach, all for administrators; oldest first."""
    held = (
        GateVerdict.objects.filter(decision=GateDecision.OPEN, job__state=JobState.HELD)
        .select_related(
            "job__work__brief__module__course", "job__work__crew", "job__work__owner", "job__engine",
            "job__created_by", "job__source",
        )
        .prefetch_related("job__releases")
        .order_by("created_at", "pk")
    )  # fmt: skip
    if user.is_staff:
        return held
    return held.filter(job__work__brief__module__course__in=courses_taught_by(user).values("pk"))


def held_alike(verdict: GateVerdict) -> list[GateVerdict]:
    """Return the other verdicts that wait over the same words: candidates asked for together are decided together."""
    if verdict.stage != GateStage.PROMPT:
        return []
    job = verdict.job
    others = GateVerdict.objects.filter(
        decision=GateDecision.OPEN, stage=GateStage.PROMPT, gate=verdict.gate, job__state=JobState.HELD,
        job__work=job.work_id, job__tool=job.tool, job__created_by=job.created_by_id,
    ).exclude(pk=verdict.pk)  # fmt: skip
    words = words_of_job(job)
    return [
        other for other in others.select_related("job").order_by("pk") if words_of_job(other.job) == words
    ]


def words_of_job(job: Job) -> Words:
    """Return everything a person wrote for a job."""
    written = [item.slug for item in TOOLS[job.tool].inputs if item.kind in {"words", "lines"}]
    return words_of(job.request, written=written)


def verdicts_of(job: Job) -> QuerySet[GateVerdict]:
    """What gates said of a job, newest first."""
    return job.gate_verdicts.select_related("decided_by").order_by("-created_at", "-pk")


def consent(release: Release, *, today: date) -> Consent:
    """Return the release as jobs see it."""
    return Consent(release.person, frozenset(release.kinds), str(release.standing(today)))


def consents(releases: Iterable[Release], *, today: date) -> tuple[Consent, ...]:
    return tuple(consent(release, today=today) for release in releases)


def releases_behind(media: Iterable[Media]) -> QuerySet[Release]:
    """Releases that rest on generated media: those their jobs cited, and so on back, for jobs cite what they inherit."""
    return Release.objects.filter(jobs__output__media__in=[each.pk for each in media]).distinct()


def lapsed_release(releases: Iterable[Release], *, today: date) -> Release | None:
    """Return the first release that doesn't stand today."""
    return next((release for release in releases if release.standing(today) != STANDING), None)


def lapsed_person(job: Job, *, today: date) -> str:
    """Return whose release, of those the job rests on, doesn't stand any more; empty when all do."""
    lapsed = lapsed_release(job.releases.all(), today=today)
    return lapsed.person if lapsed else ""


def releases_to_cite(work: Work, *, today: date) -> list[Release]:
    """Releases of the work that stand, by name: what a tool's form offers."""
    return [
        release for release in work.releases.order_by("person", "pk") if release.standing(today) == STANDING
    ]


def people_to_ask_about(
    tool: Tool, work: Work, *, engines: Iterable[Engine], today: date
) -> list[Release] | None:
    """Return the releases to choose from where a tool's form asks who is shown or heard; None where it needn't ask."""
    offered = releases_to_cite(work, today=today)
    draws = Adapter.objects.filter(engine__in=list(engines), is_enabled=True).exclude(person="")
    takes = tool.needs_source or any(wanted.use in SHOWS_SOMEBODY for wanted in tool.media)
    return offered if offered or takes or draws.exists() else None


def people_elsewhere(work: Work) -> list[str]:
    """Names of real people known from releases of other works of the course."""
    releases = Release.objects.filter(work__brief__module__course=work.brief.module.course).exclude(work=work)
    return list(releases.order_by("person").values_list("person", flat=True).distinct())


def people_drawn(job: Job) -> list[str]:
    """Real people whom the job's adapters draw."""
    slugs = [each["slug"] for each in job.request.get("adapters") or ()]
    drawn = Adapter.objects.filter(engine=job.engine_id, slug__in=slugs).exclude(person="")
    return list(drawn.order_by("pk").values_list("person", flat=True))


def answer_of(job: Job) -> list[Release] | None:
    """Return what was answered of real people when the job was asked for, to ask for the same again."""
    cited = list(job.releases.order_by("pk"))
    return cited if cited or job.request.get(REAL_PEOPLE) else None


def media_behind(job: Job) -> list[Media]:
    """The source and further media of a job."""
    further = [used.media for used in job.media_used.select_related("media")]
    return [job.source, *further] if job.source else further


def shows_somebody(job: Job) -> bool:
    """Whether something the job was given carries a likeness into its output."""
    return job.media_used.filter(use__in=SHOWS_SOMEBODY).exists() or bool(people_drawn(job))


def jobs_citing(release: Release) -> QuerySet[Job]:
    """Jobs that rest on the release, newest first."""
    return release.jobs.select_related("work", "output__media").order_by("-created_at", "-pk")
