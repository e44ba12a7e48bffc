"""What is asked of the daemon once for all who want to know it at the same time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from twisted.internet.defer import Deferred, fail, succeed
from twisted.python.failure import Failure

T = TypeVar("T")


class Kept(Generic[T]):
    """One answer, kept for a moment: however often it is wanted, it is found twice a second at the most."""

    # Seconds that an answer is good for.
    LASTS = 0.5

    def __init__(self, ask: Callable[[], Deferred[T]], now: Callable[[], float]) -> None:
        """
        @param ask: finds the answer.
        @param now: a clock.
        """
        self._ask = ask
        self._now = now
        self._asking = False
        self._askedAt = 0.0
        self._found: T | Failure | None = None
        self._waiting: list[Deferred[T]] = []

    def get(self) -> Deferred[T]:
        """The answer, a moment old at the most; it fails as C{ask} does, and may be cancelled."""
        found = self._found
        if found is not None and self._now() - self._askedAt < self.LASTS:
            return fail(found) if isinstance(found, Failure) else succeed(found)
        waiting: Deferred[T] = Deferred(self._waiting.remove)
        self._waiting.append(waiting)
        if not self._asking:
            self._asking, self._askedAt = True, self._now()
            self._ask().addBoth(self._tell)
        return waiting

    def _tell(self, found: T | Failure) -> None:
        self._asking, self._found = False, found
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.callback(found)
