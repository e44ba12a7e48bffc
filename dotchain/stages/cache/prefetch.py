"""Names in use are fetched anew shortly before their time is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from .entry import Entry

# The last part of an answer's life, in which it may be fetched.
_PART = 10
# In how many seconds of its life a name was asked for that is in use. Fronts remember
# answers for the rest of a second, so seconds are what can be counted.
_HOT = 4


class Prefetch:
    """
    Fetches after the hits of a turn are answered, once in each answer's life, and no
    more often in a second than L{RATE}.

    @ivar fetched: how often it was done.
    """

    RATE: ClassVar[int] = 100

    def __init__(self, reactor: Any, wanted: bool) -> None:
        """@param wanted: whether it is done at all."""
        self.fetched = 0
        self._part = _PART if wanted else 0
        self._reactor = reactor
        self._second = self._left = 0
        self._keys: list[bytes] = []

    def lead(self, life: int) -> int:
        """With so many seconds left an answer with this TTL may be fetched anew; 0 for never."""
        return life // self._part if self._part else 0

    def offer(self, entry: Entry, second: int, refresh: Callable[[bytes], None]) -> None:
        """
        An entry was asked for that is in the last part of its life.

        @param refresh: fetches the answer to a key; it raises nothing.
        """
        if entry.seen < _HOT:
            return
        if second != self._second:
            self._second, self._left = second, self.RATE
        if not self._left:
            return
        self._left -= 1
        entry.lead = 0
        if not self._keys:
            self._reactor.callLater(0, self._run, refresh)
        self._keys.append(entry.key)

    def _run(self, refresh: Callable[[bytes], None]) -> None:
        keys, self._keys = self._keys, []
        self.fetched += len(keys)
        for key in keys:
            refresh(key)
