"""A listening socket, of which connections are taken whatever happens."""

from __future__ import annotations

import errno
import socket
from abc import abstractmethod
from typing import Any, ClassVar

from twisted.internet.interfaces import IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import classImplements

from ..readerrestart import ReaderRestart
from ..responder import Responder


class Listener:
    """
    Takes the connections that come to one socket.

    @ivar accepted: connections taken.
    @ivar turnedAway: those that were closed at once, or could not be taken.
    @ivar readerRestart: what has it read again, whatever happens.
    """

    # What accept() says where nobody can ever connect to the socket again.
    _DEAD: ClassVar[frozenset[int]] = frozenset((errno.EBADF, errno.EINVAL, errno.ENOTSOCK, errno.EOPNOTSUPP))

    # Connections taken in one turn of the reactor: alone, and where other processes take from the
    # same socket. With 64 one of four once took half of 400 that came at once.
    ACCEPTS: ClassVar[int] = 64
    SHARED_ACCEPTS: ClassVar[int] = 8

    def __init__(self, responder: Responder, port: socket.socket, reactor: Any, shared: bool) -> None:
        """
        @param responder: the chain.
        @param shared: whether other processes take connections from the same socket.
        """
        self.responder = responder
        self.reactor = reactor
        self.accepted = self.turnedAway = 0
        self._port = port
        self._accepts = self.SHARED_ACCEPTS if shared else self.ACCEPTS
        self.readerRestart = ReaderRestart(self, port, f"front {responder.name} ({responder.transport})")

    @property
    def listener(self) -> socket.socket:
        """The socket that it listens on."""
        return self._port

    def fileno(self) -> int:
        """See L{IReadDescriptor}."""
        return self._port.fileno()

    def logPrefix(self) -> str:
        """See L{ILoggingContext}."""
        return "dotchain"

    def connectionLost(self, reason: Failure) -> None:
        """See L{IReadDescriptor}: it is listened to all the same, unless it was stopped."""
        self.readerRestart.lost(reason)

    def doRead(self) -> None:
        """See L{IReadDescriptor}; nothing leaves it, or the reactor would read no more."""
        try:
            self._acceptSome()
        except BaseException:
            self.readerRestart.lost(Failure())
        self._turned()

    @abstractmethod
    def _accept(self, sock: socket.socket, address: str) -> None:
        """Somebody has come."""

    @abstractmethod
    def _turned(self) -> None:
        """All who came in this turn are taken."""

    def _acceptSome(self) -> None:
        for _ in range(self._accepts):
            try:
                sock, name = self._port.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                self._acceptFailed(error)
                return
            try:
                self.accepted += 1
                self._accept(sock, name[0])
            except BaseException:
                # Those behind it must still be let in.
                self.turnAway(sock)
                self.responder.contractViolations.tell(Failure())

    def turnAway(self, sock: socket.socket) -> None:
        """Close a connection at once."""
        self.turnedAway += 1
        sock.close()

    def _acceptFailed(self, error: OSError) -> None:
        """Out of descriptors: pause, or epoll would call us again without end."""
        self.turnedAway += 1
        if error.errno in self._DEAD:
            self.readerRestart.lost(Failure(error))
        elif error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
            self.reactor.removeReader(self)
            self.reactor.callLater(0.1, self._acceptAgain)

    def _acceptAgain(self) -> None:
        if self.readerRestart.reading:
            self.reactor.addReader(self)


# A decorator would make it a class that mypyc does not compile.
classImplements(Listener, IReadDescriptor)
