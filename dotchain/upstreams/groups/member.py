"""One upstream of a group: how it is asked, and what it did."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING

from twisted.internet.defer import fail
from twisted.python.failure import Failure

from ...contract.guard import Guard
from ...interfaces import IPromptResolver, IResolver
from .health import Health

if TYPE_CHECKING:
    from ...resolver import Result
    from ...wire import Query


class Member:
    """
    One upstream of a group.

    @ivar name: as the group's C{over} has it.
    @ivar resolver: who is asked.
    @ivar health: whether it is to be trusted with queries now.
    @ivar asked: queries that it was given.
    @ivar won: those whose answer the group gave.
    @ivar failed: those that it failed.
    @ivar probes: queries of our own that it was given besides.
    @ivar probing: one of these is on its way.
    @ivar out: queries that it has neither answered nor failed yet.
    @ivar latency: moving average of the seconds that it takes; 0 until it is known.
    """

    # What one answer counts for, as in TCP's round-trip times (RFC 6298 section 2).
    WEIGHT = 0.125

    __slots__ = (
        "_attempt",
        "_resolve",
        "_since",
        "asked",
        "failed",
        "health",
        "latency",
        "name",
        "out",
        "probes",
        "probing",
        "resolver",
        "won",
    )

    def __init__(
        self, name: str, resolver: IResolver, now: Callable[[], float], random: Callable[[], float]
    ) -> None:
        """
        @param now: a clock, in seconds.
        @param random: a number from 0 up to 1, for jitter.
        """
        self.name = name
        self.health = Health(name, now, random)
        self._lead(resolver)
        self.asked = self.won = self.failed = self.probes = self.out = 0
        self.probing = False
        self.latency = self._since = 0.0

    def _lead(self, resolver: IResolver) -> None:
        prompt = IPromptResolver(resolver, None)
        self.resolver = resolver
        self._resolve = resolver.resolve
        self._attempt = resolver.resolve if prompt is None else prompt.attempt

    def through(self, resolver: IResolver) -> Member:
        """The same member asked by way of another resolver: its health is shared, not its counters."""
        made = copy.copy(self)
        made._lead(resolver)
        return made

    @property
    def state(self) -> str:
        """Its health in a word: C{healthy}, C{suspect} or C{down}."""
        return self.health.state

    def ask(self, query: Query, now: float, patiently: bool) -> Result:
        """
        Ask it.

        @param patiently: where it can't be reached now, it may wait until it can be.
        """
        self.asked += 1
        if not self.out:
            self._since = now
        self.out += 1
        return _safely(self._resolve if patiently else self._attempt, query)

    def forsake(self, query: Query) -> None:
        """Wait no more for its answer to a query, if it is one that might never give it."""
        if isinstance(self.resolver, Guard):
            self.resolver.forsake(query)

    def probe(self, query: Query) -> Result:
        """Ask it something that no client waits for."""
        self.probes += 1
        return _safely(self._resolve, query)

    def answered(self, askedAt: float, now: float) -> None:
        """It has answered what it was asked at this time."""
        self.out -= 1
        self._since = now
        self.health.answered(askedAt, now)

    def hasFailed(self, askedAt: float, now: float, reason: str) -> None:
        """It has failed what it was asked at this time."""
        self.out -= 1
        self.failed += 1
        self._since = now
        self.health.failed(askedAt, now, reason)

    def learn(self, took: float) -> None:
        """An answer took so many seconds, or is to count so."""
        self.latency += (took - self.latency) * (self.WEIGHT if self.latency else 1.0)

    def seems(self, now: float) -> float:
        """Seconds that it would take now: whoever is silent is at least as slow as that."""
        return max(self.latency, now - self._since) if self.out else self.latency


def _safely(ask: Callable[[Query], Result], query: Query) -> Result:
    """Ask one that may raise, which no resolver may: then it has failed."""
    try:
        return ask(query)
    except BaseException:
        return fail(Failure())
