"""When a stage that keeps failing is left out, and when it is tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from twisted.logger import Logger

from ..clockwork.logratelimit import LogRateLimit, suppressed


class Bypass:
    """
    Leaves a stage out after failures in a row, ever longer, and lets one query through now and then to see.

    @cvar AFTER: so many failures in a row.
    @cvar FIRST: seconds that it is left out first; twice as long after each query that failed again.
    @cvar LONGEST: and no longer than that.
    """

    AFTER: ClassVar[int] = 5
    FIRST: ClassVar[float] = 1.0
    LONGEST: ClassVar[float] = 60.0
    _log = Logger()

    def __init__(self, who: str, now: Callable[[], float]) -> None:
        """
        @param who: the title of its section.
        @param now: a clock, in seconds.
        """
        self._who = who
        self._now = now
        self._failures = 0
        self._wait = self._until = 0.0
        self._probing = False
        self._rate = LogRateLimit(now=now)

    @property
    def open(self) -> bool:
        """Whether it is left out."""
        return self._wait > 0

    def admits(self) -> bool:
        """Whether the next query may go to the stage."""
        if not self._wait:
            return True
        if self._probing or self._now() < self._until:
            return False
        self._probing = True
        return True

    def failed(self) -> None:
        """The stage has failed a query."""
        self._failures += 1
        if self._wait and not self._probing:
            return
        if self._failures >= self.AFTER:
            self._wait = min(2 * self._wait or self.FIRST, self.LONGEST)
            self._until = self._now() + self._wait
            self._probing = False
            self._tell("keeps failing and is bypassed; it is tried again now and then")

    def succeeded(self) -> None:
        """The stage has done its part."""
        if self._wait:
            self._tell("works again and is bypassed no more")
        self._failures = 0
        self._wait = 0.0
        self._probing = False

    def abandoned(self) -> None:
        """Nobody waits any more for what the stage would have made of a query."""
        self._probing = False

    def _tell(self, what: str) -> None:
        held = self._rate.admit(what)
        if held is not None:
            more = suppressed(held)
            self._log.warn(
                "{who} {what}{more}", who=self._who, what=what, section=self._who, more=more, suppressed=held
            )
