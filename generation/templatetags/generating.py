"""Words of the generation room in the person's language: `{% load generating %}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignments.choices import MediaState
from assignments.models import Work
from generation.choices import JobState
from generation.domain.budget import ALL, MONEY, PERSON, WORK, Budget
from generation.domain.comparison import MOST
from generation.domain.tools import LAB, TOOLS, MediaInput, Tool
from generation.models import Job
from generation.serializers import preview_address, progress_note
from ui import problems

register = template.Library()
DRIFT = gettext_lazy("Drift from the sheet: %(far)s, by %(by)s. 0 is the same, 1 has nothing in common.")
DRIFT_OF_EACH = gettext_lazy(
    "Drift of each drawing from the first: %(far)s, by %(by)s. 0 is the same, 1 has nothing in common."
)
TONES = {
    "held": "open",
    "queued": "quiet",
    "running": "open",
    "done": "accent",
    "failed": "danger",
    "cancelled": "quiet",
}
ICONS = {
    "held": "shield-check",
    "queued": "hourglass",
    "running": "cpu",
    "done": "check",
    "failed": "octagon-alert",
    "cancelled": "x",
}


MODULES = {
    "": (gettext_lazy("Literacy"), "sparkles"),
    "text": (gettext_lazy("Text"), "file-text"),
    "image": (gettext_lazy("Image"), "image"),
    "character": (gettext_lazy("Character"), "person-standing"),
    "video": (gettext_lazy("Video"), "video"),
    "audio": (gettext_lazy("Audio"), "audio-lines"),
}


def module_facts(slug: str) -> tuple[str, str]:
    """Return what a group of tools is called and its icon."""
    title, icon = MODULES.get(slug, (slug, "wand-sparkles"))
    return str(title), icon


@register.filter
def tool_of(job: Job) -> Tool:
    """`{% with tool=job|tool_of %}`: the tool a job was asked of."""
    return TOOLS[job.tool]


@register.filter
def tool_address(work: Work, slug: str) -> str:
    """`{{ work|tool_address:each.tool.slug }}`: the page of a tool for a work; the lab has one for the course."""
    if slug == LAB:
        return reverse("generation:lab", args=[work.brief.module.course.uuid])
    return reverse("generation:tool", args=[work.uuid, slug])


@register.filter
def job_address(job: Job) -> str:
    """`{{ job|job_address }}`: the job in its tool, to go on from there."""
    name = "a" if job.tool == LAB else "job"
    return f"{tool_address(job.work, job.tool)}?{name}={job.uuid}"


@register.filter
def word(text: str) -> str:
    """`{{ tool.title|word }}`: a word of the tools in the person's language."""
    return _(text) if text else ""


@register.filter
def job_tone(job: Job) -> str:
    return TONES[job.state]


@register.filter
def job_icon(job: Job) -> str:
    return ICONS[job.state]


@register.filter
def job_note(job: Job) -> str:
    """`{{ job|job_note }}`: its place in the queue, its step, or why it failed."""
    return progress_note(job)


@register.filter
def job_words(job: Job) -> str:
    """`{{ job|job_words }}`: what was asked for, in the person's own words."""
    asked: Mapping[str, Any] = job.request
    written = [item.slug for item in TOOLS[job.tool].inputs if item.kind in {"lines", "words"}]
    names = ["prompt", *(name for name in written if name not in {"negative", "lexicon"})]
    return next((str(asked[name]) for name in names if asked.get(name)), "")


@register.filter
def drift_note(recipe: Mapping[str, Any]) -> str:
    """`{{ output.recipe|drift_note }}`: how far a drawing drifted from its character, and who says so; mostly nothing."""
    machine = recipe["machine"]
    far = machine.get("drift")
    if far is None:
        return ""
    of_each = far if isinstance(far, list) else [far]
    facts = {"far": " · ".join(f"{each:.2f}" for each in of_each), "by": _(machine["drift_by"])}
    if isinstance(far, list):
        return DRIFT_OF_EACH % facts
    return DRIFT % facts


@register.filter
def said(problem: Mapping[str, Any] | None) -> str:
    """`{{ job.problem|said }}`: the sentence of a problem kept in a row."""
    return problems.sentence(problem) if problem else ""


@register.filter
def asked_facts(job: Job) -> list[tuple[str, Any]]:
    """`{% for label, value in job|asked_facts %}`: the request as (label, value) pairs, what was left open skipped."""
    asked = {**job.request, **job.request.get("direction", {})}
    labels = [(item, asked.get(item.slug)) for item in TOOLS[job.tool].inputs]
    return [(_(item.label), _shown(item.options, value)) for item, value in labels if value not in (None, "")]


def _shown(options: tuple[tuple[str, str], ...], value: Any) -> Any:
    return _(dict(options)[value]) if options and value in dict(options) else value


@register.filter
def machine_facts(recipe: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """`{% for name, value in output.recipe|machine_facts %}`: the machine of a recipe, versions included."""
    machine = dict(recipe["machine"])
    versions = machine.pop("versions", {})
    return [*sorted(machine.items()), *sorted(versions.items())]


@register.filter
def preview_url(job: Job) -> str:
    """`{% with preview=job|preview_url %}`: where the last preview of a running job is; empty without one."""
    return preview_address(job)


@register.filter
def are_moving(jobs: Iterable[Job]) -> bool:
    """`{% if candidates|are_moving %}`: some of the jobs are on their way, or their files still being prepared."""
    return any(_is_moving(job) for job in jobs)


def _is_moving(job: Job) -> bool:
    output = getattr(job, "output", None)
    is_prepared = output is None or output.media.state in {MediaState.READY, MediaState.REFUSED}
    return job.state in {JobState.QUEUED, JobState.RUNNING} or not is_prepared


@register.filter
def compare_address(jobs: Sequence[Job]) -> str:
    """`{{ candidates|compare_address }}`: the page on which these jobs of one work lie side by side."""
    shown = urlencode([("jobs", str(job.uuid)) for job in jobs[:MOST]])
    return f"{reverse('generation:compare', args=[jobs[0].work.uuid])}?{shown}"


@register.filter
def is_optional(wanted: MediaInput) -> bool:
    """`{{ wanted|is_optional }}`: the tool does without this medium."""
    return not wanted.is_required


PURSES = {
    WORK: gettext_lazy("this work"),
    PERSON: gettext_lazy("you, in this assignment"),
    ALL: gettext_lazy("all works of the assignment"),
    MONEY: gettext_lazy("money for engines elsewhere"),
}
MACHINES = {
    "working": (gettext_lazy("rendering"), "accent", "cpu"),
    "idle": (gettext_lazy("ready"), "", "check"),
    "paused": (gettext_lazy("paused"), "open", "pause"),
    "draining": (gettext_lazy("finishing"), "open", "log-out"),
    "asleep": (gettext_lazy("asleep"), "quiet", "moon"),
    "lost": (gettext_lazy("not seen"), "danger", "triangle-alert"),
    "broken": (gettext_lazy("broke down"), "danger", "octagon-alert"),
}


@register.filter
def purse_title(budget: Budget) -> str:
    """`{{ budget|purse_title }}`: whose purse it is."""
    return str(PURSES[budget.scope])


@register.filter
def spent_percent(budget: Budget) -> float:
    """`{{ budget|spent_percent }}`: 0 to 100 of a budget that has a limit."""
    return _percent(budget.spent, budget)


@register.filter
def promised_percent(budget: Budget) -> float:
    """`{{ budget|promised_percent }}`: what is promised, as far as there is room beside what is spent."""
    return min(_percent(budget.promised, budget), round(100 - spent_percent(budget), 2))


def _percent(part: Decimal, budget: Budget) -> float:
    return min(100.0, round(float(part / budget.seconds) * 100, 2)) if budget.seconds else 0.0


@register.filter
def machine_word(state: str) -> str:
    return str(MACHINES[state][0])


@register.filter
def machine_tone(state: str) -> str:
    return MACHINES[state][1]


@register.filter
def machine_icon(state: str) -> str:
    return MACHINES[state][2]


@register.filter
def minus(count: int, rows: Sequence[object]) -> int:
    """`{{ board.waiting|minus:board.next }}`: how many more there are than rows shown."""
    return count - len(rows)
