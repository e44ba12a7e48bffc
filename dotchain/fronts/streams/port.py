"""The TCP and TLS fronts: a listening socket, its connections, their limits."""

from __future__ import annotations

import socket
import ssl
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar, cast

from twisted.python.failure import Failure

from ...client import Client
from ...clockwork.heap import HeapReturn
from ...clockwork.pacedloop import PacedLoop
from ...clockwork.sweep import Sweep
from ...clockwork.turn import TurnEnd
from ...interfaces import IForgetting
from ...tls.channel import Channel, HandshakeRefused
from ...tls.clientchannel import reasonOf
from ...wire.reply import Hop
from ..packetcache import PacketCache
from ..prefixlimits import PrefixLimits
from ..responder import Responder
from .backlog import Backlog
from .connection import Connection
from .handshakequeue import HandshakeQueue
from .lastcomers import LastComers
from .listener import Listener
from .room import Room
from .slowreaders import SlowReaders
from .transport import Transport

Channels = Callable[[], Channel]


class StreamPort(Listener):
    """
    One listening socket.

    @ivar connections: those that are open, oldest first.
    @ivar packetCache: responses that are remembered.
    @ivar slowReaders: connections whose clients have yet to take what was sent.
    @ivar handshakes: how many ended how: C{full}, C{resumed}, or the reason of failure.
    @ivar groups: those that ended well by the group of their exchange of keys; without one, sessions
        of TLS 1.2 that are resumed.
    @ivar identified: connections whose client has shown a certificate with a name.
    @ivar limits: those of each prefix.
    @ivar room: for how many connections there is room.
    @ivar handshakeQueue: who has to wait with his handshake.
    """

    # Seconds between two looks at the deadlines of all connections.
    SWEEP: ClassVar[float] = 0.5
    # Of those whose time is over, so many are closed at a time, and all in so many seconds: 3,000 at
    # once would keep everybody waiting for 100 ms.
    PORTION: ClassVar[int] = 32
    SPREAD: ClassVar[float] = 0.4

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
        limits: PrefixLimits | None = None,
        shared: bool = False,
        sockets: Any = None,
    ) -> None:
        """
        @param channels: makes a channel for each connection.
        @param idle: seconds without a query after which a connection is closed.
        @param handshake: seconds that a TLS handshake may take.
        @param firstQuery: seconds from then to the first whole query.
        @param backlog: what all connections hold together; without it, those of this port alone.
        @param limits: those of each prefix; without it, there are none.
        @param shared: whether other processes take connections from the same socket.
        @param sockets: what watches the connections' sockets; without it, the reactor.
        """
        super().__init__(responder, port, reactor, shared)
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
        self.identified = 0
        self._channels = channels
        self.limits = limits or PrefixLimits(now=responder.now)
        self.room = Room(maxConnections, self.limits)
        self.handshakeQueue = HandshakeQueue(reactor, turn, self.limits, self._tell, self.now)
        self._handshake = handshake
        self._firstQuery = firstQuery
        self._heapReturn = HeapReturn()
        self._sweep = Sweep(reactor, self.SWEEP, self._look, responder.now)
        self._lastComers = LastComers(self, reactor, self._tell)
        self._overdue: PacedLoop[Connection] = PacedLoop(reactor, self.PORTION, self.SPREAD, self._expire)

    @property
    def shed(self) -> int:
        """Connections closed or not taken because there were too many."""
        return self.turnedAway + self.room.shed

    @property
    def inFlight(self) -> int:
        """Queries taken whose response is not yet written."""
        return sum(connection.inFlight for connection in self.connections)

    def succeed(self, before: StreamPort) -> None:
        """Take the connections of another one, which is about to end, as they are."""
        waiting = before.slowReaders.all()
        shaking = before.handshakeQueue.stop()
        for connection in before.connections:
            before.room.leave(connection)
            connection.moveTo(self)
            self.enter(connection, connection.address, connection.unlimited)
            if connection in waiting:
                before.slowReaders.done(connection)
                self.slowReaders.wait(connection)
        before.connections = {}
        for each in shaking:
            each.start()
        self.handshakes += before.handshakes
        self.groups += before.groups
        self.identified += before.identified
        self.accepted += before.accepted
        self.turnedAway += before.shed
        self.limits.counts += before.limits.counts

    def start(self, _reactor: object = None) -> None:
        """Begin to accept connections."""
        self.readerRestart.start(self.reactor)
        self._sweep.begin()

    def stop(self, _reactor: object = None) -> None:
        """
        Accept no more; close connections as soon as they have been answered, and tell so by
        a timeout of 0 (RFC 7828 section 3.3.2). Who has come and not asked yet may do so: see L{LastComers}.
        """
        self.hop = Hop(True, self.hop.pads, 0)
        self.packetCache.forget()
        if self.readerRestart.reading:
            # For all they know, those that wait to be accepted have come, too.
            self.doRead()
        self.readerRestart.stop()
        self._port.close()
        self._lastComers.begin()

    def close(self) -> None:
        """Close every connection at once."""
        self.readerRestart.stop()
        self._sweep.stop()
        self._overdue.stop()
        self._lastComers.stop()
        self.handshakeQueue.stop()
        self._port.close()
        for connection in list(self.connections):
            connection.abort()

    def _accept(self, sock: socket.socket, address: str) -> None:
        responder = self.responder
        met = responder.clients.get(address)
        client = responder.meet(address, address) if met is None else met
        if (not client and responder.drop) or not self._admits(address):
            self.turnAway(sock)
            return
        sock.setblocking(False)
        self._begin(self._connection(sock, self._channels(), client or None), address)

    def _turned(self) -> None:
        self.room.turned()

    def _admits(self, address: str) -> bool:
        """Whether there is room for one more connection of this address."""
        return self.limits.admits(address) and self.room.make(self.limits.of(address), self.others)

    @property
    def quiet(self) -> bool:
        """Whether nothing is open."""
        return not (self.connections or self.others)

    @property
    def others(self) -> int:
        """What is open besides connections."""
        return 0

    def leaveOthers(self) -> None:
        """Close that."""

    def _connection(self, sock: socket.socket, channel: Channel, client: Client | None) -> Connection:
        return Connection(self, sock, channel, client)

    def _begin(self, connection: Connection, address: str, unlimited: bool = False) -> None:
        connection.deadline = self.now() + (self._firstQuery if connection.open else self._handshake)
        self.enter(connection, address, unlimited or self.limits.free(address))
        connection.start()

    def enter(self, connection: Connection, address: str, unlimited: bool) -> None:
        """A connection is one of this port's, and that address's, from now on."""
        connection.count(address, unlimited)
        self.connections[connection] = None
        self.room.enter(connection)
        if connection.asked:
            self.room.settle(connection)

    def _tell(self, failure: Failure) -> None:
        self.responder.contractViolations.tell(failure)

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
        ended = cast("Connection", connection)
        if ended in self.connections:
            del self.connections[ended]
            self.room.leave(ended)
            if not ended.open:
                self.handshakeQueue.forget(ended)

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
        self._heapReturn.look(len(self.connections))
        if not self._overdue.busy:
            now = self.now()
            self._overdue.begin([each for each in self.connections if each.deadline < now])
        return True

    def _expire(self, connection: Connection) -> None:
        """The time of one is over, unless he has asked again since that was found."""
        if connection not in self.connections or connection.deadline >= self.now():
            return
        try:
            connection.expire()
        except BaseException:
            self.responder.contractViolations.tell(Failure())
            self.gone(connection)
