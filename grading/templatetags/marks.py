"""Words and numbers of marks."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.utils.translation import gettext

from grading.choices import MarkerRole
from grading.domain.agreement import Agreement, CriterionMark
from grading.domain.rubric import level_points, to_points
from grading.models import Criterion, Marking
from grading.queries.classes import GradebookRow, own_points
from grading.queries.marking import Marks, line_of
from ui.components import formats
from ui.languages import pick

register = template.Library()
TONES = {"finished": "accent", "begun": "open", "waiting": "quiet", "none": "quiet"}
ICONS = {"finished": "circle-check", "begun": "circle-dot", "waiting": "circle", "none": "minus"}


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One criterion in the table of marks, with (who, words) of its comments."""

    title: str
    mark: CriterionMark
    comments: tuple[tuple[str, str], ...]


@register.filter
def mark_rows(marks: Marks) -> list[MarkRow]:
    """`{% for row in marks|mark_rows %}`: the rubric in its order; show it only when marks are out."""
    titles = {each.slug: each.title for each in marks.criteria}
    return [
        MarkRow(titles[mark.line.slug], mark, _comments(marks, mark.line.slug))
        for mark in marks.agreement.criteria
    ]


def _comments(marks: Marks, slug: str) -> tuple[tuple[str, str], ...]:
    said = ((str(marking.marker), comment_on(marking, slug)) for marking in finished_markings(marks))
    return tuple((by, words) for by, words in said if words)


@register.filter
def finished_markings(marks: Marks) -> list[Marking]:
    """`{{ marks|finished_markings }}`: the academic teacher's first."""
    return [marks.markings[role] for role in MarkerRole.values if marks.is_finished(role)]


@register.filter
def points_rounded(value: Decimal | None) -> str:
    """`{{ mark.points|points_rounded }}`: a blend of two marks to hundredths."""
    return points(None if value is None else to_points(value))


@register.filter
def points(value: Decimal | None) -> str:
    """`{{ mark.points|points }}` → 13.5: without trailing zeros; a dash for None."""
    return formats.EN_DASH if value is None else f"{Decimal(value).normalize():f}"


@register.filter
def levels(criterion: Criterion) -> list[dict[str, Any]]:
    """`{% for level in criterion|levels %}`: words and points of each level, best first."""
    line = line_of(criterion)
    return [
        {"words": pick(level), "points": points(worth), "number": number}
        for number, (level, worth) in enumerate(
            zip(criterion.levels, level_points(line), strict=True), start=1
        )
    ]


@register.filter
def role_words(role: str) -> str:
    """`{{ "mentor"|role_words }}` → industry mentor."""
    return str(MarkerRole(role).label)


@register.filter
def state_in(marks: Marks, role: str) -> str:
    """`{{ marks|state_in:"mentor" }}`: finished, begun, waiting or none."""
    return marks.state_of(role)


@register.filter
def state_words(state: str) -> str:
    """`{{ state|state_words }}`: how far a marking is."""
    return {
        "finished": gettext("finished"),
        "begun": gettext("begun"),
        "waiting": gettext("not begun"),
        "none": gettext("nothing to mark"),
    }[state]


@register.filter
def state_tone(state: str) -> str:
    return TONES[state]


@register.filter
def state_icon(state: str) -> str:
    return ICONS[state]


@register.filter
def scale_words(agreement: Agreement) -> str:
    """`{{ agreement|scale_words }}`: the factor for being over the cap as "× 0.83"."""
    return f"× {decimal_of(agreement.scale):f}"


def decimal_of(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP).normalize()


@register.filter
def comment_on(marking: Marking | None, slug: str) -> str:
    """`{{ marking|comment_on:criterion.slug }}`: the comment on one criterion."""
    marks = marking.marks.all() if marking else ()
    return next((mark.comment for mark in marks if mark.criterion.slug == slug), "")


@register.filter
def words(text: str) -> list[str]:
    """`{% for role in "academic mentor"|words %}`."""
    return text.split()


@register.filter
def owner_letter(owner: str) -> str:
    """`{{ criterion.owner|owner_letter }}`: who marks it, short enough for a column's head."""
    return gettext("academic") if owner == MarkerRole.ACADEMIC else gettext("mentor")


@register.filter
def cells(row: GradebookRow, role: str | None) -> list[Decimal | None]:
    """`{% for value in row|cells:role %}`: points by criterion; before they are out only those of one's own role."""
    if row.marks is None:
        return []
    if row.marks.are_out:
        return [mark.points for mark in row.marks.agreement.criteria]
    own = own_points(row.marks.markings.get(role)) if role else {}
    return [own.get(line.slug) for line in row.marks.lines]
