"""Responses that a front remembers for the rest of one second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memo(Generic[T]):
    """
    Ready responses by the octets of the query behind its ID.

    A cache's answer changes once a second, when its TTLs do. Where every stage above
    the cache says that its decision depends on the question alone
    (L{IResolver.replays <dotchain.interfaces.IResolver.replays>}), the octets of a
    response to the same octets are the same until then: 0.1 µs instead of 4 for
    parsing, walking down the chain and rendering.

    @ivar known: what is remembered, to be read directly.
    """

    # Clients choose the octets, so they must not choose how much is kept: so many responses,
    # of so many octets with their queries.
    LIMIT = 20_000
    LARGEST = 4096

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.known: dict[bytes, T] = {}
        self._now = now
        self._second = 0

    def tick(self) -> None:
        """Forget all when a new second has begun; called once a batch."""
        second = int(self._now())
        if second != self._second:
            self._second = second
            self.forget()

    def forget(self) -> None:
        """Forget all at once."""
        self.known = {}

    def keep(self, rest: bytes, tail: bytes, ready: T) -> None:
        """
        Remember a response.

        @param rest: the octets of the query behind its ID.
        @param tail: those of the response.
        @param ready: the same, as the front sends it.
        """
        if len(rest) + len(tail) <= self.LARGEST and len(self.known) < self.LIMIT:
            self.known[rest] = ready
