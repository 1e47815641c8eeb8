"""Words for the human creative intervention degree: what each term rests on, and what would raise it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from ethics.choices import Criterion
from ethics.domain.records import Records
from ethics.domain.reflection import MOST_MARKS
from ethics.domain.share import share_of
from ethics.models import Rating
from ui.components import formats
from ui.components.states import state_of
from ui.components.waterfall import TERMS

register = template.Library()
LEAST_SAID = 0.005
Called = Callable[[str], str]

PARTS: Mapping[str, str | Promise] = {
    "versions": gettext_lazy("versions of the cut"),
    "arrangement": gettext_lazy("arrangement over sources"),
    "shooting_ratio": gettext_lazy("shooting ratio"),
    "timeline": gettext_lazy("work in the timeline"),
    "written": gettext_lazy("written by hand"),
    "drafted": gettext_lazy("drafted by an engine"),
    "unrecorded": gettext_lazy("without a record"),
    "voice": gettext_lazy("voice"),
    "music": gettext_lazy("music"),
    "effects": gettext_lazy("effects"),
    **{choice.value: choice.label for choice in Criterion},
}
FACTORS: Mapping[str, str | Promise] = {
    "control": gettext_lazy("own input"),
    "direction": gettext_lazy("director’s form"),
    "iteration": gettext_lazy("steps"),
    "selection": gettext_lazy("choice among candidates"),
    "alteration": gettext_lazy("work afterwards"),
}
PROFILES: Mapping[str, str | Promise] = {
    "no-ai": gettext_lazy("no AI"),
    "ai-planning": gettext_lazy("AI for planning"),
    "ai-collaboration": gettext_lazy("AI as a collaborator"),
    "full-ai": gettext_lazy("full AI"),
    "ai-exploration": gettext_lazy("AI exploration"),
}
STAGES: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "conception": (gettext_lazy("Conception"), gettext_lazy("story and script")),
    "translation": (
        gettext_lazy("Translation"),
        gettext_lazy("what led the engines: own input, direction, steps"),
    ),
    "execution": (
        gettext_lazy("Execution"),
        gettext_lazy("what people shot, played and recorded themselves"),
    ),
    "oversight": (gettext_lazy("Oversight"), gettext_lazy("choice, work afterwards, edit, reflection")),
    "open": (gettext_lazy("Open"), gettext_lazy("not proven yet")),
}
WAYS: Mapping[str, str | Promise] = {
    "prove": gettext_lazy("Prove the open shots: add the rushes they were cut from."),
    "control": gettext_lazy(
        "Let something of your own lead the engine, most of all for %(source)s: your footage, a drawing, a pose that "
        "can be seen in what comes out."
    ),
    "direction": gettext_lazy("Fill in the director’s form to the end, most of all for %(source)s."),
    "selection": gettext_lazy(
        "Look at more candidates large before you take one, most of all for %(source)s; ones that look the same count once."
    ),
    "alteration": gettext_lazy(
        "Work on it after it is generated, most of all on %(source)s: composite, paint, frame anew, retime."
    ),
    "timeline": gettext_lazy("Hand in the timeline of your editor with the cut."),
    "script": gettext_lazy("Write the script here, or paste it in as it grows: there is none yet."),
    "script-record": gettext_lazy(
        "Write on in the script editor: passages that came in at once are open, passages that grew by hand are yours."
    ),
    "script-rewrite": gettext_lazy("Write the drafted passages of the script yourselves."),
    "prove-voice": gettext_lazy("Prove the voices: add the recordings they come from."),
    "prove-music": gettext_lazy("Prove the music: add its recording or its sheet."),
    "prove-effects": gettext_lazy("Prove the sound effects: add the recordings they come from."),
    "record-voice": gettext_lazy("Record the voices with your own actors."),
    "record-music": gettext_lazy("Play or compose the music yourselves."),
    "record-effects": gettext_lazy("Record the sound effects yourselves."),
    "reflection": gettext_lazy(
        "Keep the decision log and talk your teacher through it: nobody has rated it yet."
    ),
    "reflection-more": gettext_lazy("Say more in the decision log and in the talk about it."),
}


def tell_degree(hcid: dict[str, Any], called: Called) -> None:
    """Put words into the `hcid` part of a document: names for ids, evidence, and what would raise each term.

    Args:
        called: What the crew calls a medium, by its id.
    """
    for term in hcid["terms"].values():
        for source in term["sources"]:
            source["id"] = called(source["id"]) if source["id"] else gettext("unknown")
            source["share"] = source["time"]
            source["note"] = source["id"] + _factors_words(source)
        if term["parts"]:
            term["evidence"] = [part_words(name, value) for name, value in term["parts"].items()]
        elif term["sources"]:
            term["sources"].sort(key=lambda source: -source["time"])
    for way in hcid.get("raise", []):
        way["words"] = way_words(way, called)
        term = hcid["terms"].get(way["term"])
        if term is not None:
            term.setdefault("raise", way["words"])


def way_words(way: Mapping[str, Any], called: Called) -> str:
    """Say what to do; ways of a newer ruleset keep their code."""
    if way["code"] == "iteration":
        return ngettext(
            "Try another setting and compare, most of all for %(source)s.",
            "Try %(count)d other settings and compare, most of all for %(source)s; another seed alone counts nothing.",
            way["count"],
        ) % {"count": way["count"], "source": called(way["source"])}
    if way["code"] == "versions":
        return ngettext(
            "Cut again: save a version that differs from the others.",
            "Cut again: save %(count)d more versions that differ from one another.",
            way["count"],
        ) % {"count": way["count"]}
    if way["code"] == "shooting-ratio":
        return gettext(
            "Bring in everything you shot: with %(count)d times what the cut uses, there is much to choose from."
        ) % {"count": way["count"]}
    wording = WAYS.get(way["code"])
    return str(wording) % {"source": called(way["source"])} if wording else str(way["code"])


def part_words(name: str, value: list[float]) -> str:
    """Say one part of a term, as `shooting ratio 35 %`; open ones as an interval."""
    return f"{PARTS.get(name, name)} {formats.share_interval(*value)}"


def _factors_words(source: Mapping[str, Any]) -> str:
    """What people did around a generated source, as ` (control 40 %, selection 50 %)`; empty when nothing is known."""
    most = source.get("most") or source.get("factors") or {}
    known = [
        f"{FACTORS[name]} {formats.share_interval(source['factors'].get(name, 0), high)}"
        for name, high in most.items()
        if name in FACTORS and high >= LEAST_SAID
    ]
    return f" ({', '.join(known)})" if known else ""


@register.filter
def profile_words(profile: Mapping[str, Any]) -> str:
    """`{{ document.hcid.profile|profile_words }}`: the level of the scale whose weights were used."""
    name = PROFILES.get(profile["name"], profile["name"])
    return gettext("level %(level)d, %(name)s") % {"level": profile["level"], "name": name}


@register.filter
def stages_said(hcid: Mapping[str, Any]) -> list[dict[str, str]]:
    """`{% with stages=document.hcid|stages_said %}`: the points of every stage of co-authorship; none in old documents."""
    return [
        {"label": str(STAGES[name][0]), "help": str(STAGES[name][1]), "points": formats.one_decimal(points)}
        for name, points in hcid.get("stages", {}).items()
        if name in STAGES
    ]


@register.filter
def term_name(letter: str) -> str:
    """`{{ way.term|term_name }}`: the term a letter stands for."""
    return str(TERMS[letter][0])


@register.filter
def points_words(points: float) -> str:
    """`{{ way.points|points_words }}`: points to one decimal."""
    return formats.one_decimal(points)


@register.filter
def letters(place: float) -> str:
    """`{{ segment.start|letters }}`: a place in a text, counted from 1 as people do."""
    return f"{int(place) + 1:,}"


@register.filter
def script_told(records: Records) -> dict[str, Any]:
    """`{% with plane=record|script_told %}`: the script's AI share and its passages with their states in words."""
    segments = records.script_plane()
    share = share_of(segments).share
    return {
        "share": [float(share.low), float(share.high)],
        "passages": [
            {
                "state": str(one.state),
                "label": state_of(str(one.state)).label,
                "text": records.script[int(one.start) : int(one.end)],
            }
            for one in segments
        ],
    }


@register.filter
def marks_said(rating: Rating) -> list[tuple[str, str]]:
    """`{% for label, mark in rating|marks_said %}`: every criterion with its mark of 4, or a dash."""
    return [
        (
            str(choice.label),
            f"{rating.marks[choice.value]} / {MOST_MARKS}" if choice.value in rating.marks else "–",
        )
        for choice in Criterion
    ]
