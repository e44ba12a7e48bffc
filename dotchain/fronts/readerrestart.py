"""Listening sockets that the reactor has given up, and that must be listened to all the same."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from twisted.logger import Logger
from twisted.python.failure import Failure

from ..clockwork.logratelimit import LogRateLimit, suppressed


class ReaderRestart:
    """
    Has a listener read again after the reactor has let go of it, whatever the reason.

    A reactor reads nothing any more that has raised once, and the daemon would stay up without it.

    @ivar reading: whether it is to be read.
    @ivar reactor: what reads it.
    @ivar gone: called where the socket itself is of no use any more, with the reason.
    """

    # Seconds before it is read again: what fails each time must not take all of the processor.
    AFTER = 0.1

    _log = Logger()

    def __init__(self, port: object, sock: socket.socket, what: str) -> None:
        """
        @param port: what the reactor reads, an L{IReadDescriptor}.
        @param what: what to call it, such as C{front lan (udp)}.
        """
        self.reading = False
        self.gone: Callable[[str], object] = lambda _: None
        self._port = port
        self._socket = sock
        self._what = what
        self.reactor: Any = None
        self._logRateLimit = LogRateLimit()

    def start(self, reactor: Any) -> None:
        """Read."""
        self.reading = True
        self.reactor = reactor
        reactor.addReader(self._port)

    def stop(self) -> None:
        """Read no more, which is meant."""
        if self.reading:
            self.reading = False
            self.reactor.removeReader(self._port)

    def lost(self, reason: Failure) -> None:
        """It is read no more, or must not be for now."""
        if not self.reading:
            self._socket.close()
            return
        self.reactor.removeReader(self._port)
        held = self._logRateLimit.admit(reason.type)
        if held is not None:
            self._log.error(
                "{what} is read no more: {reason}; it is read again in {after:g} s{more}",
                what=self._what,
                reason=f"{type(reason.value).__name__}: {reason.getErrorMessage()}",
                after=self.AFTER,
                more=suppressed(held),
                suppressed=held,
            )
        self.reactor.callLater(self.AFTER, self._again, reason)

    def _again(self, reason: Failure) -> None:
        if not self.reading:
            return
        if _listens(self._socket):
            self.reactor.addReader(self._port)
        else:
            self.reading = False
            self.gone(f"{self._what} has lost its socket: {reason.getErrorMessage()}")


def _listens(sock: socket.socket) -> bool:
    """Whether datagrams or connections can still come to a socket."""
    try:
        stream = sock.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM
        return not stream or bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:
        return False
