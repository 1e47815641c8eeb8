"""What is recorded of the making of a film, as far as the degree uses it: handed to the measure as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ethics.domain.process import Step
from ethics.domain.profiles import DEFAULT_PROFILE, PROFILES, Profile
from ethics.domain.script import Draft, Saved, script_segments
from ethics.domain.segments import Segment
from ethics.domain.terms import Term
from ethics.domain.versions import Layout


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one work, up to the cut that is measured.

    Attributes:
        level: The brief's level on the AI Assessment Scale, 1 to 5.
        steps: Results of the tools, oldest first.
        earlier: Layouts of earlier versions of the cut, oldest first; None where versions aren't recorded at all.
        unmeasured: Earlier versions of which no layout is known.
        script: The final text; empty without a script.
        saved: Its versions, oldest first, the final one last; empty without a record of the writing.
        drafts: Texts from the ledger.
        reflection: R as the teacher rated it.
    """

    level: int = DEFAULT_PROFILE.level
    steps: tuple[Step, ...] = ()
    earlier: tuple[Layout, ...] | None = None
    unmeasured: int = 0
    script: str = ""
    saved: tuple[Saved, ...] = ()
    drafts: tuple[Draft, ...] = ()
    reflection: Term | None = None

    @property
    def profile(self) -> Profile:
        return PROFILES[self.level]

    def script_plane(self) -> Sequence[Segment]:
        """The script in judged stretches of characters; empty without one."""
        return script_segments(self.script, drafts=self.drafts, versions=self.saved)


NO_RECORDS = Records()
