"""Resumed sessions: taken up by the same identity only, and judged again."""

from __future__ import annotations

import ssl

from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from dotchain.options import OptionError
from dotchain.tls.client import HandshakeReport, UpstreamIdentity
from dotchain.tls.errors import AuthenticationError

from ..folders import folder
from .certificates import DAY, NAME, NOW, make
from .meeting import Meeting, serve


class ResumptionCase(SynchronousTestCase):
    """A server with a good certificate, and a clock."""

    newest = ssl.TLSVersion.TLSv1_3

    def setUp(self) -> None:
        """Its CA is trusted."""
        self.folder = folder(self)
        self.ca = make("Home CA", ca=True)
        self.caFile = self.folder / "ca.pem"
        self.caFile.write_bytes(self.ca.pem)
        self.leaf = make(names=[NAME], issuer=self.ca)
        self.made = serve(self.folder / "server", self.leaf, self.ca)
        self.made.maximum_version = self.newest
        self.time = NOW.timestamp()

    def identity(self, name: str | None = NAME, *pins: bytes, profile: str = "strict") -> UpstreamIdentity:
        """Whom to look for."""
        caFile = self.caFile if name else None
        return UpstreamIdentity(name, frozenset(pins), caFile, profile, lambda: self.time)

    def visit(self, identity: UpstreamIdentity, peer: str = "") -> HandshakeReport:
        """One connection: verified, data come, its session kept."""
        meeting = Meeting(identity, self.made, peer)
        report = meeting.verify()
        meeting.say()
        identity.remember(meeting.client)
        return report


class ResumptionTests(ResumptionCase):
    """Over TLS 1.3 (RFC 8446 section 2.2)."""

    def test_resumedAndVerified(self) -> None:
        """The second handshake is resumed and tells the same of the peer."""
        for identity in (
            self.identity(),
            self.identity(None, self.leaf.pin),
            self.identity(None, self.ca.pin),
            self.identity(NAME, self.ca.pin),
        ):
            first = self.visit(identity)
            self.assertFalse(first.resumed)
            for _ in range(3):
                again = self.visit(identity)
                self.assertTrue(again.resumed)
                self.assertEqual(again._replace(resumed=False, cipher=first.cipher), first)

    def test_notAuthenticated(self) -> None:
        """A session does not make a peer authenticated that was not."""
        identity = self.identity("www.example.net", profile="encrypted")
        first, again = self.visit(identity), self.visit(identity)
        self.assertEqual((again.resumed, again.authenticated), (True, False))
        self.assertEqual(again.reason, first.reason)

    def test_expiredMeanwhile(self) -> None:
        """A certificate that has expired since the first handshake is refused."""
        identity = self.identity()
        self.visit(identity)
        self.time = (NOW + 400 * DAY).timestamp()
        with self.assertRaises(AuthenticationError) as caught:
            self.visit(identity)
        self.assertIn("certificate expired on", caught.exception.text)
        self.assertTrue(caught.exception.untimely)

    def test_otherAddress(self) -> None:
        """A session stays with the address that it is from (RFC 8446 appendix C.4)."""
        identity = self.identity()
        self.visit(identity, "tls://192.0.2.1:853")
        self.assertFalse(self.visit(identity, "tls://192.0.2.2:853").resumed)
        self.assertTrue(self.visit(identity, "tls://192.0.2.1:853").resumed)

    def test_at(self) -> None:
        """L{UpstreamIdentity.at} makes an address's connections, for Twisted's TLS transport."""
        identity = self.identity()
        verifyObject(IOpenSSLClientConnectionCreator, identity)
        creator = identity.at("tls://192.0.2.1:853")
        verifyObject(IOpenSSLClientConnectionCreator, creator)
        made = creator.clientConnectionForTLS(None)  # type: ignore[arg-type]
        self.assertEqual(made.get_servername(), NAME.encode())
        plain = identity.clientConnectionForTLS(None)
        self.assertIs(plain.get_context(), made.get_context())

    def test_onceATicket(self) -> None:
        """Two connections at a time don't show the same ticket (RFC 8446 appendix C.4)."""
        identity = self.identity()
        self.visit(identity)
        both = Meeting(identity, self.made), Meeting(identity, self.made)
        self.assertEqual([one.verify().resumed for one in both], [True, False])

    def test_onceAConnection(self) -> None:
        """A connection's session is kept once, however often it is asked for."""
        identity = self.identity()
        meeting = Meeting(identity, self.made)
        meeting.verify()
        meeting.say()
        for _ in range(3):
            identity.remember(meeting.client)
        both = Meeting(identity, self.made), Meeting(identity, self.made)
        self.assertEqual([one.verify().resumed for one in both], [True, False])

    def test_notVerified(self) -> None:
        """The session of a connection that was not verified is not kept."""
        identity = self.identity(None, bytes(32))
        meeting = Meeting(identity, self.made)
        self.assertRaises(AuthenticationError, meeting.verify)
        meeting.say()
        identity.remember(meeting.client)
        second = Meeting(identity, self.made)
        self.assertFalse(second.server.session_reused)

    def test_noEvidence(self) -> None:
        """A resumed session of which nothing is known proves nothing."""
        identity = self.identity()
        self.visit(identity)
        meeting = Meeting(identity, self.made)
        self.assertTrue(meeting.server.session_reused)
        meeting.client.kept = None  # type: ignore[attr-defined]
        with self.assertRaises(AuthenticationError) as caught:
            meeting.verify()
        self.assertIn("certificates are not known", caught.exception.text)

    def test_reload(self) -> None:
        """After a reload there is a full handshake, by the CAs of now."""
        identity = self.identity()
        self.visit(identity)
        late = Meeting(identity, self.made)
        late.verify()
        late.say()
        identity.reload()
        identity.remember(late.client)
        self.assertFalse(self.visit(identity).resumed)
        self.caFile.write_bytes(make("Other CA", ca=True).pem)
        identity.reload()
        meeting = Meeting(identity, self.made)
        self.assertIn("which no trusted CA signed", meeting.words(meeting.error or ValueError()))

    def test_reloadFails(self) -> None:
        """Where the CA file can't be read, all stays as it was."""
        identity = self.identity()
        self.visit(identity)
        self.caFile.write_text("gone")
        error = self.assertRaises(OptionError, identity.reload)
        self.assertEqual(error.key, "ca-file")
        self.assertTrue(self.visit(identity).resumed)

    def test_ticketsOfYesterday(self) -> None:
        """A server that has new ticket keys gets a full handshake."""
        identity = self.identity()
        self.visit(identity)
        self.made = serve(self.folder / "new", self.leaf, self.ca)
        self.assertFalse(self.visit(identity).resumed)


class OlderResumptionTests(ResumptionTests):
    """The same over TLS 1.2 (RFC 5077)."""

    newest = ssl.TLSVersion.TLSv1_2
