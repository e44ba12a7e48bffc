"""What C{coalesce} does for each query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import CancelledError

from ..node import Asker, Later, Node, Outcome, landed
from ..resolver import ResolveError
from ..wire.answer import Answer
from ..wire.codes import EDE_OTHER

if TYPE_CHECKING:
    from ..wire.query import Query


class CoalesceCore(Node):
    """
    Asks the next node once for all who ask the same before it has answered.

    The first has the next node's own Later: a second one would cost each query that nobody joins. Whoever
    cancels leaves only himself: where it was the first, his question is asked anew for those who wait.

    @ivar shared: queries that waited for the answer to another's.
    @ivar flights: what is in flight, by the question.
    """

    def __init__(self, next: Node, waiters: int, flights: dict[bytes, Flight]) -> None:
        """@param waiters: how many may wait for one answer, the first among them."""
        self._next = next
        self._waiters = waiters
        self._sharing = _Sharing()
        self.flights = flights
        self.shared = 0

    def before(self, next: Node) -> CoalesceCore:
        """The same before another node."""
        return CoalesceCore(next, self._waiters, self.flights)

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        if not query.shareable:
            return self._next.resolve(query)
        flight = self.flights.get(query.key)
        if flight is not None:
            return self._join(flight, query)
        asked = self._next.resolve(query)
        if isinstance(asked, Later) and not asked.landed:
            self.flights[query.key] = flight = Flight()
            asked.tell(self, flight)
        return asked

    def _join(self, flight: Flight, query: Query) -> Later:
        if len(flight.waiting) + 1 >= self._waiters:
            return landed(query, ResolveError("too many equal queries in flight", EDE_OTHER))
        self.shared += 1
        return _Waiting(flight, query)

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}: it is for the first and for all who wait."""
        assert isinstance(state, Flight)
        if self.flights.get(query.key) is state:
            del self.flights[query.key]
        if state.waiting:
            if isinstance(outcome, CancelledError):
                self._askAnew(query, state)
            else:
                state.share(outcome)
        return outcome

    def _askAnew(self, query: Query, flight: Flight) -> None:
        """The first has left, and with him what he had asked."""
        try:
            asked = self.resolve(query)
        except BaseException as error:
            flight.share(error)
            return
        if isinstance(asked, Later):
            flight.asked = asked
            asked.tell(self._sharing, flight)
        else:
            flight.share(asked)


class Flight:
    """
    Those who wait for one answer beside the first.

    @ivar waiting: who they are, in the order in which they came.
    @ivar asked: what is asked anew for them, where the first has left.
    """

    __slots__ = ("asked", "waiting")

    def __init__(self) -> None:
        self.waiting: dict[Later, None] = {}
        self.asked: Later | None = None

    def share(self, outcome: Outcome) -> None:
        """Give the outcome to those who wait; what they do then may ask or cancel anything."""
        for waiting in tuple(self.waiting):
            if waiting in self.waiting:
                waiting.land(outcome)


class _Sharing(Asker):
    """Gives a flight what was asked anew for it."""

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}."""
        assert isinstance(state, Flight)
        state.share(outcome)
        return outcome


class _Waiting(Later):
    """One who waits for the answer to another's query."""

    __slots__ = ("_flight",)

    def __init__(self, flight: Flight, query: Query) -> None:
        super().__init__(query)
        self._flight = flight
        flight.waiting[self] = None

    def leave(self) -> None:
        """See L{Later.leave}: what nobody waits for any more must not go on for ever."""
        flight = self._flight
        del flight.waiting[self]
        if flight.asked is not None and not flight.waiting:
            flight.asked.cancel()
