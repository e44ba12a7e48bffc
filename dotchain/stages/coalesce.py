"""The stage C{coalesce}: equal questions in flight share one call of the next resolver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from twisted.internet.defer import CancelledError, Deferred, fail, maybeDeferred
from twisted.python.failure import Failure

from ..api import EDE_OTHER, Answer, Option, OptionError, Options, ResolveError, Stage, whole

if TYPE_CHECKING:
    from ..api import IResolver, Query, Reactor, Result

_Flight = dict["Deferred[Answer]", "Deferred[None] | None"]
"""
Those who wait for one answer beside the first, in the order in which they came; each with what is
asked anew for them, where the first has left.
"""

_Outcome = Answer | Failure


class Coalesce(Stage):
    """
    Ask the next resolver once for all who ask the same before it has answered.

    Several equal questions in flight would each be a chance for a forger (RFC 5452
    section 5), and a load for the upstream. Everyone gets the same answer or the same
    failure; the front gives it each one's own ID, case and OPT. The first has the next
    resolver's own Deferred: a second one would cost each query that nobody joins 2 µs.
    Whoever cancels leaves only himself: where it was the first, his question is asked anew for
    those who wait.

    @ivar shared: queries that waited for the answer to another's.
    """

    kind = "coalesce"
    options: ClassVar[Options] = {
        "waiters": Option(whole, "10000", "most queries that wait for one answer; those above it fail"),
    }

    counters: ClassVar[Sequence[str]] = ("shared",)

    waiters: int = 10000

    def __init__(self, next: IResolver, reactor: Reactor, **options: Any) -> None:
        """@raise OptionError: where nobody may wait."""
        super().__init__(next, reactor, **options)
        if self.waiters < 1:
            raise OptionError("waiters", "at least 1, who is the first to ask")
        self.replays = next.replays
        self.shared = 0
        self._flights: dict[bytes, _Flight] = {}

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        if not query.shareable:
            return self.next(query)
        flight = self._flights.get(query.key)
        if flight is not None:
            return self._join(flight)
        result = self.next(query)
        if isinstance(result, Deferred):
            self._flights[query.key] = flight = {}
            result.addBoth(self._land, query, flight)
        return result

    def explain(self, query: Query) -> str:
        """See L{Stage.explain}."""
        flight = self._flights.get(query.key) if query.shareable else None
        return (
            "" if flight is None else f"waits with {len(flight) + 1} others for the answer to an equal query"
        )

    def _join(self, flight: _Flight) -> Deferred[Answer]:
        if len(flight) + 1 >= self.waiters:
            return fail(ResolveError("too many equal queries in flight", EDE_OTHER))
        self.shared += 1
        waiter: Deferred[Answer] = Deferred(partial(_leave, flight))
        flight[waiter] = None
        return waiter

    def _land(self, result: _Outcome, query: Query, flight: _Flight) -> _Outcome:
        """The outcome is there, for the first and for all who wait."""
        if self._flights.get(query.key) is flight:
            del self._flights[query.key]
        if flight and isinstance(result, Failure) and result.check(CancelledError):
            self._askAnew(query, flight)
        elif flight:
            _share(result, flight)
        return result

    def _askAnew(self, query: Query, flight: _Flight) -> None:
        """The first has left, and with him what he had asked."""
        asked = maybeDeferred(cast("Callable[[Query], Answer]", self.resolve), query)
        shared = asked.addBoth(_share, flight)
        for waiter in flight:
            flight[waiter] = shared


def _leave(flight: _Flight, waiter: Deferred[Answer]) -> None:
    """One waits no more; what nobody waits for any more must not go on for ever."""
    asked = flight.pop(waiter)
    if asked is not None and not flight:
        asked.cancel()


def _share(result: _Outcome, flight: _Flight) -> None:
    """Give the outcome to those who wait; what they do then may ask or cancel anything."""
    for waiter in tuple(flight):
        if waiter in flight:
            waiter.callback(result)
