"""The ALPN offer of a ClientHello (RFC 7301 section 3.1)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from OpenSSL import SSL
from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.alpnoffer import NO_APPLICATION_PROTOCOL_ALERT, UNEXPECTED_MESSAGE_ALERT, alpnOffer
from dotchain.tls.client import UpstreamIdentity
from dotchain.tls.helloreader import UnreadableHello

from .hellos import hello, manyNames, message


def body(*protocols: str, name: str | None = "dns.example.org", newest: bool = True) -> bytes:
    """The body of a ClientHello with this offer."""
    return message(hello(*protocols, name=name, newest=newest))[4:]


def extended(extensions: bytes) -> bytes:
    """The body of a ClientHello with these extensions."""
    return bytes(35) + b"\0\2\0\x2f\1\0" + len(extensions).to_bytes(2, "big") + extensions


class OfferTests(SynchronousTestCase):
    """L{alpnOffer}."""

    def test_offers(self) -> None:
        """The list as the client sent it, in his order; None where there is none."""
        for newest in (True, False):
            self.assertEqual(alpnOffer(body("dot", newest=newest)), [b"dot"])
            self.assertEqual(alpnOffer(body("h2", "dot", newest=newest)), [b"h2", b"dot"])
            self.assertEqual(alpnOffer(body("h2", "http/1.1", name=None)), [b"h2", b"http/1.1"])
            self.assertIsNone(alpnOffer(body(newest=newest)))

    def test_ours(self) -> None:
        """Our own client offers dot alone (RFC 7858, IANA)."""
        connection = UpstreamIdentity(profile="encrypted").connection("")
        self.assertRaises(SSL.WantReadError, connection.do_handshake)
        self.assertEqual(alpnOffer(message(connection.bio_read(65536))[4:]), [b"dot"])

    def test_long(self) -> None:
        """Of kilobytes of names none is overlooked."""
        names = manyNames(60_000)
        self.assertEqual(alpnOffer(body(*names, "dot")), [*(name.encode() for name in names), b"dot"])

    def test_noExtensions(self) -> None:
        """A ClientHello may end behind its compression methods (RFC 5246 section 7.4.1.2)."""
        self.assertIsNone(alpnOffer(extended(b"")[:-2]))
        self.assertIsNone(alpnOffer(extended(b"")))

    def test_cut(self) -> None:
        """No part of a ClientHello passes for one without an offer."""
        whole = body()
        for length in range(len(whole)):
            if length != whole.index(b"\1\0") + 2:  # where a ClientHello without extensions ends
                self.assertRaises(UnreadableHello, alpnOffer, whole[:length])
        self.assertRaises(UnreadableHello, alpnOffer, whole + b"\0")

    def test_malformed(self) -> None:
        """Lengths that contradict each other are no offer, and no lack of one."""
        for extension in (
            "0010 0000",
            "0010 0002 0000",
            "0010 0003 0001 00",
            "0010 0006 0003 02 6832",
            "0010 0005 0004 02 6832",
            "0010 0004 0002 02 68",
            "0000 0009 00",
        ):
            self.assertRaises(UnreadableHello, alpnOffer, extended(bytes.fromhex(extension)))
        self.assertEqual(alpnOffer(extended(bytes.fromhex("0010 0005 0003 02 6832"))), [b"h2"])

    @given(st.binary(max_size=300))
    def test_anything(self, octets: bytes) -> None:
        """Whatever the octets, nothing else is raised."""
        for each in (octets, extended(octets), extended(b"\0\x10" + len(octets).to_bytes(2, "big") + octets)):
            try:
                self.assertIn(type(alpnOffer(each)), (list, type(None)))
            except UnreadableHello:
                continue

    def test_alerts(self) -> None:
        """The alerts are what a client understands."""
        for alert, words in (
            (NO_APPLICATION_PROTOCOL_ALERT, "no application protocol"),
            (UNEXPECTED_MESSAGE_ALERT, "unexpected message"),
        ):
            connection = UpstreamIdentity(profile="encrypted").connection("")
            self.assertRaises(SSL.WantReadError, connection.do_handshake)
            connection.bio_write(alert)
            error = self.assertRaises(SSL.Error, connection.do_handshake)
            self.assertIn(words, str(error))
