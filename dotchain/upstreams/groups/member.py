"""One upstream of a group: how it is asked, and what it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from ...contract.guard import Guard, coreOf
from ...node import landed
from .health import Health

if TYPE_CHECKING:
    from ...interfaces import IResolver
    from ...node import Later, Node
    from ...wire.answer import Answer
    from ...wire.query import Query


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
    WEIGHT: ClassVar[float] = 0.125

    __slots__ = (
        "_node",
        "_now",
        "_random",
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
        self.resolver = resolver
        self._node: Node = coreOf(resolver)
        self._now, self._random = now, random
        self.asked = self.won = self.failed = self.probes = self.out = 0
        self.probing = False
        self.latency = self._since = 0.0

    def follow(self, resolver: IResolver) -> None:
        """Be another resolver from now on, of the same name."""
        self.resolver = resolver
        self._node = coreOf(resolver)

    def through(self, resolver: IResolver) -> Member:
        """The same member asked by way of another resolver: its health is shared, not its counters."""
        made = Member(self.name, resolver, self._now, self._random)
        made.health, made.latency = self.health, self.latency
        return made

    @property
    def guarded(self) -> bool:
        """Whether it might never answer."""
        return isinstance(self.resolver, Guard)

    @property
    def state(self) -> str:
        """Its health in a word: C{healthy}, C{suspect}, C{down} or C{drained}."""
        return self.health.state

    def ask(self, query: Query, now: float, patiently: bool) -> Answer | Later:
        """
        Ask it.

        @param patiently: where it can't be reached now, it may wait until it can be.
        """
        self.asked += 1
        if not self.out:
            self._since = now
        self.out += 1
        try:
            return self._node.resolve(query) if patiently else self._node.attempt(query)
        except BaseException as error:
            return landed(query, error)

    def forsake(self, query: Query) -> None:
        """Wait no more for its answer to a query, if it is one that might never give it."""
        if isinstance(self.resolver, Guard):
            self.resolver.forsake(query)

    def probe(self, query: Query) -> Answer | Later:
        """Ask it something that no client waits for."""
        self.probes += 1
        try:
            return self._node.resolve(query)
        except BaseException as error:
            return landed(query, error)

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

    def notAsked(self) -> None:
        """It was spared what it was to be asked."""
        self.asked -= 1
        self.out -= 1

    def learn(self, took: float) -> None:
        """An answer took so many seconds, or is to count so."""
        self.latency += (took - self.latency) * (self.WEIGHT if self.latency else 1.0)

    def seems(self, now: float) -> float:
        """Seconds that it would take now: whoever is silent is at least as slow as that."""
        return max(self.latency, now - self._since) if self.out else self.latency
