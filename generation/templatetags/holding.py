"""Held jobs in a teacher's words: `{% load holding %}`."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from generation.domain.tools import TOOLS, Input
from generation.models import Job

register = template.Library()


@register.filter
def written_facts(job: Job) -> list[tuple[str, str]]:
    """`{% for label, value in job|written_facts %}`: what the person wrote and directed, without seeds and settings."""
    asked = {**job.request, **job.request.get("direction", {})}
    items = [item for item in TOOLS[job.tool].inputs if item.kind in {"words", "lines", "choice"}]
    return [(_(item.label), _said(item, str(asked[item.slug]))) for item in items if asked.get(item.slug)]


def _said(item: Input, value: str) -> str:
    words = dict(item.options).get(value)
    return _(words) if words else value
