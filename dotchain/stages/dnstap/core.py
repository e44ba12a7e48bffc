"""What C{dnstap} does with each query: where clients' come in, and where they go to an upstream."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...node import Later, Node, Outcome
from ...wire.answer import Answer

if TYPE_CHECKING:
    from ...match.match import Match
    from ...wire.query import Query

Asked = Callable[["Query", "Later | None", float], None]
"""Tells of a query, with what waits for its answer, if anything does, and the time in seconds since 1970."""

Ended = Callable[["Query", "Later | None", float, Outcome], None]
"""The same with what became of it; the time is that of the query."""


class Passing(Node):
    """Passes on every query."""

    def __init__(self, next: Node) -> None:
        self._next = next

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        return self._next.resolve(query)


class Tap(Node):
    """Passes on every query, and has it and its answer told of."""

    def __init__(
        self,
        next: Node,
        match: Match | None,
        asked: Asked,
        ended: Ended,
        wall: Callable[[], float],
        early: bool,
    ) -> None:
        """
        @param match: only queries for which it holds; None is all.
        @param wall: seconds since 1970.
        @param early: tell of a query before it is passed on, when nobody knows what waits for its answer.
        """
        self._next = next
        self._match = match
        self._asked = asked
        self._ended = ended
        self._wall = wall
        self._early = early

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        if self._match is not None and not self._match.holds(query):
            return self._next.resolve(query)
        at = self._wall()
        if self._early:
            self._asked(query, None, at)
        asked = self._next.resolve(query)
        waits = None if isinstance(asked, Answer) else asked
        if not self._early:
            self._asked(query, waits, at)
        if isinstance(asked, Answer):
            self._ended(query, None, at, asked)
            return asked
        asked.tell(self, (asked, at))
        return asked

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}."""
        assert isinstance(state, tuple)
        asked: Later = state[0]
        at: float = state[1]
        self._ended(query, asked, at, outcome)
        return outcome
