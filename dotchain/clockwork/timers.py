"""Many alarms on one call of the reactor."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, Protocol


class Sleeper(Protocol):
    """
    Whoever is woken.

    @ivar dueAt: when, or None; L{Alarms}' own to change.
    """

    dueAt: float | None

    def due(self) -> None:
        """The time has come."""


class Alarms:
    """
    Wakes each sleeper at its time, and holds no call of the reactor while none sleeps.

    Nearly every alarm is cleared before its time, by an answer: a reactor's call for
    each would cost 5 µs a query, this costs 1.
    """

    # Cleared alarms that are let lie beyond one for each sleeper.
    _SLACK = 64

    def __init__(self, reactor: Any, now: Callable[[], float]) -> None:
        """@param now: a clock, in seconds."""
        self._reactor = reactor
        self._now = now
        self._heap: list[tuple[float, int, Sleeper]] = []
        self._sleeping = 0
        self._order = count()
        self._call: Any = None
        self._callAt = 0.0

    def set(self, sleeper: Sleeper, at: float) -> None:
        """Wake at this time, and not when it was to be before."""
        if sleeper.dueAt is None:
            self._sleeping += 1
        sleeper.dueAt = at
        heappush(self._heap, (at, next(self._order), sleeper))
        if self._call is None or at < self._callAt:
            self._arm(at)

    def clear(self, sleeper: Sleeper) -> None:
        """Let sleep on."""
        if sleeper.dueAt is None:
            return
        sleeper.dueAt = None
        self._sleeping -= 1
        if not self._sleeping:
            self._heap.clear()
            self._disarm()
        elif len(self._heap) > 2 * self._sleeping + self._SLACK:
            self._heap = [entry for entry in self._heap if entry[2].dueAt == entry[0]]
            heapify(self._heap)

    def _arm(self, at: float) -> None:
        self._disarm()
        self._callAt = at
        self._call = self._reactor.callLater(max(at - self._now(), 0.0), self._ring)

    def _disarm(self) -> None:
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _ring(self) -> None:
        self._call = None
        try:
            self._wake(self._now())
        finally:
            if self._heap:
                self._arm(self._heap[0][0])

    def _wake(self, now: float) -> None:
        """Wake all whose time has come; those that were cleared are dropped on the way."""
        while self._heap:
            at, _, sleeper = self._heap[0]
            asleep = sleeper.dueAt == at
            if asleep and at > now:
                return
            heappop(self._heap)
            if asleep:
                sleeper.dueAt = None
                self._sleeping -= 1
                sleeper.due()
