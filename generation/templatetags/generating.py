"""Words of the generation room in the person's language: `{% load generating %}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from assignments.models import Work
from generation.domain.tools import LAB, TOOLS, Tool
from generation.models import Job
from generation.serializers import progress_note
from ui import problems

register = template.Library()
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
    return str(asked.get("prompt") or asked.get("line") or asked.get("premise") or "")


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
