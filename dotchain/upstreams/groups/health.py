"""Whether a member of a group is to be trusted with queries now."""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import Logger

from ...clockwork.logratelimit import LogRateLimit, suppressed

HEALTHY, SUSPECT, DOWN = "healthy", "suspect", "down"
DRAINED = "drained"
"""Its operator wants it to be asked no more, however it is."""


class Health:
    """
    The health of one member, by what it does with the queries that it gets anyway.

    Any answer is a sign of life, whatever its RCODE: that a name can't be resolved is
    not the upstream's fault. A few failures in a row make it I{suspect}. Then it is
    probed, after a wait that doubles each time; a probe that fails makes it I{down}. A
    few signs of life in a row make it healthy.

    An answer or a failure tells how things stood when its query was asked, and so
    nothing against what came of a query that was asked later.

    @ivar answeredFor: when the newest query was asked that it has answered.
    @ivar state: C{healthy}, C{suspect} or C{down}.
    @ivar probeAt: when it is to be probed, unless it is healthy.
    """

    _log = Logger()

    # Failures in a row that make it suspect, and signs of life that make it healthy again.
    FALL, RISE = 3, 2
    # Seconds until a probe: the first time, and the most that doubling leads to.
    BACKOFF, LONGEST = 0.5, 30.0
    # Health that lasts so many seconds wipes out the past.
    STEADY = 30.0

    __slots__ = (
        "_failedFor",
        "_failures",
        "_logRateLimit",
        "_name",
        "_random",
        "_recoveredAt",
        "_signs",
        "_told",
        "_wait",
        "answeredFor",
        "probeAt",
        "state",
    )

    def __init__(self, name: str, now: Callable[[], float], random: Callable[[], float]) -> None:
        """
        @param name: what the log calls it.
        @param now: a clock, in seconds.
        @param random: a number from 0 up to 1, for jitter.
        """
        self.state = HEALTHY
        self._name = name
        self._random = random
        self._logRateLimit = LogRateLimit(now=now)
        self.answeredFor = self._failedFor = float("-inf")
        self._failures = self._signs = 0
        self._told = False
        self._wait = self.probeAt = self._recoveredAt = 0.0

    def answered(self, askedAt: float, now: float) -> None:
        """It has answered something that it was asked at this time."""
        self.answeredFor = max(self.answeredFor, askedAt)
        if askedAt < self._failedFor:
            return
        self._failures = 0
        if self.state not in (HEALTHY, DRAINED):
            self._signs += 1
            if self._signs >= self.RISE:
                self._recoveredAt = now
                self._turn(HEALTHY, "it answers again")

    def failed(self, askedAt: float, now: float, reason: str) -> bool:
        """
        It has failed what it was asked at this time, or kept silent about it for long.

        @return: whether it is to blame, for it has answered nothing that was asked later.
        """
        if askedAt < self.answeredFor:
            return False
        self._failedFor = max(self._failedFor, askedAt)
        self._failures += 1
        self._signs = 0
        if self.state == HEALTHY and self._failures >= self.FALL:
            if now - self._recoveredAt > self.STEADY:
                self._wait = 0.0
            self._leave(now)
            self._turn(SUSPECT, reason)
        return True

    def toProbe(self, now: float) -> bool:
        """Whether it is time to find out how it is."""
        return self.state not in (HEALTHY, DRAINED) and now >= self.probeAt

    def probed(self, now: float, failure: str = "") -> None:
        """
        A probe is over; its answer, if any, is told by L{answered}.

        @param failure: why it failed.
        """
        if self.state in (HEALTHY, DRAINED):
            return
        if failure:
            self._signs = 0
        self._leave(now)
        if failure and self.state != DOWN:
            self._turn(DOWN, failure)

    def drain(self) -> None:
        """Ask it only where all others are down, whatever becomes of what it was asked."""
        self.state = DRAINED

    def undrain(self) -> None:
        """Trust it again."""
        if self.state == DRAINED:
            self.state = HEALTHY
            self._failures = self._signs = 0

    def _leave(self, now: float) -> None:
        """Leave it alone for twice as long as the last time, jittered."""
        self._wait = min(max(2 * self._wait, self.BACKOFF), self.LONGEST)
        self.probeAt = now + self._wait * (0.75 + 0.25 * self._random())

    def _turn(self, state: str, reason: str) -> None:
        """Change the state. The log is told of each sort of trouble once a minute, and of its end."""
        self.state = state
        held = (0 if self._told else None) if state == HEALTHY else self._logRateLimit.admit(state)
        self._told = state != HEALTHY and (held is not None or self._told)
        if held is not None:
            self._log.warn(
                "upstream {upstream} is {state}: {reason}{more}",
                upstream=self._name,
                state=state,
                reason=reason,
                more=suppressed(held),
                suppressed=held,
            )
