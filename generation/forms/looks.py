"""The fields that put an adapter over an engine: which look, and how strongly."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _

from generation.models import Adapter
from generation.services.adapters import HIGH, LOW

LOOK = ("adapter", "adapter_weight")


def look_fields(adapters: Sequence[Adapter], *, several: bool) -> dict[str, forms.Field]:
    """Return the fields by name; none where there is nothing to choose.

    Args:
        several: Of several engines each look says which one it was made for.
    """
    if not adapters:
        return {}
    choices = [("", _("none")), *((_value(each), _label(each, several=several)) for each in adapters)]
    which = forms.ChoiceField(
        label=_("Look"), choices=choices, required=False,
        help_text=_("An adapter trained on a style, a character or a place, put over the engine."),
    )  # fmt: skip
    strength = forms.FloatField(
        label=_("Strength of the look"), required=False, min_value=LOW, max_value=HIGH,
        widget=forms.NumberInput(attrs={"step": "0.05", "placeholder": f"{adapters[0].weight:g}"}),
    )  # fmt: skip
    return dict(zip(LOOK, (which, strength), strict=True))


def _value(adapter: Adapter) -> str:
    return f"{adapter.engine.slug}/{adapter.slug}"


def _label(adapter: Adapter, *, several: bool) -> str:
    words = [adapter.title]
    if several:
        words.append(adapter.engine.title)
    if adapter.person:
        words.append(_("draws %(person)s") % {"person": adapter.person})
    return " · ".join(words)
