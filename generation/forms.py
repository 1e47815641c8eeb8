"""A tool's form, made from its description; what is wrong with an input is decided in domain.tools alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignments.models import Media
from generation.domain.direction import CHOICES
from generation.domain.tools import Input, Tool, validate
from generation.models import Engine


class WordSelect(forms.Select):
    """A choice of director's words; each option bears what it says to the engine, for the prompt shown live."""

    def __init__(self, words: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words

    def create_option(
        self, name: str, value: Any, label: int | str, selected: bool, index: int,
        subindex: int | None = None, attrs: dict[str, Any] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        option: dict[str, Any] = super().create_option(name, value, label, selected, index, subindex, attrs)
        if words := self.words.get(str(value)):
            option["attrs"]["data-words"] = words
        return option


class ToolForm(forms.Form):
    """Inputs of one tool, the source picture and, when there are several, the engine."""

    source = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        tool: Tool,
        engines: list[Engine],
        sources: Mapping[str, Media],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.tool, self.sources = tool, sources
        if len(engines) > 1:
            self.fields["engine"] = _engine_field(engines)
        options = engines[0].options if engines else {}
        for item in tool.inputs:
            self.fields[item.slug] = _field(item, item.within(options.get(item.slug, item.default)))

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[item.slug] for item in self.tool.inputs if not item.is_folded]

    @property
    def folded(self) -> list[forms.BoundField]:
        return [self[item.slug] for item in self.tool.inputs if item.is_folded]

    @property
    def is_folded_wrong(self) -> bool:
        return any(field.errors for field in self.folded)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = self.sources.get(str(given.get("source") or ""))
        given["source"] = chosen
        _request, problems = validate(self.tool, given, has_source=chosen is not None)
        for problem in problems:
            self.add_error(problem.slug, _(problem.template) % problem.params)
        return given


def _engine_field(engines: list[Engine]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Engine"),
        choices=[(engine.slug, engine.title) for engine in engines],
        required=False,
    )


def _field(item: Input, default: Any) -> forms.Field:
    common: dict[str, Any] = {
        "label": _(item.label),
        "help_text": _(item.help) if item.help else "",
        "required": item.is_required,
        "initial": None if item.slug == "seed" else default,
    }
    if item.kind == "choice":
        return forms.ChoiceField(choices=_choices(item), widget=WordSelect(_words(item)), **common)
    return forms.CharField(widget=_widget(item), strip=False, **common)


def _choices(item: Input) -> list[tuple[str, str]]:
    leave_open = [("", _("left open"))] if not item.default else []
    return [*leave_open, *((slug, _(label)) for slug, label in item.options)]


def _words(item: Input) -> dict[str, str]:
    return {word.slug: word.prompt for word in CHOICES.get(item.slug, ())} if item.is_direction else {}


def _widget(item: Input) -> forms.Widget:
    if item.kind == "lines":
        return forms.Textarea(attrs={"rows": 4, "maxlength": int(item.high)})
    if item.kind == "words":
        return forms.TextInput(attrs={"maxlength": int(item.high), "autocomplete": "off"})
    attrs = {
        "min": f"{item.low:.10g}",
        "max": f"{item.high:.10g}",
        "step": "1" if item.kind == "whole" else "any",
    }
    if item.slug == "seed":
        attrs["placeholder"] = _("at random")
    return forms.NumberInput(attrs=attrs)
