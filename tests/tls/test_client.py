"""L{UpstreamIdentity}: what can be configured, and what it says of itself."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Any
from unittest import mock

from OpenSSL import SSL
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IHandshakeListener
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import LogLevel, capturedLogs
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from dotchain.options import OptionError
from dotchain.tls.client import HandshakeReport, UpstreamIdentity

from ..folders import folder
from .certificates import DAY, NAME, NOW, make
from .meeting import Meeting, serve

PIN = bytes(32)


class ConstructionTests(SynchronousTestCase):
    """What can't authenticate is refused before anything runs."""

    def refused(
        self, key: str, name: str | None = None, caFile: Path | None = None, profile: str = "strict"
    ) -> str:
        """The words of an L{OptionError} that blames this key."""
        with self.assertRaises(OptionError) as caught:
            UpstreamIdentity(name, frozenset(), caFile, profile)
        self.assertEqual(caught.exception.key, key)
        return str(caught.exception)

    def test_strictWithNothing(self) -> None:
        """Strict needs something to authenticate by (RFC 8310 section 5)."""
        self.assertIn("strict needs a name or a pin-sha256", self.refused("profile"))
        self.assertIn("strict needs a name or a pin-sha256", self.refused("profile", ""))

    def test_profile(self) -> None:
        """There are three profiles."""
        text = self.refused("profile", NAME, profile="lax")
        self.assertEqual(text, "'lax' is none of strict, encrypted, opportunistic")

    def test_name(self) -> None:
        """The name is a host name or an IP address."""
        for name in ("no name", "dns.example.org/", "1234", "."):
            self.assertIn("is neither a host name", self.refused("name", name))
        for name in (NAME, "192.0.2.1", "2001:db8::1", "[2001:db8::1]", "under_score.example"):
            self.assertEqual(UpstreamIdentity(name).wanted.name, name)

    def test_caFile(self) -> None:
        """The CA file must be there, and hold certificates, in every profile."""
        file = folder(self) / "ca.pem"
        self.assertEqual(self.refused("ca-file", NAME, file), f"{file}: there is no such file")
        file.write_text("nothing")
        for profile in ("strict", "encrypted", "opportunistic"):
            text = self.refused("ca-file", NAME, file, profile=profile)
            self.assertEqual(text, f"{file}: holds no CA certificates in PEM form")

    def test_noSystemStore(self) -> None:
        """A name that nothing can verify is refused in strict, and only there."""
        nowhere = str(folder(self) / "nowhere")
        with mock.patch.dict(os.environ, SSL_CERT_FILE=nowhere, SSL_CERT_DIR=nowhere):
            self.assertIn("this system has no CA store", self.refused("ca-file", NAME))
            UpstreamIdentity(NAME, profile="encrypted")
            UpstreamIdentity(None, frozenset({PIN}))

    def test_versions(self) -> None:
        """TLS 1.3 and 1.2 are offered, the newer one first, and nothing else (RFC 8310 section 9)."""
        connection = UpstreamIdentity(profile="encrypted").connection("")
        self.assertRaises(SSL.WantReadError, connection.do_handshake)
        self.assertIn(bytes.fromhex("002b0005 04 0304 0303"), connection.bio_read(65536))

    def test_warnings(self) -> None:
        """A single pin, and settings that prove nothing, are told."""
        file = folder(self) / "ca.pem"
        file.write_bytes(make(ca=True).pem)
        self.assertIn("no backup", UpstreamIdentity(None, frozenset({PIN})).warnings()[0])
        self.assertEqual(UpstreamIdentity(None, frozenset({PIN, bytes(31) + b"1"})).warnings(), [])
        self.assertEqual(UpstreamIdentity(NAME, frozenset(), file).warnings(), [])
        self.assertIn("ca-file is of no use", UpstreamIdentity(None, frozenset({PIN}), file).warnings()[1])
        self.assertIn("anyone in between", UpstreamIdentity(profile="encrypted").warnings()[0])

    def test_otherConnections(self) -> None:
        """Only connections of an identity can be judged."""
        foreign = mock.Mock(spec=())
        self.assertRaises(TypeError, UpstreamIdentity(profile="encrypted").verify, foreign)


class DateWarningTests(SynchronousTestCase):
    """With pins alone, dates are no condition, but somebody forgot to renew."""

    def test_onceADay(self) -> None:
        """An expired certificate is warned of once a day."""
        leaf = make(start=NOW - 9 * DAY, end=NOW - DAY)
        made = serve(folder(self), leaf)
        time = [NOW.timestamp()]
        identity = UpstreamIdentity(None, frozenset({leaf.pin}), now=lambda: time[0])
        with capturedLogs() as logs:
            for hours in (0, 1, 23, 25):
                time[0] = NOW.timestamp() + hours * 3600
                Meeting(identity, made).verify()
        texts = [
            event["text"]
            for event in logs
            if event["log_namespace"] == "dotchain.tls.client.UpstreamIdentity"
        ]
        self.assertEqual(len(texts), 2)
        self.assertIn("certificate expired on", texts[0])
        self.assertEqual({event["log_level"] for event in logs}, {LogLevel.warn})

    def test_inTime(self) -> None:
        """A certificate within its dates is not mentioned."""
        leaf = make()
        made = serve(folder(self), leaf)
        with capturedLogs() as logs:
            Meeting(UpstreamIdentity(None, frozenset({leaf.pin})), made).verify()
        self.assertEqual(logs, [])


@implementer(IHandshakeListener)
class Listener(Protocol):
    """Notes how the handshake came out, as an upstream does."""

    report: HandshakeReport | None = None

    def __init__(self, identity: UpstreamIdentity) -> None:
        self.identity = identity

    def handshakeCompleted(self) -> None:
        """Judge the peer."""
        transport: Any = self.transport
        self.report = self.identity.verify(transport.getHandle())


class TwistedTests(SynchronousTestCase):
    """An identity under Twisted's own TLS transport."""

    def test_handshake(self) -> None:
        """The transport's handle can be judged as soon as the handshake is done."""
        leaf = make()
        made = serve(folder(self), leaf)
        identity = UpstreamIdentity(None, frozenset({leaf.pin}))
        listener = Listener(identity)
        factory = Factory.forProtocol(lambda: listener)
        clock, wire = Clock(), StringTransport()
        client = TLSMemoryBIOFactory(identity.at("tls://192.0.2.1:853"), True, factory, clock)
        protocol = client.buildProtocol(IPv4Address("TCP", "192.0.2.1", 853))
        assert protocol is not None
        protocol.makeConnection(wire)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = made.wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(wire.value())
        self.assertRaises(ssl.SSLWantReadError, server.do_handshake)
        self.assertIsNone(listener.report)
        protocol.dataReceived(outgoing.read())
        assert listener.report is not None
        self.assertTrue(listener.report.authenticated)
