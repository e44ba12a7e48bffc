"""TLS of connections to upstreams, against the standard library's own."""

from __future__ import annotations

import contextlib
import ssl
from pathlib import Path
from typing import Any

from OpenSSL import SSL
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IHandshakeListener
from twisted.internet.protocol import ClientFactory, Protocol
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from dotchain.tls.client import UpstreamIdentity
from dotchain.tls.clientstream import ClientStreams

from ..interop.certificates import leaf


@implementer(IHandshakeListener)
class Recorder(Protocol):
    """
    Notes what happens to it.

    @ivar pieces: what was received, call by call.
    @ivar shaken: whether the handshake is done.
    @ivar reasons: why it ended.
    """

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.shaken = False
        self.reasons: list[Any] = []

    def handshakeCompleted(self) -> None:
        """See L{IHandshakeListener}."""
        self.shaken = True

    def dataReceived(self, data: bytes) -> None:
        """See L{Protocol}."""
        self.pieces.append(data)

    def connectionLost(self, reason: Failure = Failure(ConnectionDone())) -> None:  # noqa: B008
        """See L{Protocol}."""
        self.reasons.append(reason.value)


class Transport(StringTransport):
    """
    The way to the server.

    @ivar aborted: it was closed at once.
    """

    aborted = False

    def abortConnection(self) -> None:
        """See L{StringTransport}."""
        self.aborted = True


class ClientStreamTests(SynchronousTestCase):
    """L{ClientStream<dotchain.tls.clientstream.ClientStream>}."""

    def setUp(self) -> None:
        """A connection before its handshake."""
        folder = Path(self.mktemp())
        folder.mkdir()
        files = leaf(None).write(folder, "server")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.certificate, files.key)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.server = context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        self.recorder = Recorder()
        self.transport = Transport()
        factory = ClientFactory.forProtocol(lambda: self.recorder)
        self.stream = ClientStreams(self._connection, factory).buildProtocol(None)
        self.stream.makeConnection(self.transport)

    def _connection(self) -> SSL.Connection:
        return UpstreamIdentity(profile="opportunistic").connection("")

    def pump(self) -> None:
        """Octets go both ways until there are none left."""
        while octets := self.transport.value():
            self.transport.clear()
            self.incoming.write(octets)
            with contextlib.suppress(ssl.SSLWantReadError):
                self.server.do_handshake()
            self.deliver()

    def deliver(self) -> None:
        """What the server has said comes in one read."""
        if self.outgoing.pending:
            self.stream.dataReceived(self.outgoing.read())

    def shake(self) -> None:
        """The handshake is done."""
        self.pump()
        self.assertTrue(self.recorder.shaken)

    def test_preface(self) -> None:
        """What is to stand in front of TLS leaves once, before the first octet of the handshake."""
        transport = Transport()
        factory = ClientFactory.forProtocol(Recorder)
        ClientStreams(self._connection, factory, b"PREFACE").buildProtocol(None).makeConnection(transport)
        self.assertEqual(transport.value()[:10], b"PREFACE\x16\x03\x01")
        self.assertEqual(transport.value().count(b"PREFACE"), 1)

    def test_gathered(self) -> None:
        """All records of one read are handed on together."""
        self.shake()
        for number in range(5):
            self.server.write(bytes((number,)) * 100)
        self.deliver()
        self.assertEqual(self.recorder.pieces, [b"".join(bytes((number,)) * 100 for number in range(5))])

    def test_large(self) -> None:
        """More than many records can have arrives whole, either way."""
        self.shake()
        data = bytes(range(256)) * 1024
        self.stream.write(data)
        octets = self.transport.value()
        self.incoming.write(octets)
        read = b""
        while len(read) < len(data):
            read += self.server.read(65536)
        self.assertEqual(read, data)
        self.server.write(data)
        octets = self.outgoing.read()
        for start in range(0, len(octets), 1000):
            self.stream.dataReceived(octets[start : start + 1000])
        self.assertEqual(b"".join(self.recorder.pieces), data)

    def test_closedByPeer(self) -> None:
        """A close_notify ends it in order: it is answered, and what came before it is handed on."""
        self.shake()
        self.server.write(b"last")
        with contextlib.suppress(ssl.SSLWantReadError):
            self.server.unwrap()
        self.transport.clear()
        self.deliver()
        self.assertEqual(self.recorder.pieces, [b"last"])
        self.assertTrue(self.transport.disconnecting)
        self.incoming.write(self.transport.value())
        self.server.unwrap()
        self.stream.connectionLost(Failure(ConnectionDone()))
        self.assertIsInstance(self.recorder.reasons[0], ConnectionDone)

    def test_close(self) -> None:
        """Closing says so, and waits for the peer to do it, too (RFC 8446 section 6.1)."""
        self.shake()
        self.stream.loseConnection()
        self.assertFalse(self.transport.disconnecting)
        self.incoming.write(self.transport.value())
        self.assertEqual(self.server.read(100), b"")
        self.server.unwrap()
        self.deliver()
        self.assertTrue(self.transport.disconnecting)

    def test_abort(self) -> None:
        """Once it is aborted nothing is handed on any more."""
        self.shake()
        self.server.write(b"too late")
        self.stream.abortConnection()
        self.assertTrue(self.transport.aborted)
        self.deliver()
        self.assertEqual(self.recorder.pieces, [])

    def test_closedInHandshake(self) -> None:
        """Before the handshake is done there is nothing to close in order."""
        self.stream.loseConnection()
        self.assertTrue(self.transport.aborted)

    def test_garbage(self) -> None:
        """Octets that are no TLS end it with OpenSSL's reason, in the handshake and later."""
        for shaken in (False, True):
            self.setUp()
            if shaken:
                self.shake()
            self.stream.dataReceived(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            self.assertTrue(self.transport.disconnecting)
            self.stream.connectionLost(Failure(ConnectionDone()))
            self.assertIsInstance(self.recorder.reasons[0], SSL.Error)
            self.assertEqual(self.recorder.pieces, [])

    def test_cutOff(self) -> None:
        """A connection that ends without close_notify in its handshake is one that was closed."""
        self.stream.connectionLost(Failure(ConnectionLost()))
        self.assertIsInstance(self.recorder.reasons[0], ConnectionLost)
        self.assertIsNone(self.stream.getHandle())

    def test_afterEnd(self) -> None:
        """Writing when it has ended, or is being closed, does nothing."""
        self.shake()
        self.stream.loseConnection()
        self.transport.clear()
        self.stream.write(b"more")
        self.assertEqual(self.transport.value(), b"")
