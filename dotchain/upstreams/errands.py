"""The queries that one upstream has to answer, bounded in number and in octets."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice, takewhile
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from ..clockwork.wheel import TimingWheel
from ..resolver import NoAnswer, ResolveError

if TYPE_CHECKING:
    from .endpoint import Endpoint
    from .flight import Errand


class Errands:
    """
    What an upstream holds; a silent one must not make it grow.

    @ivar octets: what all queries take.
    @ivar shed: queries that were not taken, or ended to make room for others.
    """

    LATE: ClassVar[str] = "no answer yet, while others had theirs; too many queries in flight"
    # How many of the oldest are looked at to find those that are late. Of these as many go at a time
    # as make looking cheap: this part of all.
    LOOKS: ClassVar[int] = 1024
    PART: ClassVar[int] = 256
    # Seconds until they are looked at again where none was.
    PAUSE: ClassVar[float] = 0.1
    # Seconds by which those are told apart that are due.
    SLOT: ClassVar[float] = 0.1

    def __init__(self, most: int, mostOctets: int, end: Callable[[Errand, ResolveError], None]) -> None:
        """
        @param most: queries at a time.
        @param mostOctets: octets of all of them; most have a hundred, signed ones up to 64 k.
        """
        self.octets = self.shed = 0
        self._end = end
        self._roomAt = 0.0
        self._most = most
        self._mostOctets = mostOctets
        # Whether it is on the wheel, where those come that are still there when somebody first asks
        # what is due: most are answered before, and cost nothing more.
        self._held: dict[Errand, bool] = {}
        self._wheel: TimingWheel[Errand] = TimingWheel(self.SLOT, attrgetter("moveAt"))

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, errand: Errand) -> bool:
        return errand in self._held

    def add(self, errand: Errand, now: float) -> bool:
        """
        Hold one more.

        @return: whether there was room for it; where there was none, that is counted.
        """
        size = len(errand.query.wire)
        if self._full(size) and (now < self._roomAt or not self._makeRoom(size, now)):
            self.shed += 1
            return False
        self.octets += size
        self._held[errand] = False
        return True

    def _full(self, size: int) -> bool:
        """Whether there is no room for so many octets."""
        return len(self._held) >= self._most or self.octets + size > self._mostOctets

    def _makeRoom(self, size: int, now: float) -> bool:
        """Names that are never answered must not be in the way of others: end some that are late."""
        late = self._late()
        for errand in late:
            self.shed += 1
            self._end(errand, NoAnswer(self.LATE, ofName=True))
        if not late:
            self._roomAt = now + self.PAUSE
        return not self._full(size)

    def _late(self) -> list[Errand]:
        """
        Some that are late, oldest first: answers to what was sent well after them at the same
        address have passed them by. Where nobody is answered nobody is late.
        """
        found: list[Errand] = []
        limits: dict[Endpoint, float] = {}
        for errand in islice(self._held, self.LOOKS):
            endpoint = errand.tried[-1] if errand.tried else None
            if endpoint is not None and endpoint not in limits:
                limits[endpoint] = endpoint.answeredFor - endpoint.grace
            if endpoint is not None and 0.0 < errand.sentAt < limits[endpoint]:
                found.append(errand)
                if len(found) > self._most // self.PART:
                    break
        return found

    def finish(self, errand: Errand) -> bool:
        """
        One is answered, or has failed.

        @return: False where it was already, or is a trial.
        """
        errand.done = True
        turns = self._held.pop(errand, None)
        if turns is None:
            return False
        if turns:
            self._wheel.discard(errand)
        self.octets -= len(errand.query.wire)
        return True

    def due(self, now: float) -> list[Errand]:
        """Those that something must be done about now."""
        for errand in reversed(list(takewhile(self._isNew, reversed(self._held)))):
            self._held[errand] = True
            self._wheel.put(errand)
        return self._wheel.due(now)

    def _isNew(self, errand: Errand) -> bool:
        return not self._held[errand]

    def hasten(self, errand: Errand) -> None:
        """Something may have to be done about it earlier than it was before."""
        if self._held.get(errand):
            self._wheel.put(errand)

    def all(self) -> list[Errand]:
        """All of them, oldest first."""
        return list(self._held)
