"""A network in memory: connections that a test accepts, answers and breaks."""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import Any

from twisted.internet.error import ConnectionDone, UserError
from twisted.internet.error import ConnectionRefusedError as Refused
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from dotchain.upstreams.netlink import KernelRoute
from dotchain.wire import framing
from dotchain.wire.names import skipPlainName

START = 1000.0
"""When the clock starts."""


def clients(queries: list[bytes]) -> list[bytes]:
    """Those that a client has asked: all but liveness queries, which ask for the root's nameservers."""
    return [query for query in queries if query[12:17] != b"\0\0\2\0\1"]


class Peer(StringTransport):
    """
    The other end of one connection, in clear text.

    @ivar protocol: what the connection was made for.
    @ivar silent: it never closes its side.
    @ivar ended: the connection has ended.
    """

    def __init__(self, clock: Clock, protocol: Any) -> None:
        super().__init__()
        self.clock = clock
        self.protocol = protocol
        self.silent = False
        self.ended = False
        self._read = b""

    def start(self) -> None:
        """The TCP connection is there."""
        self.protocol.makeConnection(self)

    def setTcpNoDelay(self, enabled: bool) -> None:
        """See L{twisted.internet.interfaces.ITCPTransport}."""

    def loseConnection(self) -> None:
        """See L{StringTransport}; a peer that is not silent closes too."""
        self.disconnecting = True
        if not self.silent:
            self.clock.callLater(0, self.close)

    def abortConnection(self) -> None:
        """See L{StringTransport}; the end is told in the next turn, as by the reactor."""
        self.disconnected = True
        self.clock.callLater(0, self.close)

    def close(self, error: type[Exception] = ConnectionDone) -> None:
        """The connection ends."""
        if not self.ended:
            self.ended = True
            self.protocol.connectionLost(Failure(error()))

    def bye(self) -> None:
        """Close in order."""
        self.close()

    def say(self, octets: bytes) -> None:
        """Send octets to dotchain, and let it have its turn."""
        self.protocol.dataReceived(octets)
        self.clock.advance(0)

    def heard(self) -> bytes:
        """The plain octets that came since the last call."""
        octets: bytes = self.value()
        self.clear()
        return octets

    def queries(self) -> list[bytes]:
        """The queries that came since the last call."""
        messages, self._read = framing.split(self._read + self.heard(), 65536)
        return messages

    def reply(self, *messages: bytes) -> None:
        """Send responses, all in one piece."""
        self.say(framing.join(messages))

    def replyAll(self) -> int:
        """Answer all that came; how many that were."""
        asked = self.queries()
        self.reply(*[response(query) for query in asked])
        return len(asked)


class TLSPeer(Peer):
    """
    The same as a TLS server.

    @ivar shaken: the handshake is done.
    """

    def __init__(self, clock: Clock, protocol: Any, context: ssl.SSLContext) -> None:
        super().__init__(clock, protocol)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._plain = b""
        self.shaken = False

    def start(self) -> None:
        """The TCP connection is there, and the handshake is done as far as the client goes along."""
        super().start()
        self.pump()

    def pump(self) -> None:
        """Move octets both ways until there are none left."""
        self.clock.advance(0)
        while octets := self.value():
            self.clear()
            self._incoming.write(octets)
            self._take()
            if self._outgoing.pending and not self.ended:
                self.protocol.dataReceived(self._outgoing.read())
            self.clock.advance(0)

    def _take(self) -> None:
        try:
            if not self.shaken:
                self._tls.do_handshake()
                self.shaken = True
            while self._incoming.pending and (part := self._tls.read(16384)):
                self._plain += part
        except ssl.SSLError:
            return

    def say(self, octets: bytes) -> None:
        """See L{Peer.say}."""
        self._tls.write(octets)
        self.protocol.dataReceived(self._outgoing.read())
        self.pump()

    def bye(self) -> None:
        """Send close_notify (RFC 8446 section 6.1), then close."""
        with suppress(ssl.SSLError):
            self._tls.unwrap()
        self.protocol.dataReceived(self._outgoing.read())
        self.close()
        self.clock.advance(0)

    def heard(self) -> bytes:
        """See L{Peer.heard}."""
        self.pump()
        octets, self._plain = self._plain, b""
        return octets


class Attempt:
    """
    One dial: a connector, which the test lets succeed or fail.

    @ivar state: as of Twisted's own connectors.
    """

    def __init__(self, network: Network, host: str, port: int, factory: Any) -> None:
        self.network = network
        self.host = host
        self.port = port
        self.factory = factory
        self.state = "connecting"
        self.peer: Peer | None = None

    def accept(self, context: ssl.SSLContext | None = None) -> Peer:
        """The peer accepts; with a TLS context it shakes hands too."""
        assert self.state == "connecting"
        self.state = "connected"
        protocol = self.factory.buildProtocol(None)
        clock = self.network
        self.peer = Peer(clock, protocol) if context is None else TLSPeer(clock, protocol, context)
        self.peer.start()
        return self.peer

    def refuse(self, error: type[Exception] = Refused) -> None:
        """It comes to nothing."""
        assert self.state == "connecting"
        self.state = "disconnected"
        self.factory.clientConnectionFailed(self, Failure(error()))

    def disconnect(self) -> None:
        """See L{twisted.internet.interfaces.IConnector}, as Twisted's own does it."""
        if self.state == "connecting":
            self.refuse(UserError)
        elif self.state == "connected" and self.peer is not None:
            self.peer.loseConnection()


class Network(Clock):
    """
    A reactor whose connections are L{Attempt}s.

    @ivar attempts: all of them, oldest first.
    @ivar refusing: ports that refuse before C{connectTCP} returns.
    @ivar readers: what waits for its descriptor.
    @ivar kernelRoute: by which every host is reached.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rightNow = START
        self.attempts: list[Attempt] = []
        self.refusing: set[int] = set()
        self.readers: list[Any] = []
        self.kernelRoute: KernelRoute | None = frozenset({(4, b"eth0")})

    def connectTCP(
        self, host: str, port: int, factory: Any, timeout: float = 30, bindAddress: Any = None
    ) -> Attempt:
        """See L{twisted.internet.interfaces.IReactorTCP}."""
        made = Attempt(self, host, port, factory)
        self.attempts.append(made)
        if port in self.refusing:
            made.refuse()
        return made

    def addReader(self, reader: Any) -> None:
        """See L{twisted.internet.interfaces.IReactorFDSet}."""
        self.readers.append(reader)

    def removeReader(self, reader: Any) -> None:
        """See L{twisted.internet.interfaces.IReactorFDSet}."""
        if reader in self.readers:
            self.readers.remove(reader)

    def kernelRouteTo(self, host: str) -> KernelRoute | None:
        """See L{dotchain.upstreams.netlink.kernelRouteTo}."""
        return self.kernelRoute

    def pass_(self, seconds: float) -> None:
        """Let time pass in small steps, as it does."""
        self.pump([1 / 64] * round(seconds * 64))
        self.advance(0)

    def dial(self, number: int = -1) -> Attempt:
        """One of the attempts, by default the last."""
        return self.attempts[number]

    def left(self) -> list[object]:
        """What an upstream that has stopped must not leave: calls, descriptors, connections."""
        dials = [each for each in self.attempts if each.state == "connecting"]
        peers = [each.peer for each in self.attempts if each.peer is not None and not each.peer.ended]
        return [*self.getDelayedCalls(), *self.readers, *dials, *peers]


def response(query: bytes, flags: int = 0x8180, question: bytes | None = None, records: bytes = b"") -> bytes:
    """
    What an upstream sends back, without records unless given.

    @param records: an answer section of one record.
    """
    own = query[12 : skipPlainName(query, 12) + 4]
    counts = b"\0\1" + (b"\0\1" if records else b"\0\0") + bytes(4)
    return query[:2] + flags.to_bytes(2, "big") + counts + (own if question is None else question) + records
