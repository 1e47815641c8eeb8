"""Briefs with their AI policy and rubrics, from the curriculum's assignments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assignments.choices import OverCap
from assignments.models import Brief
from assignments.services import log_policy, policy_facts
from courses.backends.curriculum import CurriculumFault, words
from courses.domain.plans import ModulePlan, due_at
from courses.models import Course, Module
from grading.choices import MarkerRole
from grading.models import Criterion

Document = Mapping[str, Any]


@transaction.atomic
def load_assignments(
    *, course: Course, modules: Mapping[str, Module], plans: Sequence[ModulePlan], zone: tzinfo, now: datetime
) -> list[Brief]:
    """Make or update the brief and rubric of every module that has an assignment.

    Due dates are counted in weeks from the course's start. A policy that is new or has changed is logged.
    Criteria that the curriculum no longer names go, unless marks were given for them.
    """
    return [
        _load_assignment(course, modules[plan.slug], plan.assignment, zone, now)
        for plan in plans
        if plan.assignment is not None
    ]


def _load_assignment(
    course: Course, module: Module, assignment: Document, zone: tzinfo, now: datetime
) -> Brief:
    slug = str(_entry(assignment, "slug", assignment))
    before = Brief.objects.filter(module=module, slug=slug).first()
    logged = policy_facts(before) if before else None
    brief, _made = Brief.objects.update_or_create(
        module=module, slug=slug, defaults=_brief_fields(assignment, course, zone)
    )
    brief.refresh_from_db()
    if policy_facts(brief) != logged:
        log_policy(brief, actor="curriculum", now=now)
    _load_rubric(brief, assignment)
    return brief


def _brief_fields(assignment: Document, course: Course, zone: tzinfo) -> dict[str, Any]:
    policy = _entry(assignment, "policy", assignment)
    voice_cap = policy.get("voice_cap_percent")
    return {
        "kind": str(assignment.get("kind", "hybrid")),
        **words(assignment, "title", assignment["place"]).named("title"),
        **assignment["body"].named("body"),
        "points": int(assignment.get("points", 100)),
        "due_at": due_at(course.starts_on, week=int(_entry(assignment, "due_week", assignment)), zone=zone),
        "is_crew_work": bool(assignment.get("crew", False)),
        "scale_level": int(_entry(policy, "scale_level", assignment)),
        "picture_cap": _share(_entry(policy, "cap_percent", assignment), assignment),
        "voice_cap": None if voice_cap is None else _share(voice_cap, assignment),
        "tools": [str(tool) for tool in _entry(policy, "tools", assignment)],
        "gpu_seconds": int(_entry(policy, "gpu_seconds", assignment)),
        "gpu_seconds_person": _seconds(policy.get("gpu_seconds_person")),
        "gpu_seconds_all": _seconds(policy.get("gpu_seconds_all")),
        "money_limit": Decimal(str(policy.get("money_limit", 0))),
        "over_cap": _choice(_entry(policy, "over_cap", assignment), OverCap.values, assignment),
    }


def _load_rubric(brief: Brief, assignment: Document) -> None:
    rubric = _entry(assignment, "rubric", assignment)
    total = sum(int(criterion["points"]) for criterion in rubric)
    if total != brief.points:
        raise CurriculumFault(
            _("%(place)s: the rubric gives %(total)s points in all, the assignment %(points)s.")
            % {"place": assignment["place"], "total": total, "points": brief.points}
        )
    for position, criterion in enumerate(rubric, start=1):
        _load_criterion(brief, criterion, position, assignment)
    named = {str(criterion["slug"]) for criterion in rubric}
    brief.criteria.exclude(slug__in=named).filter(marks__isnull=True).delete()


def _load_criterion(brief: Brief, criterion: Document, position: int, assignment: Document) -> None:
    place = assignment["place"]
    Criterion.objects.update_or_create(
        brief=brief,
        slug=str(_entry(criterion, "slug", assignment)),
        defaults={
            "position": position,
            **words(criterion, "title", place).named("title"),
            **words(criterion, "description", place).named("description"),
            "points": int(criterion["points"]),
            "owner": _choice(_entry(criterion, "owner", assignment), MarkerRole.values, assignment),
            "levels": [dict(level) for level in _entry(criterion, "levels", assignment)],
        },
    )


def _seconds(value: Any) -> int | None:
    return None if value is None else int(value)


def _share(percent: Any, assignment: Document) -> Decimal:
    share = Decimal(str(percent)) / 100
    if not 0 <= share <= 1:
        raise CurriculumFault(
            _("%(place)s: a cap lies between 0 and 100 percent, not at %(percent)s.")
            % {"place": assignment["place"], "percent": percent}
        )
    return share


def _choice(value: Any, allowed: Sequence[str], assignment: Document) -> str:
    if value not in allowed:
        raise CurriculumFault(
            _("%(place)s: “%(value)s” is not one of %(allowed)s.")
            % {"place": assignment["place"], "value": value, "allowed": ", ".join(allowed)}
        )
    return str(value)


def _entry(document: Document, key: str, assignment: Document) -> Any:
    if key not in document:
        raise CurriculumFault(
            _("%(place)s lacks the entry “%(key)s”.") % {"place": assignment["place"], "key": key}
        )
    return document[key]
