"""The hub: wakes each job when what it waits for is there, and runs the forwards they share.

One thread owns a hub and everything in it; gradients are off while it ticks. A tick begins new jobs, wakes those whose
work aside is done, and runs one forward for a group of calls that fit together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from generation.backends import devices
from generation.backends.forwards import Forwards
from generation.backends.gate import Aside, Forward, Member, Place, Seat

STARTING_SECONDS = 0.25
"""New jobs are begun for at most so long before the next forward, so that a crowd doesn't hold up those at work."""
Seen = Callable[[Member, Forward, Any], None]
"""Told after each forward: the job, its call, and its own part of the answer. For progress and previews."""


class Hub:
    """Jobs at one device.

    Attributes:
        members: In the order they came.
        forwards: The shared forwards, with what was learned of them.
        wake: Set when work aside is done, for an owner that found nothing to tick.
        busy: Seconds this thread computed.
    """

    def __init__(self, *, threads: Mapping[Place, Executor] | None = None, seen: Seen | None = None) -> None:
        """Begin without jobs. Work aside is done by `threads`; without them it is done at once, by this thread."""
        self.threads, self._seen = threads, seen
        self.members: list[Member] = []
        self.forwards = Forwards()
        self.wake = threading.Event()
        self.busy = 0.0

    def spawn(
        self, run: Callable[[], Any], *, name: str = "", engine: str = "", forced: Sequence[Seat] = ()
    ) -> Member:
        """Add a job; it begins at one of the next ticks."""
        newcomer = Member(run, name=name, engine=engine, forced=forced)
        self.members.append(newcomer)
        return newcomer

    def stop(self, member: Member, reason: BaseException, *, at_once: bool = False) -> None:
        """End a job by raising `reason` where it waits at the gate; one that waits for work aside ends after it.

        With `at_once` it isn't waited for; what the thread still makes is dropped.
        """
        if not member.is_begun:
            member.fault, member.is_over = reason, True
        elif at_once or isinstance(member.waits_for, Forward):
            with gradients_off():
                self._wake(member, fault=reason)

    def tick(self) -> bool:
        """Do what can be done now; False when all jobs wait for work aside, or there is none."""
        with gradients_off():
            woken = self._wake_from_aside()
            begun = self._begin_new()
            return self._run_forward() or woken or begun

    def take_finished(self) -> list[Member]:
        """Return the jobs that came to an end, and forget them."""
        finished = [member for member in self.members if member.is_over]
        self.members = [member for member in self.members if not member.is_over]
        return finished

    # ------------------------------------------------------------ waking
    def _wake(self, member: Member, answer: Any = None, *, fault: BaseException | None = None) -> None:
        """Let a job go on until it waits again; what it computes meanwhile is its own time."""
        member.waits_for = None
        member.is_begun = True
        began = devices.moment()
        if fault is None:
            member.switch(answer)
        else:
            member.throw(fault)
        seconds = devices.seconds_since(began)
        member.seconds += seconds
        self.busy += seconds
        if isinstance(member.waits_for, Aside):
            member.waits_for.future = self._begun(member.waits_for)

    def _begin_new(self) -> bool:
        until = perf_counter() + STARTING_SECONDS
        new = [member for member in self.members if not member.is_begun and not member.is_over]
        for member in new:
            self._wake(member)
            if perf_counter() > until:
                break
        return bool(new)

    # ------------------------------------------------------------ work aside
    def _begun(self, wish: Aside) -> Future[Any]:
        if self.threads is None:
            return _done_here(wish)
        future = self.threads[wish.place].submit(_timed, wish)
        future.add_done_callback(lambda _future: self.wake.set())
        return future

    def _wake_from_aside(self) -> bool:
        ready = [(member, *done) for member in self.members if (done := _done(member.waits_for))]
        for member, wish, future in ready:
            fault = future.exception()
            if wish.place == "decode" and devices.is_out_of_memory(fault):
                devices.free_memory()
                future = _done_here(wish)  # once more, with no forward beside it
                fault = future.exception()
            if fault is None:
                made, seconds = future.result()
                member.seconds += seconds if wish.is_charged else 0.0
                self.busy += seconds if wish.is_charged and self.threads is None else 0.0
                self._wake(member, made)
            else:
                self._wake(member, fault=fault)
        return bool(ready)

    # ------------------------------------------------------------ forwards
    def _run_forward(self) -> bool:
        """Run one forward of the group whose turn it is, and wake its jobs in their order."""
        waiting = [member for member in self.members if isinstance(member.waits_for, Forward)]
        if not waiting:
            return False
        began = devices.moment()
        answers = self.forwards.run(waiting)
        self.busy += devices.seconds_since(began)
        for member, answer, fault in answers:
            if self._seen and fault is None and isinstance(member.waits_for, Forward):
                self._seen(member, member.waits_for, answer)
            self._wake(member, answer, fault=fault)
        return True


@contextmanager
def gradients_off() -> Iterator[None]:
    """No gradients for the whole thread: `torch.no_grad` of one job would be undone in the middle of another."""
    import torch

    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        yield
    finally:
        torch.set_grad_enabled(before)


def _timed(wish: Aside) -> tuple[Any, float]:
    """Return what came of work aside with its seconds: the device's, or the wall's where it waits for others."""
    began, at = devices.moment(), perf_counter()
    with gradients_off():
        made = wish.work()
    return made, devices.seconds_since(began) if wish.place == "decode" else perf_counter() - at


def _done_here(wish: Aside) -> Future[Any]:
    future: Future[Any] = Future()
    try:
        future.set_result(_timed(wish))
    except BaseException as fault:  # noqa: BLE001  # raised again inside the job that asked
        future.set_exception(fault)
    return future


def _done(wish: Forward | Aside | None) -> tuple[Aside, Future[Any]] | None:
    if isinstance(wish, Aside) and wish.future is not None and wish.future.done():
        return wish, wish.future
    return None
