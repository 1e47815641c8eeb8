"""Forms of the assignments room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assignments.choices import MediaRole, MediaState
from assignments.models import Media, Work


class MediaChoice(forms.ModelChoiceField[Media]):
    def label_from_instance(self, obj: Media) -> str:
        return str(obj.name)


class CutForm(forms.Form):
    """A new version of the film, from files of the work that are ready."""

    film = MediaChoice(Media.objects.none(), label=_("Film"), to_field_name="uuid", empty_label=None)
    timeline = MediaChoice(
        Media.objects.none(),
        label=_("Timeline"),
        to_field_name="uuid",
        required=False,
        empty_label=_("none"),
        help_text=_("With the timeline of your editor more of the film can be proven."),
    )
    note = forms.CharField(
        label=_("What is new"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, work: Work, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready = work.media.filter(state=MediaState.READY).order_by("-created_at", "-pk")
        for name, role in (("film", MediaRole.FILM), ("timeline", MediaRole.TIMELINE)):
            choice = self.fields[name]
            assert isinstance(choice, MediaChoice)  # noqa: S101  # tells the type checker what stands above
            choice.queryset = ready.filter(role=role)
