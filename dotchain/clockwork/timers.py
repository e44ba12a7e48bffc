"""Many timers on one call of the reactor."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, ClassVar, Protocol


class TimerOwner(Protocol):
    """
    Who sets a timer, one at a time.

    @ivar dueAt: when, or None; L{Timers}' own to change.
    """

    dueAt: float | None

    def due(self) -> None:
        """The time has come."""


class Timers:
    """
    Calls each owner when its timer is due, and holds no call of the reactor while no timer runs.

    Nearly every timer is cleared before its time, by an answer: a reactor's call for
    each would cost 5 µs a query, this costs 1.
    """

    # Cleared timers that are let lie beyond one for each that runs.
    _SLACK: ClassVar[int] = 64

    def __init__(self, reactor: Any, now: Callable[[], float]) -> None:
        """@param now: a clock, in seconds."""
        self._reactor = reactor
        self._now = now
        self._heap: list[tuple[float, int, TimerOwner]] = []
        self._running = 0
        self._order = count()
        self._call: Any = None
        self._callAt = 0.0

    def set(self, owner: TimerOwner, at: float) -> None:
        """Call the owner at this time, and not when it was to be before."""
        if owner.dueAt is None:
            self._running += 1
        owner.dueAt = at
        heappush(self._heap, (at, next(self._order), owner))
        if self._call is None or at < self._callAt:
            self._arm(at)

    def clear(self, owner: TimerOwner) -> None:
        """Stop the timer, if it runs."""
        if owner.dueAt is None:
            return
        owner.dueAt = None
        self._running -= 1
        if not self._running:
            self._heap.clear()
            self._disarm()
        elif len(self._heap) > 2 * self._running + self._SLACK:
            self._heap = [entry for entry in self._heap if entry[2].dueAt == entry[0]]
            heapify(self._heap)

    def _arm(self, at: float) -> None:
        self._disarm()
        self._callAt = at
        self._call = self._reactor.callLater(max(at - self._now(), 0.0), self._fire)

    def _disarm(self) -> None:
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _fire(self) -> None:
        self._call = None
        try:
            self._callDue(self._now())
        finally:
            if self._heap:
                self._arm(self._heap[0][0])

    def _callDue(self, now: float) -> None:
        """Call all whose time has come; timers that were cleared are dropped on the way."""
        while self._heap:
            at, _, owner = self._heap[0]
            runs = owner.dueAt == at
            if runs and at > now:
                return
            heappop(self._heap)
            if runs:
                owner.dueAt = None
                self._running -= 1
                owner.due()
