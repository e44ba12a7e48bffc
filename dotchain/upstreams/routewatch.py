"""Notice when the network changes, so that nobody waits for what can't come any more."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from twisted.application.service import Service
from twisted.internet.interfaces import IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from .netlink import notices


@implementer(IReadDescriptor)
class RouteWatch(Service):
    """
    Tells when a link, an address or a route has changed.

    One change brings many notices, and a router may change its routes all day long: they
    are told together, and no more than once in a while.
    """

    # Seconds for the notices of one change to come in, and between two that are told.
    SETTLE, PAUSE = 0.2, 2.0

    def __init__(self, reactor: Any, changed: Callable[[], None], open: Callable[[], Any] = notices) -> None:
        """
        @param changed: called after a change.
        @param open: makes the socket that notices come by, or None where there is none.
        """
        self._reactor = reactor
        self._changed = changed
        self._open = open
        self._socket: Any = None
        self._call: Any = None
        self._notBefore = 0.0

    def startService(self) -> None:
        """Begin to listen."""
        Service.startService(self)
        self._listen()

    def _listen(self) -> None:
        self._socket = self._open()
        if self._socket is not None:
            self._reactor.addReader(self)

    def stopService(self) -> None:
        """Listen no more."""
        Service.stopService(self)
        if self._call is not None:
            self._call.cancel()
            self._call = None
        if self._socket is not None:
            self._reactor.removeReader(self)
            self._socket.close()
            self._socket = None

    def fileno(self) -> int:
        """See L{IReadDescriptor}."""
        number: int = self._socket.fileno()
        return number

    def logPrefix(self) -> str:
        """See L{ILoggingContext<twisted.internet.interfaces.ILoggingContext>}."""
        return "dotchain"

    def doRead(self) -> None:
        """See L{IReadDescriptor}: what the notices say is of no interest, nor whether some were lost."""
        with suppress(OSError):
            while self._socket.recv(65536):
                pass
        if self._call is None:
            wait = max(self.SETTLE, self._notBefore - self._reactor.seconds())
            self._call = self._reactor.callLater(wait, self._tell)

    def connectionLost(self, reason: Failure) -> None:
        """See L{IReadDescriptor}: it is listened to anew, and what was missed meanwhile is told."""
        if self._socket is None:
            return
        self._reactor.removeReader(self)
        self._socket.close()
        self._socket = None
        if self._call is None:
            self._call = self._reactor.callLater(self.PAUSE, self._tell)

    def _tell(self) -> None:
        self._call = None
        if self._socket is None:
            self._listen()
        self._notBefore = self._reactor.seconds() + self.PAUSE
        self._changed()
