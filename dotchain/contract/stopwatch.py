"""Whose code takes how long of a query, by itself: measured for one query in many."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ..node import Node, Outcome
from ..wire.answer import Answer

if TYPE_CHECKING:
    from ..node import Later
    from ..wire.query import Query

_SAMPLED: Final = "sampled"


class Spent:
    """
    What one section took by itself.

    @ivar seconds: of all queries that were measured.
    @ivar queries: how many those are.
    """

    __slots__ = ("queries", "seconds")

    def __init__(self) -> None:
        self.seconds = 0.0
        self.queries = 0


class Stopwatch:
    """
    Knows who is at work now: whoever asks another stops, until that one has answered or will do so later.

    @ivar sampling: whether the query that is asked now is measured.
    """

    __slots__ = ("_by", "_landing", "_now", "_since", "sampling")

    def __init__(self, now: Callable[[], float]) -> None:
        """@param now: a clock."""
        self.sampling = False
        self._now = now
        self._since = 0.0
        self._by: Spent | None = None
        self._landing: Query | None = None

    def enter(self, spent: Spent) -> Spent | None:
        """Somebody is asked. Who has been at work until now, to be given to L{leave}."""
        before = self._turn(spent)
        spent.queries += 1
        return before

    def leave(self, before: Spent | None) -> None:
        """He has returned."""
        self._turn(before)

    def _turn(self, to: Spent | None) -> Spent | None:
        now, before = self._now(), self._by
        if before is not None:
            before.seconds += now - self._since
        self._by, self._since = to, now
        return before

    def landed(self, query: Query, spent: Spent) -> None:
        """
        What comes later has passed somebody on its way back: the time since it passed the one behind him.

        Where it comes from him, there was none.
        """
        now = self._now()
        if self._landing is query:
            spent.seconds += now - self._since
        self._landing, self._since = query, now

    def end(self) -> None:
        """Its way back is over."""
        self._landing = None


class Timed(Node):
    """
    Stands before a part, and stops the time of those queries that are measured.

    @ivar next: that part.
    """

    __slots__ = ("_spent", "_watch", "next")

    def __init__(self, next: Node, spent: Spent, watch: Stopwatch) -> None:
        """@param spent: takes what the part takes."""
        self.next = next
        self._spent = spent
        self._watch = watch

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        watch = self._watch
        if not watch.sampling:
            return self.next.resolve(query)
        before = watch.enter(self._spent)
        try:
            answer = self.next.resolve(query)
        finally:
            watch.leave(before)
        if not isinstance(answer, Answer):
            answer.tell(self, _SAMPLED)
        return answer

    def attempt(self, query: Query) -> Answer | Later:
        """See L{Node.attempt}: groups alone do so, whose members are not told apart."""
        return self.next.attempt(query)

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}."""
        self._watch.landed(query, self._spent)
        return outcome
