"""The share gauge: proven AI from the left, proven human from the right, unproven between, the cap."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import formats
from .formats import Number, exact

RESULTS: dict[str, str | Promise] = {"within": _("within"), "over": _("over"), "open": _("open")}
RESULT_TONES = {"within": "accent", "over": "danger", "open": "open"}
RESULT_ICONS = {"within": "circle-check", "over": "octagon-alert", "open": "circle-dashed"}


@dataclass(frozen=True, slots=True)
class Gauge:
    """Geometry in per cent of the width (numbers for SVG), and the words beside it."""

    lo: float
    hi: float
    cap: float | None
    robust: float | None
    share: str
    cap_text: str
    robust_text: str
    result: str
    result_label: str | Promise

    @property
    def open_width(self) -> float:
        return round(self.hi - self.lo, 3)

    @property
    def human_width(self) -> float:
        return round(100 - self.hi, 3)


def verdict(lo: Number, hi: Number, cap: Number | None) -> str:
    """Return within, over or open (MEASURE §1); empty without a cap."""
    if cap is None:
        return ""
    if exact(hi) <= exact(cap):
        return "within"
    return "over" if exact(lo) > exact(cap) else "open"


def _place(value: Number | None) -> float | None:
    return None if value is None else round(float(min(max(exact(value), exact(0)), exact(1)) * 100), 3)


def gauge(lo: Number, hi: Number, *, cap: Number | None = None, robust: Number | None = None) -> Gauge:
    """Lay out the gauge of a share interval; all numbers are shares 0..1."""
    result = verdict(lo, hi, cap)
    return Gauge(
        lo=_place(lo) or 0.0,
        hi=_place(hi) or 0.0,
        cap=_place(cap),
        robust=_place(robust),
        share=formats.share_interval(lo, hi, cap=cap),
        cap_text="" if cap is None else formats.percent(cap),
        robust_text="" if robust is None else formats.percent(robust),
        result=result,
        result_label=RESULTS.get(result, ""),
    )
