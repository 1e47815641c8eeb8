"""The form of a remote engine. Its key can be typed and never be read."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footage.problems import Problem, gettext_noop
from generation.choices import Pipeline
from generation.domain.tools import TOOLS
from generation.domain.workflow import MOST_BYTES, check_names, read_names, read_workflow, write_names
from generation.models import Engine

CHAT, IMAGE, COMFYUI = Pipeline.OPENAI_CHAT.value, Pipeline.OPENAI_IMAGE.value, Pipeline.COMFYUI.value
SERVES: Mapping[str, tuple[str, ...]] = {
    CHAT: tuple(slug for slug, tool in TOOLS.items() if tool.makes == "text" and not tool.exercise_of),
    IMAGE: ("text-to-image", "image-to-image", "inpaint"),
    COMFYUI: tuple(slug for slug, tool in TOOLS.items() if tool.makes != "text" and not tool.exercise_of),
}
"""Tools that each kind of remote engine can serve."""
OFFERED = tuple(dict.fromkeys(slug for slugs in SERVES.values() for slug in slugs))
KEPT = ("temperature", "length_field", "body", "silence_seconds", "most_seconds", "pause_seconds")
"""Options this form doesn't show and leaves as they are."""


class ToolBoxes(forms.CheckboxSelectMultiple):
    """Tools, each marked with the kinds of engine that can serve it; the style sheet hides what the chosen kind can't."""

    def create_option(
        self, name: str, value: Any, label: int | str, selected: Any, index: int,
        subindex: int | None = None, attrs: dict[str, Any] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        option: dict[str, Any] = super().create_option(name, value, label, selected, index, subindex, attrs)
        option["attrs"]["data-kinds"] = " ".join(kind for kind, slugs in SERVES.items() if value in slugs)
        return option


class RemoteEngineForm(forms.Form):
    """Everything a call elsewhere needs; `facts` and `typed_secret` hold what services.engines.write_remote takes."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    slug = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=50,
        help_text=gettext_lazy("a–z, 0–9 and hyphens; stays for good."),
    )
    title_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120)
    title_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=120)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=200,
        help_text=gettext_lazy("https://api.example.com/v1; of a ComfyUI http://render-1:8188."),
    )
    secret = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=400,
        required=False,
        strip=True,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    forget = forms.BooleanField(label=gettext_lazy("Forget the key"), required=False)
    model = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("As the other side calls it."),
    )
    tools = forms.MultipleChoiceField(label=gettext_lazy("Tools it serves"), widget=ToolBoxes)
    licence = forms.CharField(
        label=gettext_lazy("Licence or terms"),
        max_length=120,
        help_text=gettext_lazy("Under which its outputs may be used."),
    )
    non_commercial = forms.BooleanField(label=gettext_lazy("No commercial use"), required=False)
    money_per_unit = forms.DecimalField(
        label=gettext_lazy("Price"), min_value=Decimal(0), max_digits=10, decimal_places=6, initial=Decimal(0)
    )
    priced_by = forms.ChoiceField(
        label=gettext_lazy("Price of"),
        choices=[
            ("output", gettext_lazy("one picture, film, sound or text")),
            ("unit", gettext_lazy("one step or token")),
        ],
    )
    width = forms.IntegerField(
        label=gettext_lazy("Width in pixels"), min_value=64, max_value=4096, required=False
    )
    height = forms.IntegerField(
        label=gettext_lazy("Height in pixels"), min_value=64, max_value=4096, required=False
    )
    fields_named = forms.CharField(
        label=gettext_lazy("Further fields"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "seed = seed\nnegative = negative_prompt"}),
        help_text=gettext_lazy(
            "One per line: our name = its name, for what it takes beyond the words and the size."
        ),
    )
    workflow = forms.FileField(
        label=gettext_lazy("Workflow"),
        required=False,
        help_text=gettext_lazy("A JSON file, saved in ComfyUI with “Export (API)”."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    names = forms.CharField(
        label=gettext_lazy("Named inputs"),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 5, "placeholder": "prompt = 6.text\nseed = 3.seed\nsource = 10.image"}
        ),
        help_text=gettext_lazy(
            "One per line: name = node.input. Names: prompt, negative, seed, steps, source, mask …"
        ),
    )

    def __init__(self, *args: Any, engine: Engine | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(engine) if engine else {"priced_by": "output", "kind": CHAT})
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.engine = engine
        _choice(self, "kind").choices = [(kind, Pipeline(kind).label) for kind in SERVES]
        _choice(self, "tools").choices = [(slug, _(TOOLS[slug].title)) for slug in OFFERED]
        if engine:
            del self.fields["slug"]
            self.fields["secret"].help_text = (
                _("One is kept, sealed. Type only to replace it.") if engine.sealed_secret else ""
            )
        if not (engine and engine.sealed_secret):
            del self.fields["forget"]

    @property
    def typed_secret(self) -> str | None:
        """The key as typed, empty to forget it, None to keep what is sealed."""
        if self.cleaned_data.get("forget"):
            return ""
        return self.cleaned_data["secret"] or None

    @property
    def engine_slug(self) -> str:
        return self.engine.slug if self.engine else str(self.cleaned_data["slug"])

    @property
    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        copied = ("title_en", "title_zh", "url", "tools", "licence", "money_per_unit")
        conditions = {name: value for name, value in self._conditions.items() if name != "non_commercial"}
        if given["non_commercial"]:
            conditions["non_commercial"] = True
        return {
            **{name: given[name] for name in copied}, "pipeline": given["kind"], "options": given["options"],
            "conditions": conditions,
        }  # fmt: skip

    @property
    def _conditions(self) -> Mapping[str, Any]:
        return self.engine.conditions if self.engine else {}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        kind = given.get("kind", "")
        wrong = [slug for slug in given.get("tools", ()) if slug not in SERVES.get(kind, OFFERED)]
        for slug in wrong:
            said = _("An engine of this kind can’t do “%(tool)s”.") % {"tool": _(TOOLS[slug].title)}
            self.add_error("tools", said)
        if kind in {CHAT, IMAGE} and not given.get("model"):
            self.add_error("model", _("Name the model, as the other side calls it."))
        given["options"] = self._options(kind, given)
        return given

    def _options(self, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
        kept = {
            name: value
            for name, value in (self.engine.options if self.engine else {}).items()
            if name in KEPT
        }
        shown = {name: given.get(name) for name in ("model", "width", "height", "priced_by")}
        if kind == IMAGE:
            shown["fields"] = self._read("fields_named", given, _read_fields)
        if kind == COMFYUI:
            shown |= self._workflow(given)
        return {**kept, **{name: value for name, value in shown.items() if value not in (None, "", {})}}

    def _workflow(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return workflow and names once they fit together; an edited engine keeps its workflow unless a file came."""
        nodes = self.engine.options.get("workflow") if self.engine else None
        if given.get("workflow"):
            nodes = self._read("workflow", given, _read_file)
        elif not nodes:
            self.add_error("workflow", _("Choose the workflow’s file."))
        names = self._read("names", given, read_names) or {}
        if nodes:
            self._read("names", given, lambda _text: check_names(nodes, names))
        return {"workflow": nodes, "names": names}

    def _read(self, field: str, given: Mapping[str, Any], reader: Any) -> Any:
        try:
            return reader(given.get(field) or "")
        except Problem as problem:
            if field not in self.errors:
                self.add_error(field, _(problem.template) % problem.params)
            return None


def _choice(form: forms.Form, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(name)
    return field


def _read_file(file: Any) -> Any:
    return read_workflow(file.read(MOST_BYTES + 1).decode("utf-8", "replace"))


def _read_fields(text: str) -> dict[str, str]:
    """Read lines `our name = its name`."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        ours, _equals, theirs = (part.strip() for part in line.partition("="))
        if not ours or not theirs or slugify(ours) != ours:
            raise Problem(
                gettext_noop("“%(text)s” can’t be read; write our name = its name."), text=line[:60]
            )
        found[ours] = theirs
    return found


def _initial(engine: Engine) -> dict[str, Any]:
    options = engine.options
    copied = ("title_en", "title_zh", "url", "tools", "licence", "money_per_unit")
    return {
        **{name: getattr(engine, name) for name in copied},
        **{name: options.get(name, "") for name in ("model", "width", "height")},
        "kind": engine.pipeline,
        "priced_by": options.get("priced_by", "unit"),
        "non_commercial": engine.conditions.get("non_commercial", False),
        "fields_named": "\n".join(
            f"{ours} = {theirs}" for ours, theirs in (options.get("fields") or {}).items()
        ),
        "names": write_names(options.get("names") or {}),
    }
