"""What was asked of the engines, narrowed down, and where an output can go on."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from accounts.models import User
from assignments.models import Brief, Media, Work
from generation.choices import JobState
from generation.domain.tools import LAB, TOOLS, Tool
from generation.models import Job
from generation.queries import is_allowed, material

STATES = {
    "waiting": (JobState.QUEUED, JobState.RUNNING),
    "held": (JobState.HELD,),
    "done": (JobState.DONE,),
    "failed": (JobState.FAILED, JobState.CANCELLED),
}
"""What a person looks for, and the states of a job it stands for."""
MOST_NAMES = 300


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a person looks for among jobs; empty: all."""

    state: str = ""
    tool: str = ""
    person: str = ""
    work: UUID | None = None
    only_chosen: bool = False

    @property
    def is_any(self) -> bool:
        return bool(self.state or self.tool or self.person or self.work or self.only_chosen)

    def of(self, jobs: QuerySet[Job]) -> QuerySet[Job]:
        """Return those of the jobs that are looked for; what the platform doesn't know narrows nothing."""
        if self.state in STATES:
            jobs = jobs.filter(state__in=STATES[self.state])
        if self.tool in TOOLS:
            jobs = jobs.filter(tool=self.tool)
        if self.person:
            jobs = jobs.filter(created_by__username=self.person)
        if self.work:
            jobs = jobs.filter(work__uuid=self.work)
        return jobs.filter(output__choice__isnull=False) if self.only_chosen else jobs


def tools_in(jobs: QuerySet[Job]) -> list[Tool]:
    """Tools that these jobs were asked of, in the order of the modules."""
    used = set(jobs.order_by().values_list("tool", flat=True).distinct())
    return [tool for tool in TOOLS.values() if tool.slug in used]


def people_in(jobs: QuerySet[Job]) -> list[User]:
    """People who asked for these jobs, the busiest first."""
    asked = jobs.order_by().values("created_by").annotate(jobs=Count("pk")).order_by("-jobs", "created_by")
    found = User.objects.in_bulk([row["created_by"] for row in asked[:MOST_NAMES]])
    return list(found.values())


def works_in(jobs: QuerySet[Job]) -> list[Work]:
    """Works these jobs are for, newest first."""
    works = Work.objects.filter(pk__in=jobs.order_by().values("work"))
    return list(works.select_related("crew", "owner", "brief").order_by("-created_at", "-pk")[:MOST_NAMES])


@dataclass(frozen=True, slots=True)
class Taker:
    """A tool that takes a medium: as what it begins with, or for a use, whose words `label` gives."""

    tool: Tool
    field: str
    label: str


def takers_of(media: Media, brief: Brief) -> list[Taker]:
    """Tools of the brief that can go on from a medium of this kind."""
    kind = material(media).kind
    found = []
    for tool in _tools_of(brief):
        if tool.needs_source and kind in tool.source_kinds:
            found.append(Taker(tool, "source", ""))
        found += [Taker(tool, each.field, each.label) for each in tool.media if kind in each.kinds]
    return found


def retellers_of(tool: Tool, brief: Brief) -> list[Tool]:
    """Other tools of the brief that understand words of this one."""
    words = _words_of(tool)
    return [other for other in _tools_of(brief) if other != tool and words & _words_of(other)]


def _tools_of(brief: Brief) -> list[Tool]:
    return [tool for tool in TOOLS.values() if tool.slug != LAB and is_allowed(tool, brief)]


def _words_of(tool: Tool) -> set[str]:
    written = {item.slug for item in tool.inputs if item.kind in {"words", "lines"}}
    return written - {"negative", "lexicon"}
