"""Which connections there is room for, and which goes where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final

from ..prefixes import ClientPrefix, Prefix
from ..prefixlimits import CONNECTIONS
from ..ranking import Ranking

if TYPE_CHECKING:
    from ..prefixlimits import PrefixLimits
    from .connection import Connection

STRANGERS: Final = "closed-strangers"
IDLE: Final = "closed-idle"
"""Who was closed to make room: by these words it is counted."""


class Room:
    """
    The connections of one port.

    Where they are as many as may be, the newest goes that never asked anything, of the network that has most
    of such strangers: be it the one that comes. One that has asked makes room only where strangers are few,
    the one idle longest (RFC 7766 section 6.2.3).

    @ivar limits: of each prefix.
    @ivar shed: connections closed or not taken because there were too many.
    """

    # Of all that there may be, so many can be strangers who came in the place of somebody who had asked.
    STRANGE: ClassVar[float] = 1 / 8
    # Places of others that may be taken before it is looked for them again, and strangers that are looked at.
    PORTION: ClassVar[int] = 64
    LOOKS: ClassVar[int] = 256

    def __init__(self, most: int, limits: PrefixLimits) -> None:
        """@param most: connections that may be open."""
        self.limits = limits
        self.shed = 0
        self._most = most
        # In the order in which they came.
        self._strangers: dict[Connection, None] = {}
        self._crowds: dict[Prefix, dict[Connection, None]] = {}
        self._ranking: Ranking[Prefix] = Ranking()
        self._settled: dict[Connection, None] = {}
        # Whom to close next, the last first, as it was seen in this turn.
        self._idle: list[Connection] | None = None

    def __len__(self) -> int:
        return len(self._strangers) + len(self._settled)

    def enter(self, connection: Connection) -> None:
        """One more is open, which has not asked anything."""
        prefix = connection.prefix
        prefix.connections += 1
        prefix.network.connections += 1
        self._strangers[connection] = None
        crowd = self._crowds.setdefault(prefix.network, {})
        crowd[connection] = None
        self._ranking.gain(prefix.network, len(crowd))

    def settle(self, connection: Connection) -> None:
        """It has asked something."""
        if connection in self._strangers:
            self._noStranger(connection)
            self._settled[connection] = None

    def leave(self, connection: Connection) -> None:
        """It is open no more."""
        if connection in self._strangers:
            self._noStranger(connection)
        elif connection in self._settled:
            del self._settled[connection]
        else:
            return
        prefix = connection.prefix
        prefix.connections -= 1
        prefix.network.connections -= 1

    def _noStranger(self, connection: Connection) -> None:
        network = connection.prefix.network
        del self._strangers[connection]
        crowd = self._crowds[network]
        del crowd[connection]
        if not crowd:
            del self._crowds[network]
        self._ranking.lose(network, len(crowd))

    def turned(self) -> None:
        """A turn is over: look anew who is idle in the next."""
        self._idle = None

    def make(self, prefix: ClientPrefix, taken: int = 0) -> bool:
        """
        Have room for one more, if need be by closing another.

        @param prefix: whose it is.
        @param taken: what else is open.
        """
        if len(self) + taken < self._most:
            return True
        victim, why = self._newest(prefix.network), STRANGERS
        if victim is None:
            victim, why = self._longest()
        if victim is not None:
            self.shed += 1
            self.limits.counts[why] += 1
            victim.close()
        if len(self) + taken < self._most:
            return True
        self.limits.tell(CONNECTIONS)
        return False

    def _newest(self, network: Prefix) -> Connection | None:
        """The newest stranger of the network that has most of them, unless that is the newcomer himself."""
        if self._ranking.most <= len(self._crowds.get(network, ())) + 1:
            return None
        return next(reversed(self._crowds[self._ranking.first]))

    def _longest(self) -> tuple[Connection | None, str]:
        """Whoever has been silent longest, and what he is."""
        if self._idle is None:
            self._idle = list(self._silent()) or self._settledIdle()
            self._idle.reverse()
        victim = self._idle.pop() if self._idle else None
        return victim, STRANGERS if victim in self._strangers else IDLE

    def _silent(self) -> Iterator[Connection]:
        """Strangers whose time to ask is nearly over."""
        oldest = islice(self._strangers, self.LOOKS)
        return islice((each for each in oldest if each.idle), self.PORTION)

    def _settledIdle(self) -> list[Connection]:
        """Those that have asked and wait for nothing, the longest first; none where strangers are many."""
        if len(self._strangers) >= max(self._most * self.STRANGE, 2):
            return []
        idle = (each for each in self._settled if each.idle)
        return nsmallest(self.PORTION, idle, key=self._rank)

    def _rank(self, connection: Connection) -> tuple[bool, float]:
        """Those of a network that has a quarter of all go before others."""
        return connection.prefix.network.connections <= self._most // 4, connection.deadline
