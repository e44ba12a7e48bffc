"""What C{querylog} does with each query."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...node import Later, Node, Outcome
from ...wire.answer import Answer
from .trail import Trail, Trails

if TYPE_CHECKING:
    from ...match.match import Match
    from ...wire.query import Query

Note = Callable[["Query", Outcome, float, Trail], None]
"""Takes down one query: its outcome, the seconds that it took, and how far it came."""


class QueryLogCore(Node):
    """
    Passes on every query, and has some taken down once they are answered.

    @ivar sections: how many sections behind have a L{Milestone<dotchain.stages.querylog.trail.Milestone>}.
    """

    def __init__(
        self, next: Node, match: Match | None, sample: int, slow: float, trails: Trails, note: Note
    ) -> None:
        """
        @param match: only queries for which it holds; None is all.
        @param sample: one in so many of those.
        @param slow: only those that took so many seconds.
        """
        self._next = next
        self._match = match
        self._sample = sample
        self._slow = slow
        self._trails = trails
        self._note = note
        self._passed = 0
        self.sections = 0

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        if not self._wanted(query):
            return self._next.resolve(query)
        trails = self._trails
        trail = trails.current = Trail(self.sections)
        began = trails.now()
        try:
            asked = self._next.resolve(query)
        except BaseException as error:
            self._ended(query, error, began, trail)
            raise
        finally:
            trails.current = None
        if isinstance(asked, Answer):
            self._ended(query, asked, began, trail)
            return asked
        trails.open[query] = trail
        asked.tell(self, (trail, began))
        return asked

    def _wanted(self, query: Query) -> bool:
        match = self._match
        if match is not None and not match.holds(query):
            return False
        self._passed += 1
        if self._passed < self._sample:
            return False
        self._passed = 0
        return True

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}."""
        assert isinstance(state, tuple)
        trail: Trail = state[0]
        self._trails.open.pop(query, None)
        self._ended(query, outcome, state[1], trail)
        return outcome

    def _ended(self, query: Query, outcome: Outcome, began: float, trail: Trail) -> None:
        now = self._trails.now()
        took = now - began
        if took >= self._slow:
            if self._trails.timed:
                trail.end(now)
            self._note(query, outcome, took, trail)
