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
    from .pendingquery import PendingQuery


class PendingQueries:
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

    def __init__(self, most: int, mostOctets: int, end: Callable[[PendingQuery, ResolveError], None]) -> None:
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
        self._held: dict[PendingQuery, bool] = {}
        self._wheel: TimingWheel[PendingQuery] = TimingWheel(self.SLOT, attrgetter("moveAt"))

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, pending: PendingQuery) -> bool:
        return pending in self._held

    def add(self, pending: PendingQuery, now: float) -> bool:
        """
        Hold one more.

        @return: whether there was room for it; where there was none, that is counted.
        """
        size, held = len(pending.query.wire), self._held
        # As L{_full} has it, without the call: 0.2 % of a query's instructions.
        full = len(held) >= self._most or self.octets + size > self._mostOctets
        if full and (now < self._roomAt or not self._makeRoom(size, now)):
            self.shed += 1
            return False
        self.octets += size
        held[pending] = False
        return True

    def _full(self, size: int) -> bool:
        """Whether there is no room for so many octets."""
        return len(self._held) >= self._most or self.octets + size > self._mostOctets

    def _makeRoom(self, size: int, now: float) -> bool:
        """Names that are never answered must not be in the way of others: end some that are late."""
        late = self._late()
        for pending in late:
            self.shed += 1
            self._end(pending, NoAnswer(self.LATE, ofName=True))
        if not late:
            self._roomAt = now + self.PAUSE
        return not self._full(size)

    def _late(self) -> list[PendingQuery]:
        """
        Some that are late, oldest first: answers to what was sent well after them at the same
        address have passed them by. Where nobody is answered nobody is late.
        """
        found: list[PendingQuery] = []
        limits: dict[Endpoint, float] = {}
        for pending in islice(self._held, self.LOOKS):
            endpoint = pending.tried[-1] if pending.tried else None
            if endpoint is not None and endpoint not in limits:
                limits[endpoint] = endpoint.answeredFor - endpoint.grace
            if endpoint is not None and 0.0 < pending.sentAt < limits[endpoint]:
                found.append(pending)
                if len(found) > self._most // self.PART:
                    break
        return found

    def finish(self, pending: PendingQuery) -> bool:
        """
        One is answered, or has failed.

        @return: False where it was already, or is a liveness query.
        """
        pending.done = True
        turns = self._held.pop(pending, None)
        if turns is None:
            return False
        if turns:
            self._wheel.discard(pending)
        self.octets -= len(pending.query.wire)
        return True

    def due(self, now: float) -> list[PendingQuery]:
        """Those that something must be done about now."""
        for pending in reversed(list(takewhile(self._isNew, reversed(self._held)))):
            self._held[pending] = True
            self._wheel.put(pending)
        return self._wheel.due(now)

    def _isNew(self, pending: PendingQuery) -> bool:
        return not self._held[pending]

    def reschedule(self, pending: PendingQuery) -> None:
        """Something must be done about it at another time: where that is earlier, this must be called."""
        if self._held.get(pending):
            self._wheel.put(pending)

    def all(self) -> list[PendingQuery]:
        """All of them, oldest first."""
        return list(self._held)
