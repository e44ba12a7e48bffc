"""What a contained stage has as its next one, which sees when it asks and what it is told."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from zope.interface import implementer

from ..deferring import resultOf
from ..interfaces import IResolver
from ..node import Later, Node, Outcome
from ..resolver import Result
from ..wire import Query
from ..wire.answer import Answer
from .attempt import Attempt
from .guard import coreOf

CURRENT: ContextVar[Attempt | None] = ContextVar("CURRENT", default=None)
"""The query that a contained stage is at work on; coroutines keep it across what they await."""


@implementer(IResolver)
class NextWatch:
    """
    Stands before the next resolver.

    @ivar next: that one.
    """

    def __init__(self, next: Any) -> None:
        self.replays = next.replays
        self.relay = getattr(next, "relay", None)
        self.next = next
        self.core = NextWatchCore(coreOf(next))

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        return resultOf(self.core.resolve(query))


class NextWatchCore(Node):
    """
    Asks the next node, and has the query that this is done for know.

    @ivar next: that node.
    @ivar attempts: the queries that the stage has to answer.
    """

    def __init__(self, next: Node) -> None:
        self.next = next
        self.attempts: dict[Query, Attempt] = {}
        # How often each question is being asked, and how many queries that nobody's could be told to be.
        self._asked: dict[bytes, int] = {}
        self._strange = 0

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        attempt = self._attempt(query)
        self._begin(attempt, query)
        try:
            asked = self.next.resolve(query)
        except BaseException as error:
            self._end(attempt, query, error)
            raise
        if isinstance(asked, Answer):
            self._end(attempt, query, asked)
        else:
            asked.tell(self, (attempt, query))
        return asked

    def land(self, query: Query, outcome: Outcome, state: Any) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}."""
        attempt, asked = state
        self._end(attempt, asked, outcome)
        return outcome

    def mayWait(self, query: Query) -> bool:
        """Whether a query may wait for the next one, though the stage has not asked in its name."""
        return bool(self._strange or self._asked.get(query.key))

    def _attempt(self, query: Query) -> Attempt | None:
        """For which query this one is asked, as far as that can be told."""
        found = self.attempts.get(query)
        if found is None:
            current = CURRENT.get()
            found = current if current is not None and current.watch is self else None
        return found

    def _begin(self, attempt: Attempt | None, query: Query) -> None:
        self._asked[query.key] = self._asked.get(query.key, 0) + 1
        if attempt is None:
            self._strange += 1
        else:
            attempt.asks()

    def _end(self, attempt: Attempt | None, query: Query, outcome: Outcome) -> None:
        left = self._asked.pop(query.key) - 1
        if left:
            self._asked[query.key] = left
        if attempt is None:
            self._strange -= 1
        else:
            attempt.hears(query, outcome)
