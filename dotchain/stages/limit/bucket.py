"""What each client has left, and where that is kept."""

from __future__ import annotations

import os
from typing import ClassVar, Final

_GONE: Final = float("inf")


class Bucket:
    """
    What one client has left: a token bucket, which fills at a rate, up to a burst.

    All that is kept of it is the moment at which it will be full (the generic cell rate algorithm, ITU-T
    I.371): nothing has to fill it, and one that is full is as good as a new one.

    @ivar key: whose it is.
    @ivar fullAt: when it is full, in seconds.
    @ivar interval: seconds in which it gets one query more.
    @ivar refused: queries for which there was nothing left.
    """

    __slots__ = ("_depth", "_room", "fullAt", "interval", "key", "refused")

    def __init__(self, key: bytes, interval: float, burst: int) -> None:
        """@param burst: queries that a full one holds."""
        self.key = key
        self.interval = interval
        self.fullAt = 0.0
        self.refused = 0
        self._depth = interval * burst
        # So far ahead may that moment lie for one query more; a thousandth for what numbers are rounded by.
        self._room = interval * (burst - 0.999) if interval else _GONE

    @property
    def gone(self) -> bool:
        """Whether it has been forgotten, and another one may be its client's by now."""
        return self.fullAt == _GONE

    def has(self, now: float) -> bool:
        """Whether there is one query left."""
        return self.fullAt - now <= self._room

    def takes(self, now: float) -> bool:
        """The same, and take it."""
        fullAt = self.fullAt
        if fullAt - now > self._room:
            return False
        self.fullAt = (fullAt if fullAt > now else now) + self.interval
        return True

    def left(self, now: float) -> int:
        """How many queries are left."""
        if not self.interval:
            return 1
        lacks = max(self.fullAt - now, 0.0)
        return max(int((self._depth - lacks) / self.interval + 0.001), 0)

    def used(self, now: float) -> float:
        """Which part of it is gone: 0 of a full one, about 1 of an empty one."""
        return (self.fullAt - now) / self._depth if self._depth else 0.0

    def forget(self) -> None:
        """Have whoever knows it look for another one."""
        self.fullAt = _GONE


class Buckets:
    """
    Those of all clients, in a table that does not grow.

    A client's bucket may stand in a few places only, and a secret hash says in which. Where these are taken,
    the one that is nearest to being full is forgotten: it tells the least. In a flood from addresses that
    nobody knows, each with a query or two, these take the places of one another; a client over his limit
    stays, unless all others of his few places are over theirs as well.

    @ivar forgotten: those that were not yet full.
    """

    WAYS: ClassVar[int] = 8

    def __init__(self, most: int, secret: bytes | None = None) -> None:
        """
        @param most: how many there may be: a multiple of 8.
        @param secret: what the hash is keyed by; random where nothing is given.
        """
        self.forgotten = 0
        self._slots: list[Bucket | None] = [None] * most
        self._sets = most // self.WAYS
        # Python's own hash is keyed, but an operator may have set PYTHONHASHSEED.
        self._secret = os.urandom(16) if secret is None else secret

    def look(self, key: bytes) -> Bucket | None:
        """A client's bucket, where there is one."""
        slots, first = self._slots, self._first(key)
        for at in range(first, first + self.WAYS):
            bucket = slots[at]
            if bucket is not None and bucket.key == key:
                return bucket
        return None

    def find(self, key: bytes, interval: float, burst: int, now: float) -> Bucket:
        """A client's bucket, or a new one, which is full."""
        found = self.look(key)
        if found is None:
            found = self._slots[self._place(self._first(key), now)] = Bucket(key, interval, burst)
        return found

    def _first(self, key: bytes) -> int:
        return hash(self._secret + key) % self._sets * self.WAYS

    def _place(self, first: int, now: float) -> int:
        """Where one more can stand, now that whoever tells the least has been forgotten."""
        place, least, tells = first, None, _GONE
        for at in range(first, first + self.WAYS):
            bucket = self._slots[at]
            if bucket is None:
                return at
            used = bucket.used(now)
            if used < tells:
                place, least, tells = at, bucket, used
        if least is not None:
            if tells > 0.0:
                self.forgotten += 1
            least.forget()
        return place
