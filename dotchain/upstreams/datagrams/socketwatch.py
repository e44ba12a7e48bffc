"""What tells which of many sockets have something to read."""

from __future__ import annotations

import select
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.internet.interfaces import IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import classImplements

if TYPE_CHECKING:
    from .connectedsocket import ConnectedSocket


class SocketWatch:
    """
    The sockets of one pool, as the reactor of any platform watches them: each is a reader.

    @ivar sockets: those that are watched, by their descriptors.
    @cvar FILES: how many it has open itself.
    """

    FILES: ClassVar[int] = 0

    def __init__(
        self, reactor: Any, ready: Callable[[ConnectedSocket], None], lost: Callable[[ConnectedSocket], None]
    ) -> None:
        """
        @param ready: called with each socket that has something to read, or an error to tell.
        @param lost: called with each socket that the reactor watches no more.
        """
        self.sockets: dict[int, ConnectedSocket] = {}
        self._reactor = reactor
        self._ready = ready
        self._lost = lost
        self._readers: dict[int, SocketReader] = {}

    def add(self, port: ConnectedSocket) -> None:
        """
        Watch a socket.

        @raise OSError: where the system has nothing left to do so.
        """
        reader = SocketReader(port.number, self)
        self._reactor.addReader(reader)
        self._readers[port.number] = reader
        self.sockets[port.number] = port

    def remove(self, port: ConnectedSocket) -> None:
        """Watch it no more; it is still open."""
        del self.sockets[port.number]
        self._reactor.removeReader(self._readers.pop(port.number))

    def read(self, number: int) -> None:
        """Have one of them read."""
        port = self.sockets.get(number)
        if port is not None:
            self._ready(port)

    def lose(self, number: int) -> None:
        """The reactor watches it no more, which may be how it tells of an error."""
        self.read(number)
        port = self.sockets.get(number)
        if port is not None:
            self._lost(port)


class SocketReader:
    """One socket, as a reactor wants it."""

    def __init__(self, number: int, watch: SocketWatch) -> None:
        self._number = number
        self._watch = watch

    def fileno(self) -> int:
        """See L{IReadDescriptor}."""
        return self._number

    def logPrefix(self) -> str:
        """See L{ILoggingContext}."""
        return "dotchain"

    def doRead(self) -> None:
        """See L{IReadDescriptor}."""
        self._watch.read(self._number)

    def connectionLost(self, reason: Failure) -> None:
        """See L{IReadDescriptor}; it is by this that poll tells of ICMP errors."""
        self._watch.lose(self._number)


class EpollWatch(SocketWatch):
    """
    The same as one reader: an epoll for all of them. A wake-up of the reactor, and its call, is then for
    all that have something, and a socket is known to the reactor neither when it comes nor when it goes.
    """

    # Sockets that one turn of the reactor reads: more would starve all else.
    SOCKETS: ClassVar[int] = 64

    FILES: ClassVar[int] = 1

    _epoll: Any = None

    def add(self, port: ConnectedSocket) -> None:
        """See L{SocketWatch.add}."""
        first = self._epoll is None
        if first:
            self._epoll = select.epoll()
        try:
            if first:
                self._reactor.addReader(self)
            self._epoll.register(port.number, select.EPOLLIN)
        except OSError:
            self._closeUnused()
            raise
        self.sockets[port.number] = port

    def remove(self, port: ConnectedSocket) -> None:
        """See L{SocketWatch.remove}."""
        del self.sockets[port.number]
        self._epoll.unregister(port.number)
        self._closeUnused()

    def _closeUnused(self) -> None:
        if not self.sockets:
            self._reactor.removeReader(self)
            self._epoll.close()
            self._epoll = None

    def fileno(self) -> int:
        """See L{IReadDescriptor}."""
        return -1 if self._epoll is None else int(self._epoll.fileno())

    def logPrefix(self) -> str:
        """See L{ILoggingContext}."""
        return "dotchain"

    def doRead(self) -> None:
        """See L{IReadDescriptor}. The system has those in turn that are ready and were not read."""
        for number, _ in self._epoll.poll(0, self.SOCKETS):
            self.read(number)

    def connectionLost(self, reason: Failure) -> None:
        """See L{IReadDescriptor}: with it all sockets are lost."""
        for port in list(self.sockets.values()):
            self._lost(port)


def fittingWatch(
    reactor: Any, ready: Callable[[ConnectedSocket], None], lost: Callable[[ConnectedSocket], None]
) -> SocketWatch:
    """The best that this platform has."""
    return (EpollWatch if hasattr(select, "epoll") else SocketWatch)(reactor, ready, lost)


# Decorators would make them classes that mypyc does not compile.
classImplements(SocketReader, IReadDescriptor)
classImplements(EpollWatch, IReadDescriptor)
