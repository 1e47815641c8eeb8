"""Forms of the assignments room."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from assignments.choices import FILMED_ROLES, MediaRole, MediaState, ReleaseKind
from assignments.models import Brief, Media, Work


class MediaChoice(forms.ModelChoiceField[Media]):
    def label_from_instance(self, obj: Media) -> str:
        return str(obj.name)


class BudgetForm(forms.ModelForm[Brief]):
    """What may be spent on generating for a brief."""

    class Meta:
        model = Brief
        fields: ClassVar = ["gpu_seconds", "gpu_seconds_person", "gpu_seconds_all", "money_limit"]
        labels: ClassVar = {
            "gpu_seconds": _("Each work, in GPU-seconds"),
            "gpu_seconds_person": _("Each person, in GPU-seconds"),
            "gpu_seconds_all": _("All works together, in GPU-seconds"),
            "money_limit": _("Each work at engines elsewhere, in money"),
        }
        help_texts: ClassVar = {
            "gpu_seconds": _("A picture takes a few seconds, a clip some tens."),
            "gpu_seconds_person": _("Empty: only the work’s budget counts."),
            "gpu_seconds_all": _("Empty: no limit."),
            "money_limit": _("In the school’s currency; 0 keeps paid engines closed."),
        }

    def clean_money_limit(self) -> Decimal:
        money: Decimal = self.cleaned_data["money_limit"]
        if money < 0:
            raise forms.ValidationError(_("Money to spend can’t be less than nothing. Put 0 for none."))
        return money


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


class DateInput(forms.DateInput):
    """The browser's own calendar, which speaks ISO 8601."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class ReleaseForm(forms.Form):
    """What a real person allows, as they signed it. What can't be is decided in services.record_release."""

    person = forms.CharField(
        label=_("Name of the person"),
        max_length=120,
        help_text=_("As it was signed."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("They allow the use of"), choices=ReleaseKind.choices, widget=forms.CheckboxSelectMultiple
    )
    purpose = forms.CharField(
        label=_("What they agreed to"),
        max_length=300,
        help_text=_("In words they would use: which scenes, which lines, where the film will be shown."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    signed_on = forms.DateField(label=_("Signed on"), widget=DateInput())
    expires_on = forms.DateField(
        label=_("Holds until"),
        required=False,
        widget=DateInput(),
        help_text=_("Left open, it holds until it is revoked."),
    )
    sheet = forms.FileField(
        label=_("Signed sheet"),
        help_text=_("PDF, JPEG or PNG, at most 25 MB. Only the makers and their teachers can fetch it."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )


class FilmedChoice(forms.ModelMultipleChoiceField[Media]):
    def label_from_instance(self, obj: Media) -> str:
        return str(obj.name)


class SetLogForm(forms.Form):
    """What a crew noted on the set. What can't be is decided in services.set_logs."""

    covers = FilmedChoice(
        Media.objects.none(),
        label=_("Files this is about"),
        to_field_name="uuid",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the files this entry is about.")},
    )
    shot_on = forms.DateField(label=_("Shot on"), widget=DateInput())
    place = forms.CharField(
        label=_("Place"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    people = forms.CharField(
        label=_("Who was there"),
        max_length=300,
        help_text=_("Before and behind the camera."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    device = forms.CharField(
        label=_("Shot with"),
        max_length=120,
        help_text=_("The camera, telephone or recorder, as one would find it in the store."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scene = forms.CharField(label=_("Scene"), max_length=40, required=False)
    take = forms.CharField(label=_("Take"), max_length=40, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, work: Work, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        filmed = self.fields["covers"]
        assert isinstance(filmed, FilmedChoice)  # noqa: S101  # tells the type checker what stands above
        filmed.queryset = work.media.filter(role__in=FILMED_ROLES).order_by("created_at", "pk")
