"""Words for declarations, decisions, appeals and the history of measurings."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import template
from django.utils.translation import gettext, gettext_lazy, ngettext

from ethics.domain.changes import Change
from ethics.domain.declaring import Agreement
from ethics.templatetags.evidence import evidence_words
from ui.components import formats
from ui.components.states import EVIDENCE_GRADES, PLANES

register = template.Library()

AGREEMENTS = {
    Agreement.AGREES: gettext_lazy("declared as traced"),
    Agreement.UNDECLARED: gettext_lazy("traced AI, not declared"),
    Agreement.UNTRACED: gettext_lazy("declared AI, not traced"),
    Agreement.UNPROVEN: gettext_lazy("declared human, not proven"),
    Agreement.CONFLICT: gettext_lazy("the evidence contradicts itself"),
}
AGREEMENT_ICONS = {
    Agreement.AGREES: "circle-check",
    Agreement.UNDECLARED: "octagon-alert",
    Agreement.UNTRACED: "circle-dot",
    Agreement.UNPROVEN: "circle-dashed",
    Agreement.CONFLICT: "triangle-alert",
}
CHANGES = {
    "first": gettext_lazy("The first measure of this work."),
    "cut": gettext_lazy("Version %(version)s of the cut, another film file."),
    "recut": gettext_lazy("Version %(version)s of the cut, the same film file."),
    "ruleset": gettext_lazy("The rules of the measure have changed."),
    "cap": gettext_lazy("The cap is now %(cap)s."),
    "declaration": gettext_lazy("The crew declared anew."),
    "admission": gettext_lazy("The crew admitted that a part is AI."),
    "withdrawal": gettext_lazy("The crew took an admission back."),
    "set_log": gettext_lazy("A set log was signed by both sides."),
    "decision": gettext_lazy("A teacher decided on an open stretch."),
    "same": gettext_lazy("The share stayed %(after)s."),
    "narrower": gettext_lazy("The interval became narrower: from %(before)s to %(after)s."),
    "wider": gettext_lazy("The interval became wider: from %(before)s to %(after)s."),
    "lower": gettext_lazy("The share fell from %(before)s to %(after)s."),
    "higher": gettext_lazy("The share rose from %(before)s to %(after)s."),
}


@register.filter
def agreement_words(agreement: str) -> str:
    """`{{ one.agreement|agreement_words }}`: how a declared stretch stands to what was traced."""
    return str(AGREEMENTS[Agreement(agreement)])


@register.filter
def agreement_icon(agreement: str) -> str:
    return AGREEMENT_ICONS[Agreement(agreement)]


@register.filter
def ground_words(ground: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """`{{ item|ground_words:names }}`: what a decision rests on, with its grade."""
    source = names.get(ground["source"]) or gettext("a file of another crew")
    if ground["kind"] == "seen":
        words = gettext("The teacher has looked at %(source)s together with the crew.") % {"source": source}
    else:
        words = evidence_words(ground, source=source)
    named = "" if not ground["source"] or source in words else f"{source}: "
    return f"{named}{words} ({EVIDENCE_GRADES[ground['grade']]})"


@register.filter
def change_words(change: Change) -> str:
    """`{{ change|change_words }}`: one difference between two measurings as a sentence."""
    params = dict(change.params)
    if change.code in {"media", "generated"}:
        return _added(change.code, params["names"])
    for name in ("before", "after"):
        if name in params:
            params[name] = formats.share_interval(*params[name])
    if "cap" in params:
        params["cap"] = formats.percent(params["cap"])
    return str(CHANGES[change.code]) % params


def _added(code: str, names: tuple[str, ...]) -> str:
    listed = {"count": len(names), "names": ", ".join(names)}
    if code == "generated":
        return (
            ngettext("A generated file came: %(names)s.", "Generated files came: %(names)s.", len(names))
            % listed
        )
    return ngettext("Own material came: %(names)s.", "Own material came: %(names)s.", len(names)) % listed


@register.filter
def plane_words(plane: str) -> str:
    """`{{ decision.plane|plane_words }}`: the plane's name."""
    return str(PLANES.get(plane, plane))


@register.filter
def hundredths(share: Fraction | float) -> str:
    """`{{ share.low|hundredths }}`: a share as per cent of a width, for SVG, with a point in every language."""
    return f"{float(share) * 100:.3f}"


@register.filter
def width_to(low: Fraction | float, high: Fraction | float) -> str:
    """`{{ low|width_to:high }}`: the width between two shares in per cent, at least a hairline."""
    return f"{max(0.4, (float(high) - float(low)) * 100):.3f}"


@register.filter
def interval_words(share: Any) -> str:
    """`{{ standing.decided.share|interval_words }}`: an interval as `25–50 %`."""
    return formats.share_interval(share.low, share.high)
