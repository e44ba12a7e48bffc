"""Words for handshakes that fail."""

from __future__ import annotations

import ssl
import warnings

from OpenSSL import SSL
from twisted.internet import error as errors
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.client import UpstreamIdentity
from dotchain.tls.errors import AuthenticationError

from ..folders import folder
from .certificates import make
from .meeting import Meeting, serve

ALERT = b"\x15\x03\x01\x00\x02\x02"
LESS = "wanted TLS 1.2 or later, the peer offers less"
CLOSED = "the peer closed the connection"


def serverHello(version: bytes) -> bytes:
    """A ServerHello (RFC 5246 section 7.4.1.3) that chooses this version."""
    body = version + bytes(32) + b"\0" + b"\xc0\x13" + b"\0"
    return (
        b"\x16" + version + (len(body) + 4).to_bytes(2, "big") + b"\2" + len(body).to_bytes(3, "big") + body
    )


class ExplainTests(SynchronousTestCase):
    """L{explain}."""

    def setUp(self) -> None:
        """Anyone will do."""
        self.identity = UpstreamIdentity(profile="encrypted")

    def answer(self, octets: bytes) -> str:
        """The words for a peer that answers the ClientHello like this, then closes."""
        connection = self.identity.connection("")
        self.assertRaises(SSL.WantReadError, connection.do_handshake)
        connection.bio_write(octets) if octets else None
        connection.bio_shutdown()
        error = self.assertRaises(SSL.Error, connection.do_handshake)
        return self.identity.explain(Failure(error), connection)

    def test_olderTLS(self) -> None:
        """A peer of TLS 1.1 says so with an alert, or by choosing it (RFC 8310 section 9)."""
        self.assertEqual(self.answer(ALERT + b"\x46"), LESS)
        self.assertEqual(self.answer(serverHello(b"\x03\x02")), LESS)
        self.assertEqual(self.answer(serverHello(b"\x03\x01")), LESS)

    def test_realOlderTLS(self) -> None:
        """The same with OpenSSL's own TLS 1.1, where it still has one."""
        made = serve(folder(self), make())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made.minimum_version = ssl.TLSVersion.TLSv1_1
            made.maximum_version = ssl.TLSVersion.TLSv1_1
        made.set_ciphers("ALL:@SECLEVEL=0")
        meeting = Meeting(self.identity, made)
        self.assertFalse(meeting.welcomed)
        self.assertIn("UNSUPPORTED_PROTOCOL", str(meeting.alert))

    def test_alerts(self) -> None:
        """Alerts are told by name (RFC 8446 section 6.2)."""
        self.assertIn("TLS alert handshake failure", self.answer(ALERT + b"\x28"))
        self.assertIn("unknown ca", self.answer(ALERT + b"\x30"))
        self.assertIn("ALPN protocol dot", self.answer(ALERT + b"\x78"))
        self.assertIn("does not serve the name", self.answer(ALERT + b"\x70"))
        self.assertIn("the TLS alert internal error", self.answer(ALERT + b"\x50"))

    def test_noTLS(self) -> None:
        """Something else than TLS answers."""
        for octets in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 mail.example ESMTP\r\n", bytes(40)):
            self.assertEqual(self.answer(octets), "the peer does not speak TLS on this port")

    def test_closed(self) -> None:
        """The peer just goes away, as TLS or Twisted tell it."""
        self.assertEqual(self.answer(b""), CLOSED)
        for error in (ConnectionDone(), ConnectionLost(), SSL.ZeroReturnError(), SSL.SysCallError(-1, "EOF")):
            self.assertEqual(self.identity.explain(error), CLOSED)

    def test_others(self) -> None:
        """Whatever else there is has words of its own."""
        self.assertEqual(self.identity.explain(AuthenticationError("no pin")), "no pin")
        self.assertIn("broken off here", self.identity.explain(ConnectionAborted()))
        self.assertIn("timeout", self.identity.explain(errors.TimeoutError()))
        self.assertEqual(self.identity.explain(ValueError()), "ValueError")
        self.assertEqual(
            self.identity.explain(SSL.Error([("SSL routines", "", "bad\nthing")])),
            "bad?thing",
        )
        self.assertIn("does not say why", self.identity.explain(SSL.Error()))

    def test_otherProtocol(self) -> None:
        """A server that chooses what was not offered is refused in every profile (RFC 7301)."""
        connection = Meeting(self.identity, serve(folder(self), make())).client
        connection.get_alpn_proto_negotiated = lambda: b"h2"  # type: ignore[method-assign]
        error = self.assertRaises(AuthenticationError, self.identity.verify, connection)
        self.assertEqual(error.text, "the peer chose the ALPN protocol h2, which was not offered")
