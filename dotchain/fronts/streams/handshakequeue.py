"""Handshakes of a port: for a while in each turn of the reactor, and so many a second of each prefix."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.python.failure import Failure

from ...clockwork.sweep import Sweep
from ...clockwork.turn import TurnEnd
from ..prefixes import Prefix
from ..prefixlimits import PrefixLimits

if TYPE_CHECKING:
    from .connection import Connection


class HandshakeQueue:
    """
    Says when octets of a handshake are read.

    One takes as long as dozens of queries, and hundreds may be ready at a time: those that one turn has no
    time for wait for the next. Where they are more than a few they wait here, and the networks take turns.
    Those over the rate of their prefix wait until it has one for them, the oldest first. Nobody waits for
    longer than a handshake may take.
    """

    # Seconds of a turn after which no other is read: some 15 with a key of P-256, 5 with one of RSA. The more
    # turns, the more often those that wait are told of: four reads in each took 1.1 of a new connection.
    A_TURN: ClassVar[float] = 0.005
    # So many may wait in the reactor, which tells of them again in the next turn: to have it forget each
    # and watch it anew twice in a handshake took 20 of 460 µs with 16 clients at a time.
    UNASKED: ClassVar[int] = 24
    # Seconds between two looks at those over their rate.
    LOOK: ClassVar[float] = 0.05

    def __init__(
        self,
        reactor: Any,
        turn: TurnEnd,
        limits: PrefixLimits,
        tell: Callable[[Failure], object],
        now: Callable[[], float],
    ) -> None:
        """@param tell: called with what a connection raises."""
        self._reactor = reactor
        self._turn = turn
        self._limits = limits
        self._tell = tell
        self._now = now
        # When this turn has no more time; 0 where none has been read in it.
        self._until = 0.0
        self._refused = 0
        # Those whose turn it is next, by network; and those that are over their rate, by client.
        self._ready: dict[Prefix, dict[Connection, None]] = {}
        self._early: dict[Prefix, dict[Connection, None]] = {}
        self._going: Connection | None = None
        self._sweep = Sweep(reactor, self.LOOK, self._look)
        self._call: Any = None

    def admits(self, connection: Connection) -> bool:
        """Whether octets of a handshake may be read now; if not, they are read as soon as they may."""
        if connection is self._going:
            return True
        if not (connection.paid or self._pays(connection)):
            self._early.setdefault(connection.prefix, {})[connection] = None
            connection.wait()
            self._sweep.begin()
            return False
        if self._ready or not self._inTime():
            self._refuse(connection)
            return False
        return True

    def _pays(self, connection: Connection) -> bool:
        """Whether there is one handshake left for its prefix."""
        limit = "" if connection.unlimited else self._limits.exhausted(connection.prefix)
        if limit:
            self._limits.tell(limit)
        connection.paid = not limit
        return connection.paid

    def _refuse(self, connection: Connection) -> None:
        """This turn has no time left for it."""
        self._refused += 1
        if self._ready or self._refused > self.UNASKED:
            connection.wait()
            self._queue(connection)

    def _queue(self, connection: Connection) -> None:
        self._ready.setdefault(connection.prefix.network, {})[connection] = None
        if self._call is None:
            self._call = self._reactor.callLater(0, self._drain)

    def _inTime(self) -> bool:
        """Whether this turn has time for one more."""
        if self._until:
            return self._now() < self._until
        self._until = self._now() + self.A_TURN
        self._turn.call(self._renew)
        return True

    def _renew(self) -> None:
        self._until = 0.0
        self._refused = 0

    def _drain(self) -> None:
        """Let as many go on as one turn has time for."""
        self._call = None
        while self._ready and self._inTime():
            self._goOn(self._next())
        if self._ready:
            self._call = self._reactor.callLater(0, self._drain)

    def _next(self) -> Connection:
        """The oldest of the network whose turn it is."""
        network = next(iter(self._ready))
        waiting = self._ready.pop(network)
        connection = next(iter(waiting))
        del waiting[connection]
        if waiting:
            self._ready[network] = waiting
        return connection

    def _goOn(self, connection: Connection) -> None:
        self._going = connection
        try:
            connection.goOn()
        except BaseException:
            # The others wait, too.
            self._tell(Failure())
            connection.abort()
        self._going = None

    def _look(self) -> bool:
        """Let those go on whose prefix has handshakes again."""
        for prefix, waiting in list(self._early.items()):
            for connection in list(waiting):
                if self._limits.exhausted(connection.prefix):
                    break
                del waiting[connection]
                connection.paid = True
                self._queue(connection)
            if not waiting:
                del self._early[prefix]
        return bool(self._early)

    def forget(self, connection: Connection) -> None:
        """One has ended."""
        for table, key in ((self._ready, connection.prefix.network), (self._early, connection.prefix)):
            waiting = table.get(key)
            if waiting is not None and waiting.pop(connection, self) is None and not waiting:
                del table[key]

    def stop(self) -> list[Connection]:
        """
        Let nobody go on any more.

        @return: those that wait.
        """
        self._sweep.stop()
        if self._call is not None:
            self._call.cancel()
            self._call = None
        waiting = [each for table in (self._ready, self._early) for group in table.values() for each in group]
        self._ready, self._early = {}, {}
        return waiting
