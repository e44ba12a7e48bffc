"""Which queries are of a sample."""

from __future__ import annotations

from collections.abc import Callable
from math import log
from typing import TYPE_CHECKING

from ...toll import Toll

if TYPE_CHECKING:
    from ...client import Client


class Sampling(Toll):
    """
    A part of all queries, drawn at random: stubs ask for A and AAAA in turn, and one in two would be A alone.

    What is drawn is how many come before the next one. So those that a front remembers are counted, too, and
    where it is the turn of one of these the front asks the chain, as for any toll that can't be paid.

    @ivar before: how many come before the next one.
    """

    def __init__(self, part: float, random: Callable[[], float]) -> None:
        """
        @param part: above 0; 1 is all.
        @param random: a number from 0 up to 1; no secret depends on it.
        """
        self._others = log(1 - part) if part < 1 else 0.0
        self._random = random
        self.before = self._drawn()

    def _drawn(self) -> int:
        return int(log(1 - self._random()) / self._others) if self._others else 0

    def affords(self, client: Client, now: float) -> bool:
        """See L{Toll.affords}."""
        return self.before > 0

    def pays(self, client: Client, now: float) -> bool:
        """See L{Toll.pays}."""
        if not self.before:
            return False
        self.before -= 1
        return True

    def takes(self) -> bool:
        """Whether the query that has come is one of them."""
        if self.before:
            self.before -= 1
            return False
        self.before = self._drawn()
        return True
