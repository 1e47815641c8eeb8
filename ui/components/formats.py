"""Times, shares and sizes as words that fit a line: timecodes, percentages, bytes, durations."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

Number = int | float | Fraction | Decimal | str
NBSP = "\N{NO-BREAK SPACE}"
EN_DASH = "\N{EN DASH}"


def exact(value: Number) -> Fraction:
    """Read seconds, a share or a rate ("30000/1001") exactly; floats are taken to the nearest millionth."""
    if isinstance(value, float):
        return Fraction(value).limit_denominator(1_000_000)
    return Fraction(value)


def timecode(seconds: Number, *, fps: Number = 25) -> str:
    """Return HH:MM:SS:FF, non-drop, counting frames at the rounded rate as editors do (SMPTE ST 12-1).

    Args:
        seconds: From 0.
        fps: Frames per second, such as 25, "24000/1001"; 25 where it is 0.
    """
    rate = exact(fps) or Fraction(25)
    nominal = max(1, round(rate))
    frames = int(exact(seconds) * rate + Fraction(1, 2))
    whole, frame = divmod(frames, nominal)
    width = max(2, len(str(nominal - 1)))
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}:{frame:0{width}d}"


def percent(value: Number, *, decimals: int = 0) -> str:
    """Return a share 0..1 as "34 %" (no-break space), half to even."""
    return f"{round(float(exact(value) * 100), decimals):.{decimals}f}{NBSP}%"


def one_decimal(value: Number) -> str:
    """Return a number with at most one decimal: "45", "22.5"."""
    return f"{round(float(exact(value)), 1):g}"


def _outward(lo: Fraction, hi: Fraction, step: int) -> tuple[Fraction, Fraction]:
    return Fraction(lo * step // 1, step), Fraction(-(-hi * step // 1), step)


def share_bounds(lo: Number, hi: Number, *, cap: Number | None = None) -> tuple[str, str]:
    """Return both bounds in per cent without the sign, rounded outward so that the truth stays inside.

    Whole per cents, unless whole ones would tell another verdict than the exact bounds do; then one decimal.
    """
    low, high = exact(lo), exact(hi)
    coarse = _outward(low, high, 100)
    if cap is not None and _tells_another(exact(cap), (low, high), coarse):
        fine = _outward(low, high, 1000)
        return f"{float(fine[0] * 100):.1f}", f"{float(fine[1] * 100):.1f}"
    if round(low, 6) == round(high, 6):
        return (f"{round(low * 100)}",) * 2
    return f"{int(coarse[0] * 100)}", f"{int(coarse[1] * 100)}"


def _tells_another(
    cap: Fraction, bounds: tuple[Fraction, Fraction], shown: tuple[Fraction, Fraction]
) -> bool:
    def side(pair: tuple[Fraction, Fraction]) -> tuple[bool, bool]:
        return pair[0] > cap, pair[1] > cap

    return side(bounds) != side(shown)


def share_interval(lo: Number, hi: Number, *, cap: Number | None = None) -> str:
    """Return "28–34 %", or "28 %" when both bounds are the same."""
    low, high = share_bounds(lo, hi, cap=cap)
    return f"{low}{NBSP}%" if low == high else f"{low}{EN_DASH}{high}{NBSP}%"


def file_size(count: int | None) -> str:
    """Return bytes in decimal units, as disks and cameras count: "3.2 GB"."""
    size = float(count or 0)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f}{NBSP}{unit}" if unit == "B" or size >= 100 else f"{size:.1f}{NBSP}{unit}"
        size /= 1000
    return f"{size:.1f}{NBSP}TB"


def duration(seconds: Number | None) -> str:
    """Return a length for people: "40 s", "2 min 05 s", "1 h 12 min"."""
    whole = round(exact(seconds or 0))
    if whole < 60:
        return _("%(seconds)d s") % {"seconds": whole}
    if whole < 3600:
        return _("%(minutes)d min %(seconds)02d s") % {"minutes": whole // 60, "seconds": whole % 60}
    return _("%(hours)d h %(minutes)02d min") % {"hours": whole // 3600, "minutes": whole // 60 % 60}
