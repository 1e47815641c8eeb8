"""Human creative intervention degree: how much of a film is people's work, from 0 to 100 (MEASURE §4).

Every weight stands in the module of its term and in `RULESET`, whose hash is printed on every report. All sums are of
exact fractions, so the parts add up to the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from ethics.domain.alteration import ALTERATIONS
from ethics.domain.capturing import FACTS, NEEDED
from ethics.domain.composites import EVEN, UNEVEN
from ethics.domain.edit_term import CHANGES_TO_HALF as CHANGES_TO_HALF
from ethics.domain.edit_term import EDIT_WEIGHTS as EDIT_WEIGHTS
from ethics.domain.edit_term import OPERATIONS_TO_HALF as OPERATIONS_TO_HALF
from ethics.domain.edit_term import VERSIONS_TO_HALF as VERSIONS_TO_HALF
from ethics.domain.edit_term import EditFacts as EditFacts
from ethics.domain.edit_term import edit_term as edit_term
from ethics.domain.picture_term import BETAS as BETAS
from ethics.domain.picture_term import CANDIDATES_TO_FULL as CANDIDATES_TO_FULL
from ethics.domain.picture_term import ITERATIONS_TO_HALF as ITERATIONS_TO_HALF
from ethics.domain.picture_term import MOST_FOR_AI as MOST_FOR_AI
from ethics.domain.picture_term import GenerationFacts as GenerationFacts
from ethics.domain.picture_term import ai_source_score as ai_source_score
from ethics.domain.picture_term import factors as factors
from ethics.domain.picture_term import picture_term as picture_term
from ethics.domain.process import LEAST_SHARED, NEAR_DUPLICATE
from ethics.domain.profiles import DEFAULT_PROFILE, PROFILES, Profile
from ethics.domain.reflection import CRITERIA, MOST_MARKS
from ethics.domain.script import GAP, LEAST_AGREEING, LEAST_RUN, MOST_AT_ONCE, MOST_PER_SECOND, SHINGLE
from ethics.domain.segments import COUNTED_ONCE, LEAST_AREA, ZERO, Interval, State
from ethics.domain.share import DROPPED_PART, DULL_PART
from ethics.domain.sound_planes import LEAST_PART, LEAST_REST, MARGIN
from ethics.domain.terms import SourcePart as SourcePart
from ethics.domain.terms import Term as Term
from ethics.domain.terms import saturating as saturating
from ethics.domain.versions import NOTICED
from ledger.canonical import canonical_sha256

VERSION = "dailies-measure/1"
WEIGHTS = DEFAULT_PROFILE.weights

RULESET: Mapping[str, object] = MappingProxyType(
    {
        "version": VERSION,
        "weights": WEIGHTS,
        "profiles": {profile.name: profile.weights for profile in PROFILES.values()},
        "betas": BETAS,
        "most_for_ai": MOST_FOR_AI,
        "iterations_to_half": ITERATIONS_TO_HALF,
        "candidates_to_full": CANDIDATES_TO_FULL,
        "edit_weights": EDIT_WEIGHTS,
        "versions_to_half": VERSIONS_TO_HALF,
        "changes_to_half": CHANGES_TO_HALF,
        "operations_to_half": OPERATIONS_TO_HALF,
        "alterations": ALTERATIONS,
        "near_duplicate": NEAR_DUPLICATE,
        "least_shared_wish": LEAST_SHARED,
        "version_noticed_seconds": NOTICED,
        "script": {
            "shingle": SHINGLE,
            "gap": GAP,
            "least_run": LEAST_RUN,
            "least_agreeing": LEAST_AGREEING,
            "most_at_once": MOST_AT_ONCE,
            "most_per_second": MOST_PER_SECOND,
        },
        "sound": {"least_rest": LEAST_REST, "least_part": LEAST_PART, "margin": MARGIN},
        "reflection": {"criteria": list(CRITERIA), "most_marks": MOST_MARKS},
        "least_area": LEAST_AREA,
        "robust_dropped": DROPPED_PART,
        "robust_dull": DULL_PART,
        "counted_once": COUNTED_ONCE,
        "plate_spread": [EVEN, UNEVEN],
        "least_grade_for_human": 2,
        "neutral_weight": 0,
        "capture_facts": FACTS,
        "capture_needed": NEEDED,
        "admission": State.AI,
    }
)


def ruleset_hash() -> str:
    """SHA-256 of the canonical ruleset, as `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{canonical_sha256(RULESET)}"


@dataclass(frozen=True, slots=True)
class Intervention:
    """The degree, 0 to 100.

    Attributes:
        low: Lower end.
        high: Upper end.
        weights: Weight of every term judged; they add up to 1.
        terms: The terms judged, in the order P, E, S, A, R.
        profile: Whose weights these are before terms with nothing to judge gave theirs away.
    """

    low: Fraction
    high: Fraction
    weights: Mapping[str, Fraction]
    terms: tuple[Term, ...]
    profile: Profile = DEFAULT_PROFILE


def intervention(
    *,
    picture: Term | None,
    edit: Term | None,
    script: Term | Interval | None = None,
    sound: Term | Interval | None = None,
    reflection: Term | Interval | None = None,
    profile: Profile = DEFAULT_PROFILE,
) -> Intervention:
    """Add up the terms; one with nothing to judge gives its weight to the others in proportion."""
    given = {"P": picture, "E": edit, "S": script, "A": sound, "R": reflection}
    terms = [_term(name, found) for name, found in given.items() if found is not None]
    total = sum((profile.weights[term.name] for term in terms), ZERO)
    shares = {term.name: profile.weights[term.name] / total for term in terms} if total else {}
    low = sum((100 * shares[term.name] * term.value.low for term in terms), ZERO)
    high = sum((100 * shares[term.name] * term.value.high for term in terms), ZERO)
    return Intervention(low=low, high=high, weights=shares, terms=tuple(terms), profile=profile)


def _term(name: str, found: Term | Interval) -> Term:
    return found if isinstance(found, Term) else Term(name, found)
