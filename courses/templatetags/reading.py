"""Lessons as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from courses.choices import UNLOCKED_TOOLS, LessonKind
from courses.models import Lesson
from ui.languages import pick

register = template.Library()
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@register.filter
def markdown(text: str) -> SafeString:
    """`{{ lesson.body|markdown }}`: Markdown as HTML; HTML in it is shown, not obeyed, pictures stay out."""
    html: SafeString = mark_safe(_markdown.render(text))  # noqa: S308  # HTML is escaped, script links refused
    return html


@register.filter
def in_language(pair: Mapping[str, str]) -> str:
    """`{{ objective|in_language }}`: one of {"en", "zh"}."""
    return pick(dict(pair))


@register.filter
def unlocked_tools(lesson: Lesson) -> str:
    """`{{ lesson|unlocked_tools }}`: the tools that an ethics lesson opens, in words; empty when none."""
    if lesson.kind != LessonKind.ETHICS:
        return ""
    return str(UNLOCKED_TOOLS.get(lesson.module.slug, ""))
