"""The beginning of a balancer's connection: the PROXY header in front of all else."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

from twisted.internet.interfaces import IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import classImplements

from ...wire import FormatError
from ...wire.proxyheader import FIXED, size

if TYPE_CHECKING:
    from .introducedport import IntroducedPort

# What a TLS record of a handshake begins with (RFC 8446 section 5.1), and no header does.
_HANDSHAKE: Final = b"\x16"


class Introduction:
    """
    A connection whose header is awaited.

    No octet behind the header is read here, so what takes the socket over meets a connection like any other.

    @ivar deadline: when it is given up, by the port's clock.
    """

    __slots__ = ("_octets", "_port", "_socket", "_wanted", "address", "deadline")

    def __init__(self, port: IntroducedPort, sock: socket.socket, address: str, deadline: float) -> None:
        """
        @param sock: not blocking.
        @param address: the balancer's own.
        """
        self._port = port
        self._socket = sock
        self._octets = b""
        self._wanted = FIXED
        self.address = address
        self.deadline = deadline

    def fileno(self) -> int:
        """See L{IReadDescriptor}."""
        return self._socket.fileno()

    def logPrefix(self) -> str:
        """See L{ILoggingContext}."""
        return "dotchain"

    def doRead(self) -> None:
        """See L{IReadDescriptor}."""
        try:
            self._read()
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.refuse("connection closed before a header")
        except FormatError as error:
            self.refuse(str(error))

    def _read(self) -> None:
        if not self._octets and self._port.encrypted and self._socket.recv(1, socket.MSG_PEEK) == _HANDSHAKE:
            self._port.introducesItselfInside(self, self._socket)
            return
        while len(self._octets) < self._wanted:
            got = self._socket.recv(self._wanted - len(self._octets))
            if not got:
                self.refuse("connection closed before a header")
                return
            self._octets += got
            self._wanted = size(self._octets)
        self._port.introduced(self, self._socket, self._octets)

    def moveTo(self, port: IntroducedPort) -> None:
        """Belong to another port from now on: a reload has put it in the place of this one."""
        self._port = port

    def refuse(self, reason: str) -> None:
        """Close it, and count why."""
        self._port.introductions.refuse(reason)
        self.abort()

    def abort(self) -> None:
        """Close it."""
        self._port.unawait(self)
        self._socket.close()

    def connectionLost(self, reason: Failure) -> None:
        """See L{IReadDescriptor}."""
        self.abort()


# A decorator would make it a class that mypyc does not compile.
classImplements(Introduction, IReadDescriptor)
