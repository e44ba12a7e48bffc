"""A client's socket, over which questions go and answers come back."""

from __future__ import annotations

import socket
import ssl
import time
from abc import ABC, abstractmethod

import dns.exception
import dns.message

from measure.bench.load.visit import isOpen
from tests.interop.certificates import NAME
from tests.interop.connection import framed, nextMessage
from tests.interop.ports import HOST

PATIENCE = 15.0
"""Seconds after which a query is lost: three times what the daemon itself gives one."""

FAILURES = (OSError, EOFError, dns.exception.DNSException)
"""What comes in the place of an answer."""

_ROOM = 1 << 20


class Conversation(ABC):
    """
    @ivar port: the client's own.
    @ivar isDatagram: it goes over UDP.
    """

    isDatagram = False

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.port: int = sock.getsockname()[1]

    def close(self) -> None:
        """Be done."""
        self.sock.close()

    def hasEnded(self) -> bool:
        """The other side has left."""
        return False

    @abstractmethod
    def send(self, *queries: dns.message.Message) -> None:
        """
        Send queries at once.

        @raise OSError: where that is not possible any more.
        """

    def receive(self, until: float) -> dns.message.Message:
        """
        The next message.

        @param until: the time of L{time.monotonic} at which there must be one.
        @raise OSError: where there is none, or no way for one any more.
        @raise EOFError: at the end of a stream.
        @raise dns.exception.DNSException: for octets that are none.
        """
        self.sock.settimeout(max(until - time.monotonic(), 0.001))
        return dns.message.from_wire(self._message())

    @abstractmethod
    def _message(self) -> bytes:
        """Its octets."""


class Datagrams(Conversation):
    """Over UDP."""

    isDatagram = True

    def __init__(self, port: int) -> None:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
        sock.connect((HOST, port))
        super().__init__(sock)

    def send(self, *queries: dns.message.Message) -> None:
        """See L{Conversation}."""
        for query in queries:
            self.sock.send(query.to_wire())

    def _message(self) -> bytes:
        return self.sock.recv(65535)


class Stream(Conversation):
    """Over TCP, and over TLS once that L{secures}."""

    def __init__(self, port: int) -> None:
        """@raise OSError: where nobody takes it."""
        super().__init__(socket.create_connection((HOST, port), PATIENCE))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def secure(self, side: ssl.SSLContext, session: ssl.SSLSession | None = None) -> bool:
        """
        Shake hands.

        @param session: of before, to be resumed.
        @return: whether it was.
        @raise OSError: where the other side doesn't, or isn't who it must be.
        """
        self.sock = tls = side.wrap_socket(self.sock, server_hostname=NAME, session=session)
        return bool(tls.session_reused)

    def hasEnded(self) -> bool:
        """See L{Conversation}."""
        return not isOpen(self.sock)

    def send(self, *queries: dns.message.Message) -> None:
        """See L{Conversation}."""
        self.sock.settimeout(PATIENCE)
        self.sock.sendall(framed(*(query.to_wire() for query in queries)))

    def _message(self) -> bytes:
        return nextMessage(self.sock)
