"""The authentication matrix: who is let pass, who is not, and with which words."""

from __future__ import annotations

import time

from OpenSSL import SSL
from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.client import HandshakeReport, UpstreamIdentity
from dotchain.tls.errors import AuthenticationError

from ..folders import folder
from .certificates import NAME, Made, make
from .meeting import Meeting, serve

WRONG_PIN = bytes(32)


class MatrixCase(SynchronousTestCase):
    """Servers with certificates of all sorts, and a trusted CA."""

    def setUp(self) -> None:
        """A CA, and its file; for the length of a test it is now."""
        self.now = time.time()
        self.folder = folder(self)
        self.ca = make("Home CA", ca=True)
        self.caFile = self.folder / "ca.pem"
        self.caFile.write_bytes(self.ca.pem)

    def meet(self, identity: UpstreamIdentity, leaf: Made, *others: Made) -> Meeting:
        """A handshake with a server that sends these certificates."""
        return Meeting(identity, serve(self.folder / "server", leaf, *others))

    def strict(self, name: str | None = NAME, *pins: bytes) -> UpstreamIdentity:
        """The strict profile; the home CA is trusted."""
        return UpstreamIdentity(name, frozenset(pins), self.caFile if name else None, now=lambda: self.now)

    def pinned(self, *pins: bytes) -> UpstreamIdentity:
        """The strict profile by pins alone."""
        return UpstreamIdentity(None, frozenset(pins))

    def accepted(self, identity: UpstreamIdentity, leaf: Made, *others: Made) -> HandshakeReport:
        """The peer is authenticated, and data can flow."""
        meeting = self.meet(identity, leaf, *others)
        report = meeting.verify()
        self.assertTrue(report.authenticated)
        self.assertIsNone(report.reason)
        self.assertEqual(meeting.say(b"data"), b"data")
        return report

    def refused(self, identity: UpstreamIdentity, leaf: Made, *others: Made) -> str:
        """The peer is refused; the same in the encrypted profile goes on and says the same."""
        meeting = self.meet(identity, leaf, *others)
        with self.assertRaises((AuthenticationError, SSL.Error)) as caught:
            meeting.verify()
        text = meeting.words(caught.exception)
        if isinstance(caught.exception, SSL.Error):
            self.assertFalse(meeting.welcomed)
            self.assertIn("ALERT", str(meeting.alert))
        self._goesOnEncrypted(identity, text, leaf, *others)
        return text

    def _goesOnEncrypted(self, identity: UpstreamIdentity, text: str, leaf: Made, *others: Made) -> None:
        wanted = identity.wanted
        for profile in ("encrypted", "opportunistic"):
            caFile = self.caFile if wanted.name else None
            tolerant = UpstreamIdentity(wanted.name, wanted.pins, caFile, profile, lambda: self.now)
            meeting = self.meet(tolerant, leaf, *others)
            report = meeting.verify()
            self.assertFalse(report.authenticated)
            self.assertEqual(report.reason, text)
            self.assertIsNone(report.name)
            self.assertEqual(meeting.say(b"data"), b"data")
