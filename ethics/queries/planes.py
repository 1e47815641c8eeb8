"""Reads: what a brief and the job records say of the sound planes."""

from __future__ import annotations

from fractions import Fraction

from assignments.choices import OverCap
from assignments.models import Brief, Cut, Media
from ethics.choices import AssessmentState, Result
from ethics.domain.sound_planes import TOOL_PLANES
from ethics.models import Assessment


def plane_caps(brief: Brief) -> tuple[tuple[str, Fraction], ...]:
    """Caps of other planes than the picture."""
    return () if brief.voice_cap is None else (("voice", Fraction(brief.voice_cap)),)


def planes_made(media: Media) -> tuple[str, ...]:
    """The sound plane that the tool which generated a medium makes sounds for; nothing of what people gave."""
    output = getattr(media, "output", None)
    plane = TOOL_PLANES.get(output.job.tool) if output else None
    return (plane,) if plane else ()


def voice_blocks_hand_in(cut: Cut) -> bool:
    """Whether the brief refuses films over a cap and the newest measure proves this one's voice to be over its own."""
    if cut.work.brief.over_cap != OverCap.BLOCK or cut.work.brief.voice_cap is None:
        return False
    found = Assessment.objects.filter(cut=cut, state=AssessmentState.DONE).order_by("-number").first()
    verdicts = (found.document or {}).get("verdicts", {}) if found else {}
    return bool(verdicts.get("voice", {}).get("result") == Result.OVER)
