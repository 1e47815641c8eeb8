"""Budgets: reserved when a job is asked for, settled when it is done, given back when our side failed.

Three budgets in GPU-seconds hold a job (of the work, which is the crew's; of the person within the brief; of all works of
the brief together) and one in money, for engines elsewhere that want to be paid. A waiting or running job holds its
price; a finished one what it really took; one that failed by our fault nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

WORK, PERSON, ALL, MONEY = "work", "person", "all", "money"
CENT, MILLI = Decimal("0.01"), Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Budget:
    """One budget in GPU-seconds (of money: the school's currency): what there is, is spent, is promised to jobs.

    Attributes:
        scope: Whose: "work", "person", "all" or "money".
        seconds: What the brief gives; None without a limit.
    """

    scope: str
    seconds: Decimal | None
    spent: Decimal
    promised: Decimal

    @property
    def used(self) -> Decimal:
        return self.spent + self.promised

    @property
    def left(self) -> Decimal | None:
        return None if self.seconds is None else max(Decimal(0), self.seconds - self.used)

    @property
    def used_share(self) -> float:
        """Return 0 to 1; of nothing everything is used, of a budget without a limit nothing."""
        if self.seconds is None:
            return 0.0
        return min(1.0, float(self.used / self.seconds)) if self.seconds else 1.0

    def holds(self, price: Decimal) -> bool:
        """Whether a job of this price still fits; what costs nothing always does."""
        return self.seconds is None or price <= 0 or self.used + price <= self.seconds


def too_small(budgets: Iterable[Budget], *, seconds: Decimal, money: Decimal) -> Budget | None:
    """Return the first budget that a job doesn't fit into; None when it fits into all."""
    prices = {MONEY: money}
    return next((each for each in budgets if not each.holds(prices.get(each.scope, seconds))), None)


def as_seconds(value: float) -> Decimal:
    """Return GPU-seconds as they are reckoned with: to a hundredth."""
    return Decimal(str(value)).quantize(CENT)
