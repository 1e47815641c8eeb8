"""Forms for decisions and appeals. What can't be is refused in services.deciding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ethics.choices import AppealState, Ruling
from ethics.models import Decision

Choice = tuple[str, str]
ANSWERS = [(AppealState.UPHELD.value, _("It stays as it was")), (AppealState.CHANGED.value, _("It changes"))]


class SecondsField(forms.CharField):
    """Exact seconds, as `3` or `1001/250`."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        try:
            return Fraction(text) if text else None
        except (ValueError, ZeroDivisionError) as fault:
            raise forms.ValidationError(_("This is no time in seconds.")) from fault


class RulingForm(forms.Form):
    """A ruling with what it rests on and why."""

    ruling = forms.ChoiceField(label=_("This stretch is"), choices=Ruling.choices, widget=forms.RadioSelect)
    grounds = forms.MultipleChoiceField(
        label=_("It rests on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Evidence of grade 1 and more. To leave the stretch open none is needed."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The crew reads it, and may appeal. It stands in the ledger as a fingerprint."),
    )

    def __init__(self, *args: Any, grounds: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grounds"].choices = list(grounds)  # type: ignore[attr-defined]  # a choice field


class DecisionForm(RulingForm):
    """A ruling on a stretch, with how many decisions the person had before them."""

    start = SecondsField(widget=forms.HiddenInput)
    end = SecondsField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class AppealForm(forms.Form):
    """What the crew says against the verdict, or against one decision."""

    decision = forms.ModelChoiceField(
        Decision.objects.none(),
        label=_("Against"),
        required=False,
        to_field_name="uuid",
        empty_label=_("the verdict as a whole"),
    )
    words = forms.CharField(
        label=_("What is wrong"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Say how it can be seen: which rush, which take, which layer of the timeline. Add new evidence to the "
            "work first; it is measured before somebody answers."
        ),
    )

    def __init__(
        self, *args: Any, decisions: Iterable[Decision], labels: dict[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["decision"]
        field.queryset = decisions  # type: ignore[attr-defined]  # a model choice field
        field.label_from_instance = lambda decision: labels[decision.pk]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer of somebody else; `ruling` and `grounds` when a decision was appealed and changes."""

    state = forms.ChoiceField(label=_("Your answer"), choices=ANSWERS, widget=forms.RadioSelect)
    ruling = forms.ChoiceField(
        label=_("If it changes, the stretch is"),
        choices=Ruling.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    grounds = forms.MultipleChoiceField(
        label=_("It rests on"), required=False, widget=forms.CheckboxSelectMultiple
    )
    answer = forms.CharField(
        label=_("Why"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The crew reads it."),
    )

    def __init__(self, *args: Any, grounds: Sequence[Choice] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if grounds is None:
            del self.fields["ruling"], self.fields["grounds"]
        else:
            self.fields["grounds"].choices = list(grounds)  # type: ignore[attr-defined]  # a choice field
