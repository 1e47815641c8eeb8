"""May an engine run at this school? The conditions of its licence against what the school says of itself.

The conditions stand in the engine's row, written from its model card; `docs/operations/engines.md` tells how to read one.
A condition that can't be judged, because the school hasn't said where it is or what it turns over, refuses as well: the
sentence names the setting that is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from footage.problems import Problem, gettext_noop

Use = Literal["teaching", "commercial"]
USES = ("teaching", "commercial")
EUROPEAN_UNION = frozenset({
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT",
    "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
})  # fmt: skip
"""ISO 3166-1 alpha-2 codes of the member states; a licence that excludes `EU` excludes each of them."""
TERRITORY_UNKNOWN = gettext_noop(
    "Its licence excludes %(territories)s, and the school hasn’t said where it is. An administrator has to set "
    "DAILIES_SCHOOL_TERRITORY."
)
TERRITORY_EXCLUDED = gettext_noop("Its licence excludes %(territories)s, and the school is in %(territory)s.")
REVENUE_UNKNOWN = gettext_noop(
    "Its licence is free up to a revenue of %(ceiling)s US dollars a year, and the school hasn’t said what it turns "
    "over. An administrator has to set DAILIES_SCHOOL_REVENUE_USD."
)
REVENUE_TOO_HIGH = gettext_noop(
    "Its licence is free up to a revenue of %(ceiling)s US dollars a year; the school turns over %(revenue)s. Ask the "
    "licensor for terms."
)
NOT_COMMERCIAL = gettext_noop(
    "Its licence allows no commercial use, and this school produces for the market. Take another engine."
)
NO_FILTER = gettext_noop(
    "Its licence demands a safety gate, and none is switched on. An administrator has to set SAFETY_GATES."
)
NO_MARKING = gettext_noop("Its licence demands that outputs are marked as made by AI, and marking is off.")


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a licence asks.

    Attributes:
        territories_excluded: ISO 3166-1 alpha-2 codes in capitals, and `EU`.
        revenue_ceiling_usd: Yearly revenue up to which use is free; None where there is no such limit.
        non_commercial: Only teaching, research and private use.
        needs_filter: Words or outputs have to pass a safety gate.
        needs_marking: Outputs have to say that AI made them.
    """

    territories_excluded: tuple[str, ...] = ()
    revenue_ceiling_usd: int | None = None
    non_commercial: bool = False
    needs_filter: bool = False
    needs_marking: bool = False


@dataclass(frozen=True, slots=True)
class School:
    """What the school says of itself.

    Attributes:
        territory: ISO 3166-1 alpha-2 code; empty while unknown.
        revenue_usd: Yearly revenue; None while unknown.
        use: Teaching, or also production for the market.
        has_filter: A safety gate is switched on.
        marks: Outputs bear the AI label.
    """

    territory: str = ""
    revenue_usd: int | None = None
    use: Use = "teaching"
    has_filter: bool = False
    marks: bool = True


def read_conditions(raw: Mapping[str, Any]) -> Conditions:
    """Read the conditions of an engine's row.

    Raises:
        Problem: A condition has a name or a kind of value that isn't known; guessing would be taking a licence lightly.
    """
    known = {field.name for field in fields(Conditions)}
    for name in raw:
        if name not in known:
            raise Problem(
                gettext_noop("“%(name)s” is no condition of a licence. Known are %(known)s."),
                name=str(name)[:40],
                known=", ".join(sorted(known)),
            )
    return Conditions(
        territories_excluded=_territories(raw.get("territories_excluded") or ()),
        revenue_ceiling_usd=_ceiling(raw.get("revenue_ceiling_usd")),
        **{name: _flag(name, raw.get(name)) for name in ("non_commercial", "needs_filter", "needs_marking")},
    )


def refusal(conditions: Conditions, school: School) -> Problem | None:
    """Return why an engine under these conditions may not run at the school, or None when it may.

    The problem's template and params make the sentence; the first reason suffices.
    """
    return (
        _refused_territory(conditions, school)
        or _refused_revenue(conditions, school)
        or _refused_use(conditions, school)
    )


def _refused_territory(conditions: Conditions, school: School) -> Problem | None:
    excluded = conditions.territories_excluded
    if not excluded:
        return None
    names = "/".join(excluded)
    if not school.territory:
        return Problem(TERRITORY_UNKNOWN, territories=names)
    is_out = school.territory in excluded or ("EU" in excluded and school.territory in EUROPEAN_UNION)
    return Problem(TERRITORY_EXCLUDED, territories=names, territory=school.territory) if is_out else None


def _refused_revenue(conditions: Conditions, school: School) -> Problem | None:
    ceiling = conditions.revenue_ceiling_usd
    if ceiling is None:
        return None
    if school.revenue_usd is None:
        return Problem(REVENUE_UNKNOWN, ceiling=f"{ceiling:,}")
    if school.revenue_usd <= ceiling:
        return None
    return Problem(REVENUE_TOO_HIGH, ceiling=f"{ceiling:,}", revenue=f"{school.revenue_usd:,}")


def _refused_use(conditions: Conditions, school: School) -> Problem | None:
    if conditions.non_commercial and school.use == "commercial":
        return Problem(NOT_COMMERCIAL)
    if conditions.needs_filter and not school.has_filter:
        return Problem(NO_FILTER)
    if conditions.needs_marking and not school.marks:
        return Problem(NO_MARKING)
    return None


def _territories(raw: Any) -> tuple[str, ...]:
    codes = raw if isinstance(raw, list | tuple) else ()
    if codes != raw or not all(isinstance(code, str) and len(code) == 2 and code.isupper() for code in codes):
        raise Problem(
            gettext_noop(
                "territories_excluded is %(value)s; it must be a list of country codes such as [EU, GB, KR]."
            ),
            value=str(raw)[:60],
        )
    return tuple(codes)


def _ceiling(raw: Any) -> int | None:
    if raw is None or (isinstance(raw, int) and not isinstance(raw, bool) and raw > 0):
        return raw
    raise Problem(
        gettext_noop("revenue_ceiling_usd is %(value)s; it must be a whole number of US dollars."),
        value=str(raw)[:60],
    )


def _flag(name: str, raw: Any) -> bool:
    if raw is None or isinstance(raw, bool):
        return bool(raw)
    raise Problem(
        gettext_noop("%(name)s is %(value)s; it must be true or false."), name=name, value=str(raw)[:60]
    )
