"""How many queries a second an upstream may get at the most."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..node import Later, landed
from ..resolver import OverRate
from .forwardcore import ForwardCore

if TYPE_CHECKING:
    from ..share import Share
    from ..wire.answer import Answer
    from ..wire.query import Query

_SPELT = re.compile(r"([0-9]{1,9})(?:/(s|m))?")


def rate(text: str) -> float:
    """
    Queries a second of C{100/s}, of C{6000/m}, or of C{100}.

    @raise ValueError: where it is none, or nothing.
    """
    found = _SPELT.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no rate such as 100/s or 6000/m")
    if not int(found[1]):
        raise ValueError(f"{text!r} would ask nothing; 1/m is the least")
    return int(found[1]) / (60 if found[2] == "m" else 1)


def part(share: Share, rate: float | None) -> float | None:
    """One worker's part of a rate."""
    return None if rate is None else rate / share.of


class RatedCore(ForwardCore):
    """
    Asks no more often than it may: a query over the rate fails at once, so that a group asks another member.

    Queries of a second may come together, as they do. What is sent again counts once.
    """

    def __init__(
        self, rate: float, most: int, mostOctets: int, timeout: float, now: Callable[[], float]
    ) -> None:
        """
        See L{ForwardCore}.

        @param rate: queries a second in the long run.
        """
        super().__init__(most, mostOctets, timeout, now)
        self._rate = rate
        self._most = self._left = max(rate, 1.0)
        self._filledAt = self._now()

    def resolve(self, query: Query, persistent: bool = True) -> Answer | Later:
        """See L{ForwardCore.resolve}."""
        now = self._now()
        self._left = min(self._left + (now - self._filledAt) * self._rate, self._most)
        self._filledAt = now
        if self._left < 1.0:
            self.overRate += 1
            return landed(query, OverRate("this upstream has had as many queries as its 'rate' allows"))
        self._left -= 1.0
        return super().resolve(query, persistent)
