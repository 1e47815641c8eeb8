"""A tool's form, made from its description; what is wrong with an input is decided in domain.tools alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignments.models import Media, Release
from generation.domain.direction import CHOICES, Word
from generation.domain.style_packs import STYLE_PACKS
from generation.domain.tools import Input, MediaInput, Tool, validate
from generation.forms.looks import LOOK, look_fields
from generation.models import Engine
from generation.queries import material
from generation.queries.engines import adapters_over

ABOUT = {pack.slug: pack.about for pack in STYLE_PACKS}
A_PAGE = 8_000
"""Letters from which a field is as high as a page of a script."""
NO_MATERIALS: Mapping[str, Media] = MappingProxyType({})


class WordSelect(forms.Select):
    """A choice of director's words; each option bears what it says to the engine in both languages, for the prompt
    shown live, and, where it is a style pack, what the pack is about.
    """

    def __init__(self, words: Mapping[str, Word], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words

    def create_option(
        self, name: str, value: Any, label: int | str, selected: bool, index: int,
        subindex: int | None = None, attrs: dict[str, Any] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        option: dict[str, Any] = super().create_option(name, value, label, selected, index, subindex, attrs)
        if word := self.words.get(str(value)):
            option["attrs"] |= {"data-words": word.prompt, "data-words-zh": word.prompt_zh}
        if about := ABOUT.get(str(value)):
            option["attrs"]["title"] = _(about)
        return option


class ToolForm(forms.Form):
    """Inputs of one tool, the source picture, further media and, when there are several, the engine.

    `cleaned_data` holds the source as Media, the further media under `media`, as lists by their use, and under `people`
    the releases of whoever is shown or heard: empty for nobody real, None where the question was left open.

    Args:
        sources: Media the tool may begin with, by uuid.
        materials: All media of the work that a tool may use, by uuid; each further medium offers those of its kind.
        people: Releases to choose from; None where the tool has no reason to ask.
    """

    source = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        tool: Tool,
        engines: list[Engine],
        sources: Mapping[str, Media],
        materials: Mapping[str, Media] = NO_MATERIALS,
        people: Sequence[Release] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.tool, self.sources, self.materials = tool, sources, materials
        if len(engines) > 1:
            self.fields["engine"] = _engine_field(engines)
        options = engines[0].options if engines else {}
        for item in tool.inputs:
            self.fields[item.slug] = _field(item, item.within(options.get(item.slug, item.default)))
        self.fields.update(look_fields(adapters_over(engines), several=len(engines) > 1))
        for wanted in tool.media:
            self.fields[wanted.field] = MediaField(wanted, offered=self.offered(wanted))
        if people is not None:
            self.fields["people"] = PeopleField(people)

    def offered(self, wanted: MediaInput) -> list[Media]:
        """Media of the kinds that a further medium of the tool may be."""
        return [media for media in self.materials.values() if material(media).kind in wanted.kinds]

    @property
    def further(self) -> list[tuple[MediaInput, forms.BoundField, list[Media]]]:
        """Each further medium of the tool with its field and what may be chosen."""
        return [(wanted, self[wanted.field], self.offered(wanted)) for wanted in self.tool.media]

    @property
    def is_painted(self) -> bool:
        """Whether a mask or a pose may be painted on the page."""
        return any(wanted.drawn_on for wanted in self.tool.media)

    @property
    def shown(self) -> list[forms.BoundField]:
        inputs = [self[item.slug] for item in self.tool.inputs if not item.is_folded]
        return inputs + [self[name] for name in LOOK if name in self.fields]

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
        given["media"] = {wanted.use: given.pop(wanted.field, []) for wanted in self.tool.media}
        _request, problems = validate(
            self.tool, given, has_source=chosen is not None, source=material(chosen) if chosen else None,
            media={use: [material(each) for each in media] for use, media in given["media"].items()},
        )  # fmt: skip
        for problem in problems:
            self.add_error(problem.slug, _(problem.template) % problem.params)
        return given


class MediaField(forms.MultipleChoiceField):
    """Media of the work for one use, chosen by uuid; becomes a list of Media in the order they were sent."""

    def __init__(self, wanted: MediaInput, *, offered: list[Media]) -> None:
        self.by_uuid = {str(media.uuid): media for media in offered}
        super().__init__(
            label=_(wanted.label),
            help_text=_(wanted.help) if wanted.help else "",
            required=False,
            choices=[(uuid, media.name) for uuid, media in self.by_uuid.items()],
            widget=forms.CheckboxSelectMultiple(),
        )

    def clean(self, value: Any) -> list[Media]:
        chosen: list[str] = super().clean([uuid for uuid in value or () if uuid])
        return [self.by_uuid[uuid] for uuid in dict.fromkeys(chosen)]


class PeopleField(forms.MultipleChoiceField):
    """Who is shown or heard: nobody real, or people whose release stands; None while it is left open."""

    NOBODY = "nobody"

    def __init__(self, people: Sequence[Release]) -> None:
        self.by_uuid = {str(release.uuid): release for release in people}
        super().__init__(
            label=_("Does it show or sound like a real person?"),
            help_text=_(
                "Needed where a reference is given. People stand here once their release is approved."
            ),
            required=False,
            choices=[
                (self.NOBODY, _("nobody real")),
                *((uuid, release.person) for uuid, release in self.by_uuid.items()),
            ],
            widget=forms.CheckboxSelectMultiple(),
        )

    def clean(self, value: Any) -> list[Release] | None:
        chosen: list[str] = super().clean(value)
        if self.NOBODY in chosen and len(chosen) > 1:
            raise forms.ValidationError(_("It is either nobody real, or somebody. Untick one."))
        return [self.by_uuid[uuid] for uuid in chosen if uuid != self.NOBODY] if chosen else None


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


def _choices(item: Input) -> list[tuple[str, Any]]:
    leave_open: list[tuple[str, Any]] = [("", _("left open"))] if not item.default else []
    if item.slug == "style":
        return [*leave_open, *_packs()]
    return [*leave_open, *((slug, _(label)) for slug, label in item.options)]


def _packs() -> list[tuple[str, list[tuple[str, str]]]]:
    """Style packs in their two groups."""
    groups = (("region", _("Regions")), ("stock", _("Film stocks")))
    return [
        (title, [(pack.slug, _(pack.title)) for pack in STYLE_PACKS if pack.kind == kind])
        for kind, title in groups
    ]


def _words(item: Input) -> dict[str, Word]:
    return {word.slug: word for word in CHOICES.get(item.slug, ())} if item.is_direction else {}


def _widget(item: Input) -> forms.Widget:
    if item.kind == "lines":
        rows = 12 if item.high >= A_PAGE else 4
        return forms.Textarea(attrs={"rows": rows, "maxlength": int(item.high)})
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
