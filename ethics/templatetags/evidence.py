"""Words for what an assessment says in codes: evidence, reasons, names instead of ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from django import template
from django.utils.translation import gettext, gettext_lazy, ngettext

from assignments.models import Media
from ethics.models import Assessment
from ethics.templatetags.degree import tell_degree
from footage.problems import gettext_noop
from ui.components.states import EVIDENCE_GRADES
from ui.problems import sentence

register = template.Library()
PADDING_GAP = 0.05

EVIDENCE = {
    "frame-match": gettext_noop("The picture agrees frame by frame with %(source)s."),
    "sound-match": gettext_noop("The sound agrees with %(source)s."),
    "text-match": gettext_noop("%(agreeing)s words in a row stand in %(source)s, but for small changes."),
    "script-record": gettext_noop("The saved versions show it growing by hand."),
    "file-hash": gettext_noop("The film is this very file."),
    "stream-match": gettext_noop("The film’s coded picture is that of this file, byte for byte."),
    "samples-match": gettext_noop("The film’s sound is that of this file, sample for sample."),
    "composite": gettext_noop(
        "The platform put this picture together; its plate fills %(share)s of the frame."
    ),
    "vouched": gettext_noop("The rush is vouched for."),
    "capture-camera": gettext_noop("The camera's own facts agree with the file."),
    "capture-handles": gettext_noop("The take runs longer than what the cut shows of it."),
    "capture-sound": gettext_noop("The take has sync sound."),
    "capture-takes": gettext_noop("There are several takes of this set-up."),
    "capture-motion": gettext_noop("The picture moves when the camera’s motion sensor says that it turns."),
    "capture-log": gettext_noop("A set log that one of the crew and a teacher have signed covers it."),
    "admission": gettext_noop("The crew says that it was made with %(tool)s."),
    "c2pa-ai": gettext_noop("The file’s content credentials say that AI made it."),
    "c2pa-mixed": gettext_noop("The file’s content credentials say that AI made a part of it."),
    "c2pa-human": gettext_noop(
        "The file’s content credentials say that a camera took it, or that people made it."
    ),
    "c2pa-forged": gettext_noop(
        "The file’s content credentials claim that a camera took it, but they don’t hold."
    ),
    "iptc-ai": gettext_noop("The file’s IPTC source type says that AI made it."),
    "iptc-mixed": gettext_noop("The file’s IPTC source type says that AI made a part of it."),
    "iptc-human": gettext_noop("The file’s IPTC source type says that it was captured, or made by people."),
    "aigc-ai": gettext_noop("The file carries the AI label of GB 45438."),
    "generator-ai": gettext_noop("A generator wrote its settings into the file."),
    "camera-human": gettext_noop("The file carries facts of a camera that agree with one another."),
}
HEAT_COLUMNS = 32
REASONS = {
    "unknown": gettext_lazy("Nothing matches this stretch: add the rush it was cut from."),
    "unmatched": gettext_lazy("Nothing matches this stretch: add the rush it was cut from."),
    "partly": gettext_lazy(
        "A rush matches, but something else lies over a part of it: add what lies there, or say what it is."
    ),
    "attached": gettext_lazy(
        "A rush matches, but little speaks for its being a camera original: upload the file as the camera wrote it, or have "
        "a set log about it signed."
    ),
    "other": gettext_lazy("It matches material of another crew."),
    "mixed": gettext_lazy("A generated element lies over a plate: hand in the timeline with its layers."),
    "conflict": gettext_lazy("A rush and a generated file both match: your instructor decides."),
    "black": gettext_lazy("black"),
    "plain": gettext_lazy("plain ground"),
    "held": gettext_lazy("a held frame"),
    "repeat": gettext_lazy("shown before"),
    "titles": gettext_lazy("titles on plain ground"),
    "silence": gettext_lazy("silence"),
    "other-plane": gettext_lazy("nothing of this plane is heard"),
    "unwritten": gettext_lazy(
        "No version shows this passage growing: it came in at once, or there is no record of the writing."
    ),
}


def evidence_words(item: Mapping[str, Any], *, source: str) -> str:
    """Say one piece of evidence; kinds from a newer ruleset keep the note they came with."""
    wording = EVIDENCE.get(item["kind"])
    return (
        gettext(wording) % {**item.get("params", {}), "source": source}
        if wording
        else str(item.get("note", ""))
    )


def reason_words(code: str) -> str:
    return str(REASONS.get(code, code))


def for_people(document: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return a copy of an assessment with file names for ids and sentences for codes, for the components of ui.

    Args:
        names: What the crew called each medium, by its id; material of other works has no name here.
    """
    told = deepcopy(dict(document))
    names = {**_admitted(document), **names}
    for plane in told["planes"].values():
        for segment in plane["segments"]:
            segment["why"] = reason_words(segment["why"]) if segment.get("why") else ""
            for source in segment["sources"]:
                _name(source, names)
    for item in told["verdict"]["todo"]:
        item["why"] = reason_words(item["why"])
    tell_degree(told["hcid"], lambda identifier: _called(identifier, names))
    return told


def _admitted(document: Mapping[str, Any]) -> dict[str, str]:
    """What admissions are called, by their ids."""
    return {
        source["id"]: gettext("admitted: %(tool)s") % item["params"]
        for plane in document["planes"].values()
        for segment in plane["segments"]
        for source in segment["sources"]
        for item in source["evidence"]
        if item["kind"] == "admission"
    }


def _name(source: dict[str, Any], names: Mapping[str, str]) -> None:
    source["media"] = source["id"] if source["id"] in names else ""
    source["id"] = (
        gettext("the script’s versions") if source["kind"] == "record" else _called(source["id"], names)
    )
    for item in source["evidence"]:
        item["note"] = evidence_words(item, source=source["id"])


def _called(identifier: str, names: Mapping[str, str]) -> str:
    return names.get(identifier) or gettext("a file of another crew")


@register.filter
def problem_words(problem: Mapping[str, Any] | None) -> str:
    """`{{ assessment.problem|problem_words }}`: why it could not be measured."""
    return sentence(problem) if problem else ""


@register.filter
def verdict_words(assessment: Assessment) -> str:
    """`{{ assessment|verdict_words }}`: the verdict as a sentence with what follows from it."""
    verdict = (assessment.document or {})["verdict"]
    if verdict["result"] == "over":
        return gettext("More is proven AI than the cap allows.")
    if verdict["result"] == "within":
        return gettext("Even if everything unknown were AI, the film keeps the cap.")
    if verdict.get("enough") is None:
        return gettext("What is proven keeps the cap, what is unknown could break it.")
    return ngettext(
        "Prove the longest unknown shot and the film is within the cap.",
        "Prove the %(count)s longest unknown shots and the film is within the cap.",
        verdict["enough"],
    ) % {"count": verdict["enough"]}


@register.filter
def degree_words(assessment: Assessment) -> str:
    """`{{ assessment|degree_words }}`: the degree as one number or an interval, 0 to 100."""
    low, high = round(assessment.hcid_low or 0), round(assessment.hcid_high or 0)
    return str(low) if low == high else f"{low}–{high}"


@register.filter
def hides_padding(assessment: Assessment) -> bool:
    """`{% if assessment|hides_padding %}`: the robust share is more than five points above the proven one."""
    picture = (assessment.document or {})["planes"]["picture"]
    return bool(picture["robust"] - picture["share"][0] > PADDING_GAP)


@register.filter
def grade_words(grade: int) -> str:
    """`{{ item.grade|grade_words }}`: cryptographic, content-bound, corroborated or declared."""
    return str(EVIDENCE_GRADES[grade])


@register.filter
def media_in(source: Mapping[str, Any], media: Mapping[str, Media]) -> Media | None:
    """`{{ source|media_in:media }}`: the medium a source stands for; None for another crew's."""
    return media.get(source.get("media", ""))


@register.filter
def moment(segment: Mapping[str, Any]) -> str:
    """`{{ url }}{{ segment|moment }}`: a media fragment in the middle of the segment."""
    return f"#t={(segment['start'] + segment['end']) / 2:.3f}"


@register.filter
def source_moment(source: Mapping[str, Any]) -> str:
    """`{{ url }}{{ source|source_moment }}`: a media fragment where the source is used."""
    return f"#t={source['source_start'] + 0.04:.3f}"


@register.filter
def heat_in(source: Mapping[str, Any], heats: Sequence[Mapping[str, Any]]) -> list[dict[str, int]]:
    """`{% with cells=source|heat_in:found %}`: places of the frame that agree with a source: x, y and strength 1 to 9."""
    found = next((heat for heat in heats if heat["source"] == source["media"]), None)
    digits = found["cells"] if found else ""
    return [
        {"x": place % HEAT_COLUMNS, "y": place // HEAT_COLUMNS, "strength": int(digit)}
        for place, digit in enumerate(digits)
        if digit != "0"
    ]


@register.filter
def heats_of(segment: Mapping[str, Any], heats: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """`{% with found=segment|heats_of:heats %}`: the maps made inside a segment, the one that covers most of it first."""
    return sorted(
        (heat for heat in heats if _shared_seconds(segment, heat) > 0),
        key=lambda heat: -_shared_seconds(segment, heat),
    )


def _shared_seconds(segment: Mapping[str, Any], heat: Mapping[str, Any]) -> float:
    return float(min(segment["end"], heat["end"]) - max(segment["start"], heat["start"]))
