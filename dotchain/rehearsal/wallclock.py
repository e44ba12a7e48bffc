"""What time it is in a rehearsal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from ..match.times import CLOCK


class WallClock:
    """
    A clock that all C{time:} words of a tree ask.

    @ivar at: the time in seconds since 1970; None is what it is in earnest.
    """

    def __init__(self) -> None:
        self.at: float | None = None

    def __call__(self) -> float:
        """The time in seconds since 1970."""
        return time.time() if self.at is None else self.at

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Words that are read meanwhile ask this clock from then on."""
        token = CLOCK.set(self)
        try:
            yield
        finally:
            CLOCK.reset(token)
