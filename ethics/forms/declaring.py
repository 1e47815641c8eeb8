"""The form of a declaration: one row per shot. What can't be is refused in services.declaring."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ethics.choices import Made
from ethics.domain.declaring import Made as MadeBy
from ethics.domain.declaring import Part

Shot = tuple[Fraction, Fraction]
FIELDS = ("made", "tool", "words")


class DeclarationForm(forms.Form):
    """`made-3`, `tool-3` and `words-3` are about the fourth shot; `shots` tells how many the person had before them."""

    shots = forms.IntegerField(widget=forms.HiddenInput)
    remarks = forms.CharField(
        label=_("Anything else about the making"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, shots: Sequence[Shot], standing: Sequence[Part] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.stretches = list(shots)
        self.fields["shots"].initial = len(self.stretches)
        for number, shot in enumerate(self.stretches):
            self._add_row(number, next((part for part in standing if _holds(part, shot)), None))

    def _add_row(self, number: int, part: Part | None) -> None:
        made = forms.ChoiceField(label=_("Made by"), choices=Made.choices, required=False)
        made.initial = str(part.made) if part else Made.HUMAN.value
        tool = forms.CharField(label=_("Tool or model"), required=False, max_length=120)
        tool.initial = part.tool if part else ""
        words = forms.CharField(label=_("What it made"), required=False, max_length=300)
        words.initial = part.words if part else ""
        tool.widget.attrs.update({"list": "tools", "autocomplete": "off"})
        for name, field in zip(FIELDS, (made, tool, words), strict=True):
            self.fields[f"{name}-{number}"] = field

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each shot with its bound fields, for the page."""
        return [
            {"start": start, "end": end, **{name: self[f"{name}-{number}"] for name in FIELDS}}
            for number, (start, end) in enumerate(self.stretches)
        ]

    @property
    def parts(self) -> list[Part]:
        """What was said of each shot, once the form is valid."""
        said = self.cleaned_data
        return [
            Part(
                start,
                end,
                MadeBy(said[f"made-{number}"] or "human"),
                said[f"tool-{number}"],
                said[f"words-{number}"],
            )
            for number, (start, end) in enumerate(self.stretches)
        ]

    def clean_shots(self) -> int:
        count: int = self.cleaned_data["shots"]
        if count != len(self.stretches):
            raise forms.ValidationError(_("The film was measured anew meanwhile. Look at the shots again."))
        return count


def _holds(part: Part, shot: Shot) -> bool:
    return part.start <= shot[0] and shot[1] <= part.end
