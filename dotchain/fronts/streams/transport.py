"""A non-blocking socket under a channel: one recv and one send a turn, back-pressure, closing."""

from __future__ import annotations

import socket
import ssl
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Final

from twisted.internet.interfaces import IReadWriteDescriptor
from twisted.python.failure import Failure
from zope.interface import classImplements

from ...node import Asker
from ...tls.channel import Channel, HandshakeRefused
from .slowreaders import unacknowledged
from .socketend import finish, forgetUnsent

if TYPE_CHECKING:
    from .port import StreamPort

_BUFFER: Final = memoryview(bytearray(65536))
"""Where every connection reads into, one after the other."""


class Transport(Asker):
    """
    The octets of one accepted connection.

    @ivar deadline: when the connection is given up unless it is busy, by the port's clock.
    """

    __slots__ = (
        "_channel",
        "_ended",
        "_handed",
        "_holds",
        "_inputEnded",
        "_lost",
        "_port",
        "_reading",
        "_socket",
        "_unsent",
        "deadline",
    )

    # Octets that may wait for a client that does not read, before we stop reading too.
    HIGH_WATER: ClassVar[int] = 262_144

    def __init__(self, port: StreamPort, sock: socket.socket, channel: Channel) -> None:
        self._port = port
        self._socket = sock
        self._channel = channel
        self._unsent = b""
        self._ended = False
        self._inputEnded = False
        self._lost = False
        self._reading = False
        self._holds = 0
        # Octets that the system took after it had not.
        self._handed = 0
        self.deadline = 0.0

    @abstractmethod
    def _mayShakeHands(self) -> bool:
        """Whether more of the handshake may be read now; if not, it is seen to that it will be."""

    @abstractmethod
    def _take(self, plain: bytes) -> None:
        """Octets have come from the client."""

    @abstractmethod
    def _named(self, serverName: str, identity: str) -> None:
        """The client's TLS has asked for that server name, and shown a certificate with that name."""

    def moveTo(self, port: StreamPort) -> None:
        """Be a connection of another port from now on, as the client needs not know."""
        self._port = port

    @property
    @abstractmethod
    def busy(self) -> bool:
        """Whether something is still to be answered."""

    @property
    @abstractmethod
    def full(self) -> bool:
        """Whether no more may be read for now."""

    def _holding(self) -> int:
        """How many octets wait here, to be sent or for more of their kind."""
        return len(self._unsent)

    def _reckon(self) -> None:
        """Tell what is held, where that is or was anything."""
        octets = self._holding()
        if octets != self._holds:
            self._holds = octets
            self._port.backlog.note(self, octets)

    @property
    def _held(self) -> bool:
        """Whether no more may be taken for now: lost, full, or the client does not read."""
        return self._lost or self.full or len(self._unsent) > self.HIGH_WATER

    @property
    def open(self) -> bool:
        """Whether the handshake, if there is one, is done."""
        return self._channel.open

    def fileno(self) -> int:
        """See L{IReadDescriptor}."""
        return self._socket.fileno()

    def logPrefix(self) -> str:
        """See L{ILoggingContext}."""
        return "dotchain"

    def doRead(self) -> None:
        """See L{IReadDescriptor}."""
        if not (self._channel.open or self._mayShakeHands()):
            return
        try:
            count = self._socket.recv_into(_BUFFER)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.abort()
            return
        if count:
            self._received(_BUFFER[:count])
        else:
            self._inputEnded = True
            self._endOfInput()

    def _received(self, got: memoryview) -> None:
        channel = self._channel
        wasOpen = channel.open
        try:
            plain = channel.feed(got)
        except (ssl.SSLError, HandshakeRefused) as error:
            self._port.handshakeFailed(error, wasOpen)
            self._send(channel.take())
            self.close()
            return
        opened = channel.open and not wasOpen
        if opened:
            self._port.handshakeDone(self, channel)
            if channel.serverName or channel.identity:
                self._named(channel.serverName, channel.identity)
        if plain:
            self._take(plain)
        # Who has asked by now gets his session tickets with the answer: a send of their own takes
        # 0.07 of a new connection. To others they go at once, and with them the ACK that Nagle's
        # algorithm waits for on the client's side.
        if not (opened and self.busy and channel.ticketsAlone) and (octets := channel.take()):
            self._send(octets)
        if channel.finished:
            self._endOfInput()

    def _endOfInput(self) -> None:
        """The client sends no more, but is answered what he has asked (RFC 1035 section 4.2.2)."""
        if not self._channel.open:
            self._port.handshakes["closed by the client"] += 1
            self.abort()
        else:
            self.drain()

    def _seal(self, plain: bytes) -> None:
        """Send plain octets; a client who has broken TLS can be told nothing more."""
        try:
            octets = self._channel.seal(plain)
        except ssl.SSLError:
            self.abort()
        else:
            self._send(octets)

    def _send(self, octets: bytes) -> None:
        """Write now what the system takes, the rest when it takes more."""
        if self._lost or not octets:
            return
        if self._unsent:
            self._unsent += octets
        else:
            self._unsent = self._sendNow(octets)
            if not self._unsent:
                return
            self._port.sockets.addWriter(self)
            self._port.slowReaders.wait(self)
        self._reckon()
        if len(self._unsent) > self.HIGH_WATER:
            self._pause()

    def _sendNow(self, octets: bytes) -> bytes:
        """What the system did not take."""
        try:
            sent = self._socket.send(octets)
        except (BlockingIOError, InterruptedError):
            return octets
        except OSError:
            self.abort()
            return b""
        return octets[sent:] if sent < len(octets) else b""

    def doWrite(self) -> None:
        """See L{IWriteDescriptor}."""
        before = len(self._unsent)
        self._unsent = self._sendNow(self._unsent)
        self._handed += before - len(self._unsent)
        self._reckon()
        if self._unsent or self._lost:
            return
        self._port.sockets.removeWriter(self)
        self._port.slowReaders.done(self)
        self._proceed()

    @property
    def taken(self) -> int:
        """See L{Taker<.slowreaders.Taker>}: what the system holds for him has not reached him."""
        return self._handed - unacknowledged(self._socket)

    def _proceed(self) -> None:
        """Something was answered or sent: read again, or close where nothing is left to do."""
        if self._ended and not self.busy:
            self.close()
        elif not (self._reading or self._ended or self._held):
            self._reading = True
            self._port.sockets.addReader(self)

    def _pause(self) -> None:
        if self._reading:
            self._reading = False
            self._port.sockets.removeReader(self)

    def wait(self) -> None:
        """Don't read, until there is time for it."""
        self._pause()

    def start(self) -> None:
        """Begin to read."""
        self._proceed()

    def expire(self) -> None:
        """The deadline is over: close, unless something is in flight."""
        if not self._channel.open:
            self._port.handshakes["timeout"] += 1
            self.abort()
        elif not self.busy:
            self.close()

    def drain(self) -> None:
        """Read no more; close when all is answered."""
        self._ended = True
        self._proceed()
        if not self._lost:
            self._pause()

    def close(self) -> None:
        """Close in order: what is ready is sent (to slow readers, too), then close_notify, then FIN."""
        if self._lost:
            return
        self._ended = True
        if self._unsent:
            self._pause()
            return
        finish(self._socket, self._channel.close(), self._inputEnded)
        self.abort()

    def abort(self) -> None:
        """
        Close at once.

        Where octets wait, the system forgets its part of them, too: else it would hold them
        for minutes, for a client who may never read.
        """
        if self._lost:
            return
        self._lost = self._ended = True
        if self._reading:
            self._reading = False
            self._port.forget(self)
        if self._unsent:
            self._unsent = b""
            self._port.sockets.removeWriter(self)
            self._port.slowReaders.done(self)
            forgetUnsent(self._socket)
        self._socket.close()
        self._reckon()
        self._port.gone(self)

    def connectionLost(self, reason: Failure) -> None:
        """See L{IReadDescriptor}."""
        self.abort()


# A decorator would make it a class that mypyc does not compile.
classImplements(Transport, IReadWriteDescriptor)
