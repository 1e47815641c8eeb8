"""The budgets a job has to fit into when it is asked for: of its work, its person, its brief, and in money."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from assignments.models import Brief, Work
from generation.domain.budget import ALL, MONEY, PERSON, WORK, Budget, too_small
from generation.queries.budgets import Price, budgets_of
from ui.errors import Refused

TOO_SMALL = {
    WORK: gettext_noop(
        "This would take about %(price).1f GPU-seconds; %(left).1f of %(budget)d are left for this work. "
        "Take fewer steps or a shorter clip, or ask your instructor for more."
    ),
    PERSON: gettext_noop(
        "This would take about %(price).1f GPU-seconds; %(left).1f of your own %(budget)d for this brief are left. "
        "Take fewer steps or a shorter clip, let someone else of your crew ask for it, or ask your instructor for more."
    ),
    ALL: gettext_noop(
        "This would take about %(price).1f GPU-seconds; %(left).1f of the %(budget)d that all works of this brief "
        "share are left. Take fewer steps or a shorter clip, or ask your instructor for more."
    ),
    MONEY: gettext_noop(
        "This would cost about %(price).2f; %(left).2f of the %(budget).2f this work may spend at engines elsewhere "
        "are left. Choose one of the school’s own engines, or ask your instructor for more."
    ),
}


class OverBudget(Refused):
    """A budget doesn't suffice: of the work, the person, all works of the brief, or the money for engines elsewhere."""

    @classmethod
    def of(cls, budget: Budget, price: Price) -> OverBudget:
        """Name the budget, what is left of it, and what to do."""
        facts = {
            "price": price.money if budget.scope == MONEY else price.gpu_seconds,
            "left": budget.left,
            "budget": budget.seconds,
        }
        return cls(_(TOO_SMALL[budget.scope]) % facts)


def locked_work(work: int) -> Work:
    """Lock a work's budgets, always in this order: those of its brief (and of people within it), then its own."""
    of_work = Work.objects.filter(pk=work)
    Brief.objects.select_for_update(no_key=True).get(works=work)
    return of_work.select_for_update(of=("self",)).select_related("brief__module__course", "crew").get()


def require_budgets(work: Work, by: User, price: Price) -> None:
    found = too_small(budgets_of(work, by), seconds=price.gpu_seconds, money=price.money)
    if found is not None:
        raise OverBudget.of(found, price)
