"""A reactor in memory, and the server's side of what C{dotchain query} does on it."""

from __future__ import annotations

import ssl
from typing import Any

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset
from twisted.internet.address import IPv4Address
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure

from dotchain.commands.question import queries, question, sort
from dotchain.wire import framing

ADDRESS = "192.0.2.1"


def makeQueries(count: int = 1, words: str = "foo.example.org", padded: bool = False) -> list[Any]:
    """As the command makes them."""
    asked = question(sort(words.split()), None)
    return queries(
        asked, count, dnssec=False, checkingDisabled=False, recurse=True, padded=padded, options=[]
    )


def answerTo(query: bytes | dns.message.Message, data: str = ADDRESS, flags: int = 0) -> bytes:
    """A response with one address."""
    asked = dns.message.from_wire(query) if isinstance(query, bytes) else query
    response = dns.message.make_response(asked)
    response.answer = [dns.rrset.from_text(asked.question[0].name, 300, "IN", "A", data)]
    response.flags |= flags
    return response.to_wire()


class UDPTransport:
    """
    A connected UDP socket.

    @ivar peer: whom it is connected to.
    @ivar sent: the datagrams.
    @ivar listening: it is not closed yet.
    """

    def __init__(self, error: OSError | None = None) -> None:
        self.error = error
        self.peer: tuple[str, int] | None = None
        self.sent: list[bytes] = []
        self.listening = True

    def connect(self, host: str, port: int) -> None:
        """Connect, or fail as told."""
        if self.error is not None:
            raise self.error
        self.peer = host, port

    def write(self, datagram: bytes) -> None:
        """Send."""
        self.sent.append(datagram)

    def stopListening(self) -> None:
        """Close; once is enough."""
        assert self.listening
        self.listening = False


class TCPTransport(StringTransport):
    """A TCP connection, which ends at once when it is closed here."""

    def __init__(self) -> None:
        super().__init__(peerAddress=IPv4Address("TCP", "127.0.0.1", 853))
        self.aborted = False

    def setTcpNoDelay(self, enabled: bool) -> None:
        """It is taken as read."""

    def abortConnection(self) -> None:
        """Note it."""
        self.aborted = True
        super().abortConnection()


class Network(MemoryReactorClock):
    """
    A reactor in memory, with UDP.

    @ivar sockets: the UDP sockets opened, with their protocols.
    """

    unreachable: OSError | None = None

    def __init__(self) -> None:
        super().__init__()
        self.sockets: list[tuple[Any, UDPTransport]] = []

    def listenUDP(self, port: int, protocol: Any, interface: str = "", maxPacketSize: int = 8192) -> None:
        """Open a socket."""
        assert port == 0, "the system chooses the port"
        transport = UDPTransport(self.unreachable)
        self.sockets.append((protocol, transport))
        protocol.transport = transport
        protocol.startProtocol()

    def accept(self) -> tuple[Any, TCPTransport]:
        """Accept the last connection dialled; the client's protocol and transport."""
        factory: Any = self.tcpClients[-1][2]
        protocol = factory.buildProtocol(None)
        transport = TCPTransport()
        protocol.makeConnection(transport)
        return protocol, transport

    def refuse(self, error: Exception) -> None:
        """Let the last connection dialled come to nothing."""
        factory: Any = self.tcpClients[-1][2]
        factory.clientConnectionFailed(self.connectors[-1], Failure(error))


def messages(octets: bytes) -> list[bytes]:
    """The messages of a stream, which holds nothing else."""
    found, rest = framing.split(octets, 65536)
    assert rest == b""
    return found


class TLSPeer:
    """
    A TLS server that has accepted the last connection dialled.

    @ivar heard: the plain octets that it got.
    @ivar transport: the client's.
    """

    def __init__(self, network: Network, made: ssl.SSLContext) -> None:
        self._network = network
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = made.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._open = False
        self.heard = b""
        self.protocol, self.transport = network.accept()

    def turn(self, times: int = 4) -> None:
        """Let octets go to and fro."""
        for _ in range(times):
            self._network.advance(0)
            self._incoming.write(self.transport.value())
            self.transport.clear()
            self._listen()
            if octets := self._outgoing.read():
                self.protocol.dataReceived(octets)

    def _listen(self) -> None:
        try:
            if not self._open:
                self._tls.do_handshake()
                self._open = True
            self.heard += self._tls.read(65536)
        except (ssl.SSLWantReadError, ssl.SSLError):
            return

    def say(self, octets: bytes) -> None:
        """Send plain octets."""
        self._tls.write(octets)
        self.turn()
