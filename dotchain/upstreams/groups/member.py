"""One upstream of a group: what it did, and whether it is to be trusted with queries now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from twisted.internet.defer import fail
from twisted.logger import Logger
from twisted.python.failure import Failure

from ...interfaces import IResolver
from ...seldom import Seldom

if TYPE_CHECKING:
    from ...resolver import Result
    from ...wire import Query


class Member:
    """
    One upstream of a group.

    Its health comes from live traffic alone. Any answer is a sign of life, whatever its
    RCODE: that a name can't be resolved is not the upstream's fault. A few failures in a
    row make it I{suspect}: it is asked last, until one live query at a time may try it.

    @ivar name: as the group's C{over} has it.
    @ivar asked: queries that it was given.
    @ivar won: those whose answer the group gave.
    @ivar failed: those that it failed.
    @ivar suspect: it is asked last.
    @ivar answeredAt: when it answered last, in the clock's seconds.
    @ivar out: queries that it has neither answered nor failed yet.
    @ivar latency: moving average of the seconds that it takes; 0 until it is known.
    """

    _log = Logger()

    # Failures in a row that make it suspect.
    FAILURES = 3
    # Seconds until a trial: after the first suspicion, and the most that doubling leads to.
    BACKOFF, LONGEST = 0.5, 30.0
    # Health that lasts so many seconds wipes out the past.
    STEADY = 30.0
    # Seconds after which a trial that came to nothing makes room for the next.
    TRIAL = 5.0
    # What one answer counts for, as in TCP's round-trip times (RFC 6298 section 2).
    WEIGHT = 0.125

    __slots__ = (
        "_backoff",
        "_failures",
        "_random",
        "_recoveredAt",
        "_resolve",
        "_retryAt",
        "_seldom",
        "_since",
        "_tryingUntil",
        "answeredAt",
        "asked",
        "failed",
        "latency",
        "name",
        "out",
        "suspect",
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
        self._resolve = resolver.resolve
        self.asked = self.won = self.failed = self.out = 0
        self.suspect = False
        self.latency = self._since = 0.0
        self.answeredAt = float("-inf")
        self._random = random
        self._seldom = Seldom(now=now)
        self._failures = 0
        self._backoff = 0.0
        self._retryAt = self._tryingUntil = self._recoveredAt = 0.0

    def ask(self, query: Query, now: float) -> Result:
        """Ask it. One that raises, which no resolver may, has failed."""
        self.asked += 1
        if not self.out:
            self._since = now
        self.out += 1
        try:
            return self._resolve(query)
        except Exception:
            return fail(Failure())

    def answered(self, now: float) -> None:
        """It has answered something."""
        self.out -= 1
        self.answeredAt = self._since = now
        self._failures = 0
        if self.suspect:
            self.suspect = False
            self._tryingUntil, self._recoveredAt = 0.0, now
            self._say("recovered", "upstream {name} answers again")

    def hasFailed(self, now: float, reason: str) -> None:
        """It has failed a query."""
        self.out -= 1
        self.failed += 1
        self._since = now
        self.doubt(now, reason)

    def doubt(self, now: float, reason: str) -> None:
        """It has failed, or kept silent for long; while it is left alone that counts no more."""
        self._failures += 1
        if self.suspect and now >= self._retryAt:
            self._leave(now)
        elif not self.suspect and self._failures >= self.FAILURES:
            if now - self._recoveredAt > self.STEADY:
                self._backoff = 0.0
            self.suspect = True
            self._leave(now)
            self._say("suspect", "upstream {name} is asked last for now: {reason}", reason=reason)

    def learn(self, took: float) -> None:
        """An answer took so many seconds, or is to count so."""
        self.latency += (took - self.latency) * (self.WEIGHT if self.latency else 1.0)

    def seems(self, now: float) -> float:
        """Seconds that it would take now: whoever is silent is at least as slow as that."""
        return max(self.latency, now - self._since) if self.out else self.latency

    def _leave(self, now: float) -> None:
        self._backoff = min(max(2 * self._backoff, self.BACKOFF), self.LONGEST)
        self._retryAt = now + self._backoff * (0.75 + 0.25 * self._random())
        self._tryingUntil = 0.0

    def mayTry(self, now: float) -> bool:
        """Whether the query at hand is to find out how it is; if so, no other is for the time being."""
        if now < self._retryAt or now < self._tryingUntil:
            return False
        self._tryingUntil = now + self.TRIAL
        return True

    def _say(self, sort: str, line: str, **values: object) -> None:
        if self._seldom.due(sort) is not None:
            self._log.warn(line, name=self.name, **values)
