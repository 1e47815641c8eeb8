"""Forms of the grading room: a marking, the audit's filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from ethics.choices import Result
from grading.models import Criterion, Marking


@dataclass(frozen=True, slots=True)
class CriterionFields:
    """A criterion with its two fields, as the page goes through them."""

    criterion: Criterion
    points: forms.BoundField
    comment: forms.BoundField
    is_own: bool


class MarkingForm(forms.Form):
    """One marking as a whole: points and a comment for each criterion, and a comment on the film.

    `seen` is when the draft was last saved as the page saw it, so that two windows don't overwrite each other.
    """

    comment = forms.CharField(required=False, strip=True, widget=forms.Textarea(attrs={"rows": 4}))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, criteria: Sequence[Criterion], role: str, marking: Marking | None
    ) -> None:
        super().__init__(data, initial=_initial(marking))
        self.criteria, self.role = criteria, role
        for criterion in criteria:
            self.fields[f"points-{criterion.slug}"] = _points_field(criterion)
            self.fields[f"comment-{criterion.slug}"] = forms.CharField(
                required=False, strip=True, widget=forms.Textarea(attrs={"rows": 2})
            )
        self.fields["comment"].label = _("Comment on the film")

    @property
    def rows(self) -> list[CriterionFields]:
        """Own criteria first, each group in the rubric's order."""
        rows = [
            CriterionFields(
                criterion=each,
                points=self[f"points-{each.slug}"],
                comment=self[f"comment-{each.slug}"],
                is_own=each.owner == self.role,
            )
            for each in self.criteria
        ]
        return sorted(rows, key=lambda row: not row.is_own)

    @property
    def points(self) -> dict[str, Decimal]:
        found = {each.slug: self.cleaned_data.get(f"points-{each.slug}") for each in self.criteria}
        return {slug: value for slug, value in found.items() if value is not None}

    @property
    def comments(self) -> dict[str, str]:
        return {each.slug: self.cleaned_data[f"comment-{each.slug}"] for each in self.criteria}

    @property
    def seen_at(self) -> datetime | None:
        """None when the page showed no draft, or shows nonsense: then nothing is compared."""
        try:
            return parse_datetime(self.cleaned_data["seen"])
        except ValueError:
            return None


def _points_field(criterion: Criterion) -> forms.DecimalField:
    return forms.DecimalField(
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(criterion.points),
        decimal_places=2,
        label=criterion.title,
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
    )


def _initial(marking: Marking | None) -> dict[str, Any]:
    if marking is None:
        return {}
    found: dict[str, Any] = {"comment": marking.comment, "seen": marking.updated_at.isoformat()}
    for mark in marking.marks.all():
        found[f"points-{mark.criterion.slug}"] = mark.points and mark.points.normalize()
        found[f"comment-{mark.criterion.slug}"] = mark.comment
    return found


class ReportForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class AuditFilters(forms.Form):
    """Filters of the audit, read from the address; what is not known there is left out."""

    term = forms.ChoiceField(required=False)
    course = forms.ChoiceField(required=False)
    module = forms.ChoiceField(required=False)
    verdict = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, choices: Mapping[str, Sequence[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "term": _("School term"),
            "course": _("Course"),
            "module": _("Module"),
            "verdict": _("Verdict"),
        }
        options = {**choices, "verdict": Result.choices}
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].choices = [("", _("all")), *options[name]]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
