"""Whose turn it is when room runs out."""

from __future__ import annotations

from typing import Final

from .evictionqueue import EvictionQueue
from .packed import ESTABLISHED, MARKS, NEGATIVE, expiry

# The parts of all room that are for answers on trial, and for negative ones.
_TRIAL: Final = 1 / 10
_NEGATIVE: Final = 1 / 4


class EvictionOrder:
    """
    The order in which answers go.

    New answers are on trial in a tenth of the room, and go first; those that were used
    by then are established. There the oldest goes, unless it was used since it last
    stood in front: then it joins the end again. A burst of names that nobody asks twice
    so passes through the tenth, and all others stay (S3-FIFO without its ghosts). Negative
    answers have a queue of their own and at most a quarter of the room, so that names made
    up at random wash out no others.

    @ivar trial: where those that are not negative come to.
    @ivar negative: the negative ones.
    @ivar mostNegative: octets that they may cost.
    """

    def __init__(self, table: dict[bytes, bytes], room: int) -> None:
        """
        @param table: the answers that stand here, as L{pack} makes them.
        @param room: octets that all of them may cost.
        """
        self.negative = EvictionQueue()
        self.mostNegative = int(room * _NEGATIVE)
        self.trial, self._established = EvictionQueue(), EvictionQueue()
        self._mostTrial = int(room * _TRIAL)
        self._table = table

    def of(self, packed: bytes) -> EvictionQueue:
        """Where an answer stands."""
        if packed[MARKS] & NEGATIVE:
            return self.negative
        return self._established if packed[MARKS] & ESTABLISHED else self.trial

    def next(self, second: int) -> EvictionQueue:
        """The queue that the next one goes from; one must be here."""
        if self.negative.octets:
            first = self.negative.first
            if first is not None and expiry(self._table[first]) <= second:
                return self.negative
        if self.trial.octets > self._mostTrial:
            return self.trial
        if self._established.octets:
            return self._established
        return self.trial if self.trial.octets else self.negative

    def sweep(self) -> None:
        """Let all leave that the table has no more, whose octets have been subtracted."""
        for queue in (self.trial, self._established, self.negative):
            queue.sweep(self._table)
