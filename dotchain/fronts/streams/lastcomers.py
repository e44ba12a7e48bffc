"""The end of a port: who has just come may still ask what he came for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.python.failure import Failure

from ...clockwork.sweep import Sweep

if TYPE_CHECKING:
    from .connection import Connection
    from .port import StreamPort


class LastComers:
    """
    Ends the connections of a port that takes no more.

    Who has asked before is answered what has come by now, and closed. Others are in the middle of their
    handshake, or their query is on its way: closed now they would have to come again, and not know why. They
    have a moment for one query.
    """

    # Seconds for those, a few round trips; and between two looks whether they have asked.
    WITHIN: ClassVar[float] = 1.0
    LOOK: ClassVar[float] = 0.05

    def __init__(self, port: StreamPort, reactor: Any, tell: Callable[[Failure], object]) -> None:
        """@param tell: called with what a connection raises."""
        self._port = port
        self._tell = tell
        self._until = 0.0
        self._sweep = Sweep(reactor, self.LOOK, self._look, port.now)

    def begin(self) -> None:
        """The port takes no more connections."""
        self._until = self._port.now() + self.WITHIN
        self._each(self._lastLook)
        if not self._port.quiet:
            self._sweep.begin()

    @staticmethod
    def _lastLook(connection: Connection) -> None:
        if connection.asked:
            if not connection.full:
                connection.doRead()
            connection.drain()

    def _look(self) -> bool:
        if self._port.now() >= self._until:
            self._each(lambda connection: connection.drain())
            self._port.leaveOthers()
            return False
        self._each(lambda connection: connection.drain() if connection.asked else None)
        return not self._port.quiet

    def _each(self, end: Callable[[Connection], object]) -> None:
        for connection in list(self._port.connections):
            try:
                end(connection)
            except BaseException:
                # The others must be ended, too.
                self._tell(Failure())
                connection.abort()

    def stop(self) -> None:
        """All are closed anyway."""
        self._sweep.stop()
