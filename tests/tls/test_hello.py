"""The ALPN offer of a ClientHello (RFC 7301 section 3.1)."""

from __future__ import annotations

import contextlib
import ssl

from hypothesis import given
from hypothesis import strategies as st
from OpenSSL import SSL
from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.client import Identity
from dotchain.tls.hello import NO_APPLICATION_PROTOCOL_ALERT, alpnOffer


def hello(*protocols: str, name: str | None = "dns.example.org", newest: bool = True) -> bytes:
    """OpenSSL's ClientHello with this offer."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    if protocols:
        made.set_alpn_protocols(protocols)
    if not newest:
        made.maximum_version = ssl.TLSVersion.TLSv1_2
    outgoing = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        made.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name).do_handshake()
    return outgoing.read()


def fragmented(octets: bytes, size: int) -> bytes:
    """The same in records of this many octets (RFC 8446 section 5.1)."""
    body = octets[5:]
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(octets[:3] + len(part).to_bytes(2, "big") + part for part in parts)


class OfferTests(SynchronousTestCase):
    """L{alpnOffer}."""

    def test_offers(self) -> None:
        """The list as the client sent it, in his order; None where there is none."""
        for newest in (True, False):
            self.assertEqual(alpnOffer(hello("dot", newest=newest)), [b"dot"])
            self.assertEqual(alpnOffer(hello("h2", "dot", newest=newest)), [b"h2", b"dot"])
            self.assertEqual(alpnOffer(hello("h2", "http/1.1", name=None)), [b"h2", b"http/1.1"])
            self.assertIsNone(alpnOffer(hello(newest=newest)))

    def test_ours(self) -> None:
        """Our own client offers dot alone (RFC 7858, IANA)."""
        connection = Identity(profile="encrypted").connection("")
        self.assertRaises(SSL.WantReadError, connection.do_handshake)
        self.assertEqual(alpnOffer(connection.bio_read(65536)), [b"dot"])

    def test_notYet(self) -> None:
        """Every beginning of a ClientHello has no offer yet; what follows it does not matter."""
        octets = hello("dot")
        for length in range(len(octets)):
            self.assertIsNone(alpnOffer(octets[:length]))
        self.assertEqual(alpnOffer(octets + b"more"), [b"dot"])

    def test_fragmented(self) -> None:
        """A ClientHello may come in several records."""
        octets = hello("h2", "dot")
        for size in (4, 50, 200):
            pieces = fragmented(octets, size)
            self.assertEqual(alpnOffer(pieces), [b"h2", b"dot"])
            self.assertIsNone(alpnOffer(pieces[:-1]))
        self.assertIsNone(alpnOffer(octets[:3] + b"\0\0" + octets[3:]))

    def test_others(self) -> None:
        """Other protocols have no offer."""
        for octets in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\0\x1d" + bytes(29), bytes(100), b"\x16" * 100):
            self.assertIsNone(alpnOffer(octets))

    @given(st.binary(max_size=300))
    def test_neverRaises(self, octets: bytes) -> None:
        """Whatever the octets, nothing is raised."""
        self.assertIn(type(alpnOffer(octets)), (list, type(None)))
        whole = b"\x16\3\1" + (len(octets) + 4).to_bytes(2, "big") + b"\1\0" + len(octets).to_bytes(2, "big")
        self.assertIn(type(alpnOffer(whole + octets)), (list, type(None)))

    @given(st.integers(0, 400), st.integers(0, 255))
    def test_damaged(self, place: int, value: int) -> None:
        """A damaged ClientHello raises nothing."""
        octets = bytearray(HELLO)
        octets[place % len(octets)] = value
        self.assertIn(type(alpnOffer(bytes(octets))), (list, type(None)))

    def test_alert(self) -> None:
        """The alert is what a client understands as no_application_protocol."""
        connection = Identity(profile="encrypted").connection("")
        self.assertRaises(SSL.WantReadError, connection.do_handshake)
        connection.bio_write(NO_APPLICATION_PROTOCOL_ALERT)
        error = self.assertRaises(SSL.Error, connection.do_handshake)
        self.assertIn("no application protocol", str(error))


HELLO = hello("h2", "dot")
