"""The TCP and TLS fronts: a listening socket, its connections, their limits."""

from __future__ import annotations

import errno
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar, cast

from twisted.internet.interfaces import IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import classImplements

from ...client import Client
from ...clockwork.sweep import Sweep
from ...clockwork.turn import TurnEnd
from ...interfaces import IForgetting
from ...tls.channel import Channel, HandshakeRefused
from ...tls.clientchannel import reasonOf
from ...wire.reply import Hop
from ..packetcache import PacketCache
from ..readerrestart import ReaderRestart
from ..responder import Responder
from .backlog import Backlog
from .connection import Connection
from .slowreaders import SlowReaders
from .transport import Transport

Channels = Callable[[], Channel]


class StreamPort:
    """
    One listening socket.

    @ivar connections: those that are open, oldest first.
    @ivar packetCache: responses that are remembered.
    @ivar slowReaders: connections whose clients have yet to take what was sent.
    @ivar handshakes: how many ended how: C{full}, C{resumed}, or the reason of failure.
    @ivar groups: those that ended well by the group of their exchange of keys; without one, sessions
        of TLS 1.2 that are resumed.
    @ivar identified: connections whose client has shown a certificate with a name.
    @ivar accepted: connections taken.
    @ivar shed: connections closed or not taken because there were too many.
    @ivar readerRestart: what has it read again, whatever happens.
    """

    # What accept() says where nobody can ever connect to the socket again.
    _DEAD: ClassVar[frozenset[int]] = frozenset((errno.EBADF, errno.EINVAL, errno.ENOTSOCK, errno.EOPNOTSUPP))

    # Connections taken in one turn of the reactor: alone, and where other processes take from the
    # same socket. With 64 one of four once took half of 400 that came at once.
    ACCEPTS: ClassVar[int] = 64
    SHARED_ACCEPTS: ClassVar[int] = 8
    # Seconds between two looks at the deadlines of all connections.
    SWEEP: ClassVar[float] = 0.5

    def __init__(
        self,
        responder: Responder,
        port: socket.socket,
        channels: Channels,
        reactor: Any,
        turn: TurnEnd,
        *,
        maxConnections: int,
        maxInFlight: int,
        idle: float,
        handshake: float,
        firstQuery: float,
        backlog: Backlog | None = None,
        shared: bool = False,
        sockets: Any = None,
    ) -> None:
        """
        @param channels: makes a channel for each connection.
        @param idle: seconds without a query after which a connection is closed.
        @param handshake: seconds that a TLS handshake may take.
        @param firstQuery: seconds from then to the first whole query.
        @param backlog: what all connections hold together; without it, those of this port alone.
        @param shared: whether other processes take connections from the same socket.
        @param sockets: what watches the connections' sockets; without it, the reactor.
        """
        self.responder = responder
        self.reactor = reactor
        self.sockets = sockets or reactor
        forgetting = IForgetting(self.sockets, None)
        self.forget = self.sockets.removeReader if forgetting is None else forgetting.forget
        self.turn = turn
        self.now = responder.now
        self.maxInFlight = maxInFlight
        self.idle = idle
        self.backlog = backlog or Backlog()
        self.packetCache: PacketCache[bytes] = PacketCache(responder.now)
        self.slowReaders = SlowReaders(responder.now)
        self.hop = Hop(True, responder.transport == "tls", min(int(idle * 10), 65535))
        self.connections: dict[Connection, None] = {}
        # Those that have responses to send at the end of this turn.
        self._ready: list[Connection] = []
        self.handshakes: Counter[str] = Counter()
        self.groups: Counter[str] = Counter()
        self.accepted = self.shed = self.identified = 0
        self._port = port
        self._accepts = self.SHARED_ACCEPTS if shared else self.ACCEPTS
        self._channels = channels
        self._maxConnections = maxConnections
        self._handshake = handshake
        self._firstQuery = firstQuery
        self._sweep = Sweep(reactor, self.SWEEP, self._look, responder.now)
        self.readerRestart = ReaderRestart(self, port, f"front {responder.name} ({responder.transport})")
        self._idle: list[Connection] | None = None

    @property
    def inFlight(self) -> int:
        """Queries taken whose response is not yet written."""
        return sum(connection.inFlight for connection in self.connections)

    @property
    def listener(self) -> socket.socket:
        """The socket that it listens on."""
        return self._port

    def succeed(self, before: StreamPort) -> None:
        """Take the connections of another one, which is about to end, as they are."""
        waiting = before.slowReaders.all()
        for connection in before.connections:
            connection.moveTo(self)
            self.connections[connection] = None
            if connection in waiting:
                before.slowReaders.done(connection)
                self.slowReaders.wait(connection)
        before.connections = {}
        self.handshakes += before.handshakes
        self.groups += before.groups
        self.identified += before.identified
        self.accepted += before.accepted
        self.shed += before.shed

    def fileno(self) -> int:
        """See L{IReadDescriptor}."""
        return self._port.fileno()

    def logPrefix(self) -> str:
        """See L{ILoggingContext}."""
        return "dotchain"

    def start(self, _reactor: object = None) -> None:
        """Begin to accept connections."""
        self.readerRestart.start(self.reactor)
        self._sweep.begin()

    def stop(self, _reactor: object = None) -> None:
        """
        Accept no more; close connections as soon as they have been answered, and tell so by
        a timeout of 0 (RFC 7828 section 3.3.2).
        """
        self.hop = Hop(True, self.hop.pads, 0)
        self.packetCache.forget()
        self.readerRestart.stop()
        self._port.close()
        for connection in list(self.connections):
            connection.drain()

    def close(self) -> None:
        """Close every connection at once."""
        self.readerRestart.stop()
        self._sweep.stop()
        self._port.close()
        for connection in list(self.connections):
            connection.abort()

    def connectionLost(self, reason: Failure) -> None:
        """See L{IReadDescriptor}: it is listened to all the same, unless it was stopped."""
        self.readerRestart.lost(reason)

    def doRead(self) -> None:
        """See L{IReadDescriptor}; nothing leaves it, or the reactor would read no more."""
        try:
            self._acceptSome()
        except BaseException:
            self.readerRestart.lost(Failure())
        self._idle = None

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
                self._accept(sock, name[0])
            except BaseException:
                # Those behind it must still be let in.
                self.shed += 1
                sock.close()
                self.responder.contractViolations.tell(Failure())

    def _acceptFailed(self, error: OSError) -> None:
        """Out of descriptors: pause, or epoll would call us again without end."""
        self.shed += 1
        if error.errno in self._DEAD:
            self.readerRestart.lost(Failure(error))
        elif error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
            self.reactor.removeReader(self)
            self.reactor.callLater(0.1, self._acceptAgain)

    def _acceptAgain(self) -> None:
        if self.readerRestart.reading:
            self.reactor.addReader(self)

    def _accept(self, sock: socket.socket, address: str) -> None:
        responder = self.responder
        self.accepted += 1
        met = responder.clients.get(address)
        client = responder.meet(address, address) if met is None else met
        if (not client and responder.drop) or not self._makeRoom():
            self.shed += 1
            sock.close()
            return
        sock.setblocking(False)
        self._begin(self._connection(sock, self._channels(), client or None))

    def _connection(self, sock: socket.socket, channel: Channel, client: Client | None) -> Connection:
        return Connection(self, sock, channel, client)

    def _begin(self, connection: Connection) -> None:
        connection.deadline = self.now() + (self._firstQuery if connection.open else self._handshake)
        self.connections[connection] = None
        connection.start()

    def _makeRoom(self) -> bool:
        """Close the connection that is idle longest, where there are too many (RFC 7766 section 6.2.3)."""
        if len(self.connections) < self._maxConnections:
            return True
        if self._idle is None:
            # Looked for once a turn: it takes a millisecond where there are thousands.
            idle = [each for each in self.connections if each.idle]
            # Those that never asked anything go first, or silent ones would shut out all others.
            self._idle = sorted(idle, key=lambda each: (each.asked, each.deadline))[::-1]
        if self._idle:
            self.shed += 1
            self._idle.pop().close()
        return len(self.connections) < self._maxConnections

    def handshakeDone(self, connection: Transport, channel: Channel) -> None:
        """A connection's TLS handshake is done."""
        self.handshakes["resumed" if channel.resumed else "full"] += 1
        if channel.group:
            self.groups[channel.group] += 1
        connection.deadline = self.now() + self._firstQuery

    def handshakeFailed(self, error: ssl.SSLError | HandshakeRefused, wasOpen: bool) -> None:
        """A client broke TLS, or can't be served; counted by reason."""
        reason = reasonOf(error)
        if len(self.handshakes) < 100:
            self.handshakes[reason if not wasOpen else f"later: {reason}"] += 1

    def gone(self, connection: Transport) -> None:
        """A connection has ended."""
        self.connections.pop(cast("Connection", connection), None)

    def flushLater(self, connection: Connection) -> None:
        """A connection has something to send at the end of this turn: it says so once."""
        if not self._ready:
            self.turn.call(self._flush)
        self._ready.append(connection)

    def _flush(self) -> None:
        now = self.now()
        # It grows: responses that leave can make room for queries that are answered at once.
        for connection in self._ready:
            try:
                connection.flush(now)
            except BaseException:
                # The others of this turn must still be answered.
                self.responder.contractViolations.tell(Failure())
        self._ready = []

    def _look(self) -> bool:
        """Close connections whose time is over."""
        self.slowReaders.look()
        now = self.now()
        for connection in [each for each in self.connections if each.deadline < now]:
            try:
                connection.expire()
            except BaseException:
                # The others' time is over, too.
                self.responder.contractViolations.tell(Failure())
                self.connections.pop(connection, None)
        return True


# A decorator would make it a class that mypyc does not compile.
classImplements(StreamPort, IReadDescriptor)
