"""What a wish would cost and how long it would wait, told before the click and while the form is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import PersonRequest, signed_in
from accounts.models import User
from assignments.models import Work
from assignments.queries import works_visible_to
from generation.domain.budget import MONEY, Budget, too_small
from generation.domain.comparison import MOST
from generation.domain.tools import TOOLS, Tool, validate
from generation.models import Engine
from generation.queries import budgets_of, engine_for, expectation, price_of


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of all candidates together, the wait of the first, the budget that doesn't hold them, the prompt."""

    count: int
    seconds: float
    money: Decimal
    wait_seconds: float
    ahead: int
    short: Budget | None
    prompt: str

    @property
    def is_short_of_money(self) -> bool:
        return self.short is not None and self.short.scope == MONEY


def quote_of(
    *, work: Work, tool: Tool, engine: Engine, asked: Mapping[str, Any], count: int, user: User
) -> Quote:
    """Foretell a wish as it stands; what is wrong or missing in it counts as left open."""
    options = engine.options
    own = {item.slug: item.within(options[item.slug]) for item in tool.inputs if item.slug in options}
    typed = {name: value for name, value in asked.items() if value not in (None, "")}
    request, _problems = validate(tool, {**own, **typed}, has_source=True)
    expected = expectation(tool=tool, engine=engine, request=request, user=user, now=timezone.now())
    price = price_of(tool, engine, request)
    short = too_small(budgets_of(work, user), seconds=price.gpu_seconds * count, money=price.money * count)
    return Quote(
        count, price.seconds * count, price.money * count, expected.wait_seconds, expected.ahead, short,
        str(request.get("prompt", "")),
    )  # fmt: skip


@signed_in
@require_POST
def tool_quote(request: PersonRequest, uuid: UUID, slug: str) -> HttpResponse:
    """Answer a half-filled form with its price and wait; faults are told when it is sent, not while it is typed."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    tool = TOOLS.get(slug)
    if tool is None:
        raise Http404
    engine = engine_for(tool, slug=request.POST.get("engine", "")) or engine_for(tool)
    if engine is None:
        raise Http404
    asked = {item.slug: request.POST.get(item.slug) for item in tool.inputs}
    count = count_of(request.POST.get("count", ""))
    quote = quote_of(work=work, tool=tool, engine=engine, asked=asked, count=count, user=request.user)
    return render(request, "generation/quote.html", {"quote": quote, "is_asked": True})


def count_of(word: str) -> int:
    """Return how many candidates are wanted; one where it isn't said or can't be."""
    return int(word) if word.isdecimal() and 1 <= int(word) <= MOST else 1
