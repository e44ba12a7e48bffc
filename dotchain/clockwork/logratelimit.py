"""Log lines that something outside can cause, held to a rate."""

from __future__ import annotations

from collections.abc import Callable

from . import boottime


def suppressed(held: int) -> str:
    """What a line ends with where others of its sort were held back before it."""
    return f"; suppressed {held} like it" if held else ""


class LogRateLimit:
    """
    Let one line of each sort pass in an interval, and count the others.

    @ivar suppressed: lines of each sort held back since the last that passed.
    @cvar everything: let all lines pass, as whoever looks for a fault wants it.
    @cvar held: lines of this process that were held back, of all sorts.
    """

    everything = False
    held = 0

    # Sorts are made of addresses of upstreams and the like: few. A bound all the same.
    LIMIT = 1000

    def __init__(self, interval: float = 60.0, now: Callable[[], float] = boottime.now) -> None:
        """
        @param interval: seconds between two lines of a sort.
        @param now: a clock.
        """
        self._interval = interval
        self._now = now
        self._next: dict[object, float] = {}
        self.suppressed: dict[object, int] = {}

    def admit(self, sort: object, before: int = 0) -> int | None:
        """
        Whether a line of this sort may be logged now.

        @param before: so many more like it were held back as another sort.
        @return: how many were held back since the last one, or None to hold this back.
        """
        now = self._now()
        if not self.everything and now < self._next.get(sort, now):
            self.suppressed[sort] = self.suppressed.get(sort, 0) + 1 + before
            LogRateLimit.held += 1
            return None
        if len(self._next) >= self.LIMIT:
            self._next.clear()
            self.suppressed.clear()
        self._next[sort] = now + self._interval
        return self.suppressed.pop(sort, 0) + before
