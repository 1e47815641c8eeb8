"""Shared forwards: which waiting calls go next, in which bucket, and what happens when one fails."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Sequence
from typing import Any

from generation.backends import devices
from generation.backends.gate import Forward, Member
from generation.backends.rows import Call, joined, label, parted
from generation.backends.wearing import wear, worn_of
from generation.domain import batching
from generation.domain.batching import Curve, Waiting

CurveKey = tuple[str, str]
"""Slug of the engine and label of the shape."""
Answer = tuple[Member, Any, Exception | None]
"""A job with what it is woken with: its rows of the answer, or a fault."""
NEW = Curve()
logger = logging.getLogger(__name__)


class Forwards:
    """Forwards of one device and what was learned of them.

    Attributes:
        curves: What forwards took, by engine and shape; an owner may put in what is known from before.
        changed: Keys of curves that learned since an owner last cleared it.
        rows_of: Rows of one call, by engine and shape.
        count, rows, filled: How many forwards ran, with how many real rows, and how many rows in all.
        seconds: Seconds spent in them.
    """

    def __init__(self) -> None:
        self.curves: dict[CurveKey, Curve] = {}
        self.changed: set[CurveKey] = set()
        self.rows_of: dict[CurveKey, int] = {}
        self.count = self.rows = self.filled = 0
        self.seconds = 0.0
        self._served_at: dict[Hashable, float] = {}

    def run(self, waiting: Sequence[Member]) -> list[Answer]:
        """Run one forward for the group whose turn it is.

        Args:
            waiting: Jobs that wait at a gate, first come first; at least one.
        """
        groups = _groups(waiting)
        keys = list(groups)
        self._served_at = {key: self._served_at.get(key, self.seconds) for key in keys}
        turn = keys[batching.whose_turn([self._as_waiting(key, groups[key]) for key in keys])]
        chosen = self._chosen(groups[turn])
        answers = self._answers(chosen)
        self._served_at[turn] = self.seconds
        for member in chosen:
            member.served_at = self.seconds
        return answers

    # ------------------------------------------------------------ choosing
    def _as_waiting(self, key: Hashable, members: list[Member]) -> Waiting:
        size = _size(self._chosen(members))
        return Waiting(self._curve(members[0]).expected(size), self.seconds - self._served_at[key])

    def _chosen(self, members: list[Member]) -> list[Member]:
        """Return those that go together: longest not served first, as many as make the best forward."""
        in_turn = sorted(members, key=lambda member: member.served_at)
        return in_turn[: batching.how_many(self._curve(members[0]), [_call(each).rows for each in in_turn])]

    def _curve(self, member: Member) -> Curve:
        return self.curves.get(_curve_key(member), NEW)

    # ------------------------------------------------------------ running
    def _answers(self, members: list[Member]) -> list[Answer]:
        try:
            parts = self._forward(members)
        except Exception as fault:  # noqa: BLE001  # raised again inside the job it belongs to
            return self._singly(members, fault)
        return [(member, part, None) for member, part in zip(members, parts, strict=True)]

    def _singly(self, members: list[Member], fault: Exception) -> list[Answer]:
        """One of several brought the forward down: each is tried alone, so that only the guilty one fails."""
        if devices.is_out_of_memory(fault):
            devices.free_memory()
            self._learn(members[0], batching.out_of_memory(self._curve(members[0]), size=_size(members)))
        if len(members) == 1:
            return [(members[0], None, fault)]
        logger.warning("a forward of %d jobs failed, they go on singly: %s", len(members), fault)
        return [answer for member in members for answer in self._answers([member])]

    def _forward(self, members: list[Member]) -> list[Any]:
        first, size = _wish(members[0]), _size(members)
        calls, start = [_call(member) for member in members], _start(members)
        began = devices.moment()
        wear(first.module, worn_of(first.adapters))
        answer = first.forward(**joined(calls, size=size, start=start))
        devices.settle()
        seconds = devices.seconds_since(began)
        self._account(members, calls, size=size, start=start, seconds=seconds)
        rows = [call.rows for call in calls]
        return parted(answer, rows, size=size, start=start, is_listed=calls[0].is_listed)

    def _account(
        self, members: list[Member], calls: list[Call], *, size: int, start: int, seconds: float
    ) -> None:
        rows = [max(1, call.rows) for call in calls]
        self.count, self.rows, self.filled = self.count + 1, self.rows + sum(rows), self.filled + size
        self.seconds += seconds
        self.rows_of[_curve_key(members[0])] = rows[0]
        for member, count, share in zip(members, rows, batching.shares(seconds, rows), strict=True):
            member.seconds += share
            member.places.append((size, start))
            start += count
        self._learn(members[0], batching.measured(self._curve(members[0]), size=size, seconds=seconds))

    def _learn(self, member: Member, curve: Curve) -> None:
        key = _curve_key(member)
        self.curves[key] = curve
        self.changed.add(key)


def _groups(waiting: Sequence[Member]) -> dict[Hashable, list[Member]]:
    groups: dict[Hashable, list[Member]] = {}
    for member in waiting:
        wish = _wish(member)
        alone = id(member) if member.forced else None
        key = (id(wish.module), worn_of(wish.adapters), wish.call.key, alone)
        groups.setdefault(key, []).append(member)
    return groups


def _size(members: Sequence[Member]) -> int:
    """Return the bucket: what a recipe says it was, or the least that holds all rows."""
    if members[0].forced:
        return _forced(members[0])[0]
    return batching.bucket_of(max(1, sum(_call(member).rows for member in members)))


def _start(members: Sequence[Member]) -> int:
    """Return the row the first call begins at: what a recipe says it was, or the first."""
    return _forced(members[0])[1] if members[0].forced else 0


def _forced(member: Member) -> tuple[int, int]:
    """Return the next place a recipe names; a job that goes on for longer than its recipe goes alone."""
    done = len(member.places)
    return member.forced[done] if done < len(member.forced) else (batching.bucket_of(_call(member).rows), 0)


def _wish(member: Member) -> Forward:
    if not isinstance(member.waits_for, Forward):
        raise TypeError(f"{member.name} waits for no forward")
    return member.waits_for


def _call(member: Member) -> Call:
    return _wish(member).call


def _curve_key(member: Member) -> CurveKey:
    wish = _wish(member)
    return member.engine, label(wish.call, wish.module)
