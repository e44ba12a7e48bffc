"""Fetches whose connections a test holds in its hands."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionAborted
from twisted.internet.interfaces import IProtocol, IStreamClientEndpoint
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.client import URI

from dotchain.stages.block.connections import Connections
from dotchain.stages.block.copies import Version
from dotchain.stages.block.fetching import Fetcher
from dotchain.testing import Scripted, StageCase
from dotchain.wire import Query
from dotchain.wire.codes import A

URL = "https://lists.example.org/secret/ads.txt"


def address(query: Query) -> str:
    """The server's, which has no IPv6."""
    return "lists.example.org. 300 IN A 192.0.2.1" if query.type == A else ""


class Wire(StringTransport):
    """A connection to the test."""

    def __init__(self, protocol: IProtocol, clock: Clock) -> None:
        super().__init__()
        self._protocol = protocol
        self._clock = clock

    def abortConnection(self) -> None:
        """See L{ITCPTransport.abortConnection}."""
        self.lose(ConnectionAborted())

    def lose(self, error: Exception) -> None:
        """It ends."""
        if not self.disconnecting:
            self.disconnecting = True
            self._clock.callLater(0, self._protocol.connectionLost, Failure(error))


class ClearText(Connections):
    """Leaves TLS out."""

    def secured(self, endpoint: IStreamClientEndpoint, uri: URI) -> IStreamClientEndpoint:
        """See L{Connections.secured}."""
        return endpoint


class FetchCase(StageCase):
    """A fetcher whose server is the test."""

    def setUp(self) -> None:
        self.next: Scripted = self.scripted(address)
        self.fetcher = Fetcher(self.clock, self.next.resolve, None, ClearText)
        self.file = BytesIO()
        self._met = 0

    def fetch(self, known: Version = Version(), url: str = URL) -> Deferred[Version | None]:  # noqa: B008
        """Begin; the chain tells the server's address."""
        fetched = self.fetcher.fetch(url, known, self.file)
        self.next.fireAll()
        return fetched

    def respond(self, octets: bytes) -> Wire:
        """Answer the next request; the connection."""
        factory: Any = self.clock.tcpClients[self._met][2]
        self._met += 1
        protocol = factory.buildProtocol(None)
        wire = Wire(protocol, self.clock)
        protocol.makeConnection(wire)
        protocol.dataReceived(octets)
        self.clock.advance(0)
        return wire


def response(status: str, body: bytes = b"", **headers: str) -> bytes:
    """An HTTP response; C{_} in the name of a header is C{-}."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
