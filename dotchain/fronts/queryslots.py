"""Queries in flight: how many may wait for an answer, of all clients together and of each one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from ..wire import Answer, Query
from ..wire.codes import EDE_NO_REACHABLE_AUTHORITY, EDE_OTHER, SERVFAIL
from .prefixes import ClientPrefix, Prefixes

if TYPE_CHECKING:
    from ..contract.answertimeouts import AnswerTimeouts

BUSY = Answer.bare(SERVFAIL, ((EDE_OTHER, "too many queries in flight"),))
"""What a query gets that would be one too many. It holds for this moment only."""

OVERTAKEN = Answer.bare(
    SERVFAIL, ((EDE_NO_REACHABLE_AUTHORITY, "no answer yet, while others had theirs; too many in flight"),)
)
"""What one gets that has waited long, and makes room."""


class TotalSlots:
    """
    The slots of all fronts together.

    @ivar most: how many there are.
    @ivar taken: how many are taken.
    @ivar answerTimeouts: who waits with them.
    """

    __slots__ = ("answerTimeouts", "most", "taken")

    def __init__(self, most: int = 50_000) -> None:
        self.most = most
        self.taken = 0
        self.answerTimeouts: list[AnswerTimeouts] = []


class QuerySlots:
    """
    The slots that one front's queries take while they wait, on all its transports.

    A query takes one slot for each 1024 octets begun, so that slots bound memory too.
    Only what has to wait takes any, for 0.5 µs in all; what is known costs a comparison. What a client is,
    and a network of such, says L{ClientPrefix}.
    """

    # How many are ended at a time to make room, and seconds until the next try where none could be.
    PORTION: ClassVar[int] = 64
    PAUSE: ClassVar[float] = 0.1

    # Where nothing else is said, a network may take so many times what one of its clients may.
    CLIENTS: ClassVar[int] = 3

    __slots__ = ("_answerTimeouts", "_low", "_prefixes", "_roomAt", "_total", "most", "mostOfNetwork")

    def __init__(
        self,
        most: int = 5000,
        total: TotalSlots | None = None,
        mostOfNetwork: int | None = None,
        prefixes: Prefixes | None = None,
    ) -> None:
        """
        @param most: slots that one client may take.
        @param total: the slots of all fronts; without it, those of this one alone.
        @param mostOfNetwork: slots that all clients of one network may take.
        @param prefixes: what they take.
        """
        self._prefixes = prefixes or Prefixes()
        self.most = most
        self.mostOfNetwork = mostOfNetwork or self.CLIENTS * most
        self._total = total or TotalSlots()
        # With fewer taken in all nobody can be over anything.
        self._low = min(most, self.mostOfNetwork, self._total.most)
        self._answerTimeouts: list[AnswerTimeouts] = []
        self._roomAt = 0.0

    def join(self, timeouts: AnswerTimeouts) -> None:
        """Some of its queries wait there."""
        self._answerTimeouts.append(timeouts)
        self._total.answerTimeouts.append(timeouts)

    def moveTo(self, total: TotalSlots) -> None:
        """Share the slots of others from now on; to be called before any is taken."""
        total.answerTimeouts += self._answerTimeouts
        self._total = total
        self.resized()

    def resized(self) -> None:
        """There are more slots in all than there were, or fewer."""
        self._low = min(self.most, self.mostOfNetwork, self._total.most)

    def quit(self) -> None:
        """Nobody waits any more."""
        for each in self._answerTimeouts:
            self._total.answerTimeouts.remove(each)
        self._answerTimeouts = []

    def makeRoom(self, query: Query, now: float) -> int:
        """
        End some that wait, where others who came well after them have their answers: names that are never
        answered must not be in the way of others. They are the same client's where it has all its slots, and
        those of its network where that has.

        @return: how many were ended.
        """
        if now < self._roomAt:
            return 0
        found = list(islice(self._overtaken(query), self.PORTION))
        for timeouts, each in found:
            timeouts.giveUp(each, OVERTAKEN)
        if not found:
            self._roomAt = now + self.PAUSE
        return len(found)

    def _overtaken(self, query: Query) -> Iterator[tuple[AnswerTimeouts, Query]]:
        """Those that may be ended for a query's sake, the oldest of each transport first."""
        everyone, prefix = self._total.taken >= self._total.most, self._of(query)
        client = prefix.slots >= self.most
        for timeouts in self._total.answerTimeouts if everyone else self._answerTimeouts:
            for each in timeouts.overtaken():
                other = self._of(each)
                if everyone or other is prefix or (not client and other.network is prefix.network):
                    yield timeouts, each

    def full(self, query: Query) -> bool:
        """Whether there is no slot left for a query."""
        taken = self._total.taken
        if taken < self._low:
            return False
        if taken >= self._total.most:
            return True
        prefix = self._of(query)
        return prefix.slots >= self.most or prefix.network.slots >= self.mostOfNetwork

    def limit(self, query: Query) -> str:
        """Whose slots are all taken where a query finds none: C{client}, C{network}; empty for all."""
        prefix = self._of(query)
        if prefix.slots >= self.most:
            return "client"
        return "network" if prefix.network.slots >= self.mostOfNetwork else ""

    def _of(self, query: Query) -> ClientPrefix:
        return self._prefixes.of(query.client.address)

    def enter(self, query: Query) -> None:
        """A query waits from now on."""
        slots = 1 + (len(query.wire) >> 10)
        prefix = self._prefixes.of(query.client.address)
        self._total.taken += slots
        prefix.slots += slots
        prefix.network.slots += slots

    def leave(self, query: Query) -> None:
        """It waits no more, whether or not its client is still there."""
        slots = 1 + (len(query.wire) >> 10)
        prefix = self._prefixes.known[query.client.address]
        self._total.taken -= slots
        prefix.slots -= slots
        prefix.network.slots -= slots
