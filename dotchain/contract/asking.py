"""What a contained stage asks of others meanwhile, and for which of its queries."""

from __future__ import annotations

from contextvars import ContextVar

from ..node import Outcome
from ..wire import Query
from .attempt import Attempt

CURRENT: ContextVar[Attempt | None] = ContextVar("CURRENT", default=None)
"""The query that a contained stage is at work on; coroutines keep it across what they await."""


class Asking:
    """
    One stage's.

    @ivar attempts: the queries that it has to answer.
    """

    def __init__(self) -> None:
        self.attempts: dict[Query, Attempt] = {}
        # How often each question is being asked, and how many queries that nobody's could be told to be.
        self._asked: dict[bytes, int] = {}
        self._strange = 0

    def begin(self, query: Query) -> Attempt | None:
        """It asks somebody; for which query of its own, as far as that can be told."""
        attempt = self._attempt(query)
        self._asked[query.key] = self._asked.get(query.key, 0) + 1
        if attempt is None:
            self._strange += 1
        else:
            attempt.asks()
        return attempt

    def end(self, attempt: Attempt | None, query: Query, outcome: Outcome, heard: bool) -> None:
        """
        That ended so.

        @param heard: whether it is the next one in the path that was asked.
        """
        left = self._asked.pop(query.key) - 1
        if left:
            self._asked[query.key] = left
        if attempt is None:
            self._strange -= 1
        else:
            attempt.hears(outcome, heard and query is attempt.query)

    def mayWait(self, query: Query) -> bool:
        """Whether a query may wait for others, though the stage has asked nobody in its name."""
        return bool(self._strange or self._asked.get(query.key))

    def _attempt(self, query: Query) -> Attempt | None:
        found = self.attempts.get(query)
        if found is None:
            current = CURRENT.get()
            found = current if current is not None and current.asking is self else None
        return found
