"""What the crews of the demo wrote while they worked: the script, and what they threw away and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from accounts.models import User
from assignments.models import Work
from ethics.choices import LogOutcome
from ethics.models import LogNote, Rating, ScriptVersion
from ethics.services import process


@dataclass(frozen=True, slots=True)
class MakingPlan:
    """Words of one crew, and what its teacher makes of them.

    Attributes:
        notes: (outcome, what, why).
        marks: 0 to 4 by criterion of the reflection.
    """

    script: str
    notes: tuple[tuple[LogOutcome, str, str], ...]
    marks: Mapping[str, int]
    reason: str


MAKINGS: Mapping[str, MakingPlan] = MappingProxyType(
    {
        "The Ferry Lantern": MakingPlan(
            script=(
                "EXT. LANDING - DUSK\n\nA figure with a red lantern waits where the ferry used to stop.\n\n"
                "EXT. OLD TOWN - NIGHT\n\nRain. A yellow umbrella goes by and does not see the light.\n\n"
                "THE HARBOUR, DREAMT\n\nAll lamps sway, though there is no wind.\n\n"
                "EXT. HILLS - DAWN\n\nFog. One red house. The lantern is out.\n\n"
                "VOICE\nThe last ferry does not wait."
            ),
            notes=(
                (LogOutcome.KEPT, "The harbour as a drawing that moves", "Nobody remembers it right, so it may look made up."),
                (LogOutcome.REJECTED, "A generated ferry at the landing", "The whole film is about a ferry that isn’t there."),
            ),
            marks={"reasons": 3, "alternatives": 3, "talk": 3},
            reason="Every generated shot has a reason in the story. Show me next time what you tried before you kept it.",
        ),
        "Mirage": MakingPlan(
            script="EXT. DUNES - DAY\n\nA blue train that nobody boards.\n\nEXT. CITY - NIGHT\n\nThe same train, yellow, full.",
            notes=((LogOutcome.KEPT, "Three generated shots in a row", "There was one day of sun and one train."),),
            marks={"reasons": 2},
            reason="Honest, but a reason of the calendar and not of the film.",
        ),
    }
)  # fmt: skip


def write_down(title: str, work: Work, *, by: User, teacher: User, now: datetime) -> None:
    """Write script, log and rating of a film, each unless it stands already."""
    plan = MAKINGS[title]
    if not ScriptVersion.objects.filter(work=work).exists():
        process.save_script(work=work, text=plan.script, by=by, now=now)
    if not LogNote.objects.filter(work=work).exists():
        for outcome, what, why in plan.notes:
            process.write_note(work=work, outcome=outcome, what=what, why=why, by=by, now=now)
    if not Rating.objects.filter(work=work).exists():
        process.rate(work=work, marks=plan.marks, reason=plan.reason, by=teacher, now=now)
