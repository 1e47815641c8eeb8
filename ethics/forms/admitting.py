"""Forms of admissions. What can't be is refused in services.admitting."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignments.choices import FILMED_ROLES
from assignments.models import Media, Work
from ethics.choices import AdmittedPlane
from ethics.domain.admissions import read_moment


class MediaChoice(forms.ModelChoiceField[Media]):
    def label_from_instance(self, obj: Media) -> str:
        return str(obj.name)


class ToolForm(forms.Form):
    """What made it; common to stretches and files."""

    tool = forms.CharField(
        label=gettext_lazy("Made with"),
        max_length=120,
        help_text=gettext_lazy("The tool or model, in your words."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_part = forms.BooleanField(label=gettext_lazy("AI made only a part of it"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


class StretchForm(ToolForm):
    """A stretch of the film, from one moment to another."""

    plane = forms.ChoiceField(label=gettext_lazy("What is AI"), choices=AdmittedPlane.choices)
    start = forms.CharField(
        label=gettext_lazy("From"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    end = forms.CharField(
        label=gettext_lazy("To"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, fps: Fraction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fps = fps

    def clean_start(self) -> Fraction:
        return self._moment("start")

    def clean_end(self) -> Fraction:
        return self._moment("end")

    def _moment(self, name: str) -> Fraction:
        found = read_moment(self.cleaned_data[name], fps=self.fps)
        if found is None:
            raise forms.ValidationError(
                _("“%(text)s” is no time of a film. Write it like 00:01:04:12, or in seconds like 64.5.")
                % {"text": self.cleaned_data[name]}
            )
        return found


class MediumForm(ToolForm):
    """A file of the work, wherever the film uses it."""

    file = MediaChoice(
        Media.objects.none(), label=gettext_lazy("File"), to_field_name="uuid", empty_label=None
    )

    def __init__(self, *args: Any, work: Work, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["file"]
        assert isinstance(choice, MediaChoice)  # noqa: S101  # tells the type checker what stands above
        choice.queryset = work.media.filter(role__in=FILMED_ROLES).order_by("created_at", "pk")
