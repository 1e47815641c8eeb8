"""What works, people and briefs may still spend, and what a job would cost them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, FloatField, Q, Sum, Value, When
from django.db.models.functions import Greatest

from accounts.models import User
from assignments.models import Brief, Work
from generation.choices import JobState
from generation.domain import queueing
from generation.domain.budget import ALL, MILLI, MONEY, PERSON, WORK, Budget, as_seconds
from generation.domain.tools import Tool
from generation.models import Engine, Job

WAITING = (JobState.QUEUED, JobState.RUNNING)
IS_WAITING = Q(state__in=WAITING)
IS_PAID_IN_SECONDS = Q(engine__url="")
"""Engines elsewhere use none of the school's GPU-seconds; they are paid in money."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a job is expected to need: seconds of its engine, and money where that is asked for.

    Attributes:
        gpu_seconds: What is reserved of the budgets in GPU-seconds: none for engines elsewhere.
    """

    seconds: float
    money: Decimal
    gpu_seconds: Decimal


def price_of(tool: Tool, engine: Engine, request: Mapping[str, Any]) -> Price:
    """Return the price of a validated request."""
    units = tool.units(request)
    seconds = queueing.price(units=units, seconds_per_unit=engine.seconds_per_step)
    paid = 1.0 if engine.options.get("priced_by") == "output" else units
    money = (Decimal(str(paid)) * Decimal(engine.money_per_unit)).quantize(MILLI)
    return Price(seconds, money, Decimal(0) if engine.url else as_seconds(seconds))


def known_price(job: Job) -> Price:
    """Return the price that was shown when the job was asked for."""
    gpu = Decimal(0) if job.engine.url else as_seconds(job.price_seconds)
    return Price(job.price_seconds, job.price_money, gpu)


def seconds_used() -> Case:
    """Say in SQL what a job holds of a budget in seconds: its price while it waits or runs, then what it took."""
    return Case(
        When(~IS_PAID_IN_SECONDS, then=Value(0.0)),
        When(state=JobState.QUEUED, then=F("price_seconds")),
        When(state=JobState.RUNNING, then=Greatest("price_seconds", "spent_seconds")),
        default=F("spent_seconds"),
        output_field=FloatField(),
    )


def budget_of(work: Work) -> Budget:
    """Return the work's own budget in GPU-seconds: of its crew, or of the one person who makes it."""
    sums = work.jobs.aggregate(**_seconds("work", Q()))
    return _in_seconds(WORK, work.brief.gpu_seconds, sums)


def budgets_of(work: Work, user: User) -> tuple[Budget, Budget, Budget, Budget]:
    """Return what holds a job of this person for this work: work, person, all works of the brief, money. One query."""
    sums = Job.objects.filter(work__brief=work.brief_id).aggregate(**_sums(Q(work=work), user))
    return _budgets(work.brief, sums)


def _sums(of_work: Q, user: User) -> dict[str, Sum]:
    return {
        **_seconds(WORK, of_work), **_seconds(PERSON, Q(created_by=user)), **_seconds(ALL, Q()),
        "money_spent": Sum("spent_money", filter=of_work & ~IS_WAITING),
        "money_promised": Sum("price_money", filter=of_work & IS_WAITING),
    }  # fmt: skip


def _budgets(brief: Brief, sums: Mapping[str, Any]) -> tuple[Budget, Budget, Budget, Budget]:
    spent, promised = (sums.get(f"money_{kind}") or Decimal(0) for kind in ("spent", "promised"))
    return (
        _in_seconds(WORK, brief.gpu_seconds, sums),
        _in_seconds(PERSON, brief.gpu_seconds_person, sums),
        _in_seconds(ALL, brief.gpu_seconds_all, sums),
        Budget(MONEY, brief.money_limit, spent, promised),
    )


def budgets_by_work(works: Sequence[Work], user: User) -> list[tuple[Work, tuple[Budget, ...]]]:
    """Return each work with what `budgets_of` says of it, in one query; of each brief one work."""
    mine = Q(work__in=works)
    rows = Job.objects.filter(work__brief__in={work.brief_id for work in works}).order_by()
    sums = {row["work__brief"]: row for row in rows.values("work__brief").annotate(**_sums(mine, user))}
    return [(work, _budgets(work.brief, sums.get(work.brief_id, {}))) for work in works]


def budgets_of_briefs(*, since: datetime) -> list[tuple[Brief, Budget]]:
    """Return briefs for which something was asked since then, with what all their works used, the greatest first."""
    rows = Job.objects.filter(work__brief__in=Job.objects.filter(created_at__gte=since).values("work__brief"))
    sums: dict[int, Mapping[str, Any]] = {
        row["work__brief"]: row
        for row in rows.order_by().values("work__brief").annotate(**_seconds(ALL, Q()))
    }
    briefs = Brief.objects.filter(pk__in=sums).select_related("module__course")
    found = [(brief, _in_seconds(ALL, brief.gpu_seconds_all, sums[brief.pk])) for brief in briefs]
    return sorted(found, key=lambda pair: (-pair[1].used, pair[0].pk))


def _seconds(scope: str, whose: Q) -> dict[str, Sum]:
    return {
        f"{scope}_spent": Sum(seconds_used(), filter=whose & ~IS_WAITING),
        f"{scope}_promised": Sum(seconds_used(), filter=whose & IS_WAITING),
    }


def _in_seconds(scope: str, limit: int | None, sums: Mapping[str, float | None]) -> Budget:
    spent, promised = (as_seconds(sums.get(f"{scope}_{kind}") or 0.0) for kind in ("spent", "promised"))
    return Budget(scope, None if limit is None else Decimal(limit), spent, promised)
