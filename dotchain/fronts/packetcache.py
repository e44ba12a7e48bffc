"""Responses that a front remembers until the next second has begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from ..clockwork import boottime
from ..wire import Answer

if TYPE_CHECKING:
    from ..toll import Toll

T = TypeVar("T")

_NONE = bytes(3)


class Remembered(Generic[T]):
    """
    A response that may be given again, without a word to the chain.

    @ivar ready: the response, as the front sends it.
    @ivar toll: what each who gets it has to pay, or None.
    """

    __slots__ = ("ready", "toll")

    def __init__(self, ready: T, toll: Toll | None = None) -> None:
        self.ready = ready
        self.toll = toll


class PacketCache(Generic[T]):
    """
    Ready responses by the octets of the query behind its ID.

    A cache's answer changes once a second, when its TTLs do. Where every stage above
    the cache says that its decision depends on the question alone
    (L{IResolver.replays <dotchain.interfaces.IResolver.replays>}), the octets of a
    response to the same octets are the same until then: 0.1 µs instead of 4 for
    parsing, walking down the chain and rendering.

    Were all forgotten when a second ends, all would be asked for anew at once, and every
    query of these milliseconds would wait for that. So they are forgotten one by one over
    the first tenth of the next second, with TTLs that are too high by 1 for so long; but
    at once where their time may end with the second.

    @ivar known: what is remembered, to be read directly.
    """

    # Clients choose the octets, so they must not choose how much is kept: so many responses,
    # of so many octets with their queries.
    LIMIT: ClassVar[int] = 20_000
    LARGEST: ClassVar[int] = 4096
    # Seconds of the next second in which the responses of one are forgotten.
    GRACE: ClassVar[float] = 0.1
    # The first that were asked for are those asked for most: they are not to leave together.
    APART: ClassVar[int] = 64

    def __init__(self, now: Callable[[], float] = boottime.now) -> None:
        self.known: dict[bytes, Remembered[T]] = {}
        self._now = now
        self._second = 0
        # Of this second: those that end with it, and those that outlast it.
        self._brief: list[bytes] = []
        self._lasting: list[bytes] = []
        # Of the last one: those that are still known.
        self._leaving: Iterator[bytes] = iter(())
        self._left = self._last = 0

    def tick(self) -> float:
        """Forget what is not of this second; called once a batch. What time it is."""
        now = self._now()
        second = int(now)
        if second != self._second:
            self._turn(second)
        if self._left:
            self._release(now - second)
        return now

    def _turn(self, second: int) -> None:
        """A second has begun."""
        if second == self._second + 1:
            self._release(self.GRACE)
        else:
            self.forget()
        self._second = second
        for rest in self._brief:
            del self.known[rest]
        lasting, self._brief, self._lasting = self._lasting, [], []
        self._leaving = chain.from_iterable(lasting[first :: self.APART] for first in range(self.APART))
        self._left = self._last = len(lasting)

    def _release(self, since: float) -> None:
        """
        Forget as many of the last second as are due.

        @param since: seconds since it was over.
        """
        known = self.known
        stay = int(self._last * (1 - since / self.GRACE)) if since < self.GRACE else 0
        for rest in islice(self._leaving, self._left - stay):
            del known[rest]
        self._left = stay

    def forget(self) -> None:
        """Forget all at once."""
        self.known = {}
        self._brief, self._lasting = [], []
        self._left = 0

    def keep(self, rest: bytes, tail: bytes, ready: T, answer: object, toll: Toll | None = None) -> None:
        """
        Remember a response.

        @param rest: the octets of the query behind its ID.
        @param tail: those of the response.
        @param ready: the same, as the front sends it.
        @param answer: what it was made from; a stage with a bug may have given anything.
        @param toll: what each who gets it has to pay.
        """
        known = self.known
        if len(rest) + len(tail) > self.LARGEST or len(known) >= self.LIMIT or rest in known:
            return
        known[rest] = Remembered(ready, toll)
        (self._lasting if _outlasts(answer) else self._brief).append(rest)


def _outlasts(answer: object) -> bool:
    """
    Whether it is still true when the next second has begun: all its TTLs say so. Errors, among
    them those of stale answers, and answers without a TTL tell of this moment only.
    """
    if not isinstance(answer, Answer) or answer.errors or not answer.ttls:
        return False
    body = answer.body
    # The last octet first: most TTLs need no other. A quarter of the time of Answer.ttl.
    for at in answer.ttls:  # noqa: SIM110
        if body[at + 3] <= 1 and body[at : at + 3] == _NONE:
            return False
    return True
