"""Forms for the script, the decision log and its rating. What can't be is refused in services.process."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ethics.choices import Criterion, LogOutcome
from ethics.domain.reflection import MOST_MARKS


class ScriptForm(forms.Form):
    """The script as it stands in the editor, with the version it began from."""

    text = forms.CharField(
        label=_("Script"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true", "class": "script-editor"}),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class NoteForm(forms.Form):
    """A line of the decision log."""

    what = forms.CharField(
        label=_("What it was about"),
        max_length=200,
        help_text=_("A shot, a voice, a line of the script, a candidate."),
    )
    outcome = forms.ChoiceField(
        label=_("What became of it"), choices=LogOutcome.choices, widget=forms.RadioSelect
    )
    why = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    line = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class RatingForm(forms.Form):
    """Marks by criterion, and the reason."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The makers read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        marks = [("", _("not rated")), *((str(mark), str(mark)) for mark in range(MOST_MARKS + 1))]
        given = {
            criterion.value: forms.ChoiceField(label=criterion.label, choices=marks, required=False)
            for criterion in Criterion
        }
        self.fields = {**given, **self.fields}

    @property
    def marks(self) -> dict[str, int]:
        """The marks that were given, 0 to 4 by criterion."""
        given = {criterion.value: self.cleaned_data.get(criterion.value) for criterion in Criterion}
        return {name: int(mark) for name, mark in given.items() if mark}
