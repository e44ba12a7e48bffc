"""How far a query came in the sections behind the log, and how long each took."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...node import Later, Node, Outcome
from ...wire.answer import Answer

if TYPE_CHECKING:
    from ...wire.query import Query


class Trail:
    """
    The way of one query.

    @ivar reached: the place of the last section that was asked, 1 for the first; 0 for none.
    @ivar asked: what that said, where it had no answer yet.
    @ivar spent: seconds for which each section was asked, the sections behind it included; -1 where it was
        not.
    @ivar since: when each section was asked that has not answered; else -1.
    """

    __slots__ = ("asked", "reached", "since", "spent")

    def __init__(self, sections: int) -> None:
        self.reached = 0
        self.asked: Later | None = None
        self.spent = [-1.0] * sections
        self.since = [-1.0] * sections

    def passed(self, place: int, now: float) -> None:
        """A section has answered, or is no more waited for."""
        began = self.since[place - 1]
        if began >= 0:
            self.since[place - 1] = -1.0
            self.spent[place - 1] = max(self.spent[place - 1], 0.0) + now - began

    def end(self, now: float) -> None:
        """The query is answered, whoever of those behind has still to answer."""
        for place in range(1, len(self.since) + 1):
            self.passed(place, now)


class Trails:
    """
    The ways of queries that are under way.

    @ivar current: that of the query that is being asked just now, whatever stages make of it.
    @ivar open: those of queries that wait, by the query as it was asked.
    @ivar now: a clock, in seconds.
    @ivar timed: whether it matters how long things take.
    """

    def __init__(self, now: Callable[[], float], timed: bool) -> None:
        self.current: Trail | None = None
        self.open: dict[Query, Trail] = {}
        self.now = now
        self.timed = timed


class Milestone(Node):
    """Stands before a section, and notes on the trail of each query that it passes."""

    def __init__(self, next: Node, place: int, trails: Trails) -> None:
        """@param place: of the section, 1 for the first."""
        self._next = next
        self._place = place
        self._trails = trails

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        trails = self._trails
        trail = trails.current or trails.open.get(query)
        if trail is None:
            return self._next.resolve(query)
        trail.reached = max(trail.reached, self._place)
        if trails.timed:
            trail.since[self._place - 1] = trails.now()
        asked = self._next.resolve(query)
        if isinstance(asked, Later):
            if trail.reached == self._place:
                trail.asked = asked
            if trails.timed:
                asked.tell(self, trail)
        elif trails.timed:
            trail.passed(self._place, trails.now())
        return asked

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}."""
        assert isinstance(state, Trail)
        state.passed(self._place, self._trails.now())
        return outcome
