"""TLS as clients of a front meet it (RFC 7858, RFC 8310 section 9)."""

from __future__ import annotations

import random
import ssl
from ssl import TLSVersion
from typing import Any, cast

from dotchain.testing import Scripted, makeQuery
from dotchain.wire import framing

from .peers import SecurePeer, trusting
from .portcase import ANSWER, StreamCase, framed

VERSIONS = (TLSVersion.TLSv1_2, TLSVersion.TLSv1_3)

TLS_1_1_HELLO = bytes.fromhex(
    "16030100310100002d0302" + 32 * "5a" + "00" + "0004" + "c014002f" + "0100" + "0000"
)
"""A ClientHello that offers nothing above TLS 1.1."""


class EncryptedCase(StreamCase):
    """A port with TLS, and clients of any sort."""

    encrypted = True

    def come(self, made: ssl.SSLContext | None = None, **options: Any) -> SecurePeer:
        """A client with a context of its own, after its handshake."""
        peer = cast("SecurePeer", self.approach(made=made or trusting(), **options))
        self.run_()
        return peer

    def raw(self, *octets: bytes) -> SecurePeer:
        """A client that sends these octets, and nothing else, one turn each."""
        peer = cast("SecurePeer", self.approach())
        peer.hello()
        for each in octets:
            peer.push(each)
            self.run_()
        return peer


class HandshakeTests(EncryptedCase):
    """Who gets in, and how."""

    @staticmethod
    def ticketed(peer: SecurePeer) -> bool:
        """Whether it could resume its session."""
        return peer.tls.session is not None and peer.tls.session.has_ticket

    def test_versions(self) -> None:
        """TLS 1.3 is taken where the client has it, else 1.2 (TL03)."""
        self.serve(Scripted(ANSWER))
        for version in VERSIONS:
            peer = self.come(trusting(version))
            peer.say(framed(1))
            self.run_()
            self.assertEqual(
                (peer.tls.version(), peer.ids), (version.name.replace("_", ".").replace("v1", "v1"), [1])
            )
            self.assertIsNone(peer.tls.compression())

    def test_outdated(self) -> None:
        """TLS 1.1 gets the alert protocol_version (70), and a close (TL03)."""
        self.serve(Scripted(ANSWER))
        peer = self.raw(TLS_1_1_HELLO)
        self.assertEqual((peer.wire[:1], peer.wire[-2:], peer.eof), (b"\x15", b"\x02\x46", True))
        self.quiet()

    def test_applicationProtocol(self) -> None:
        """C{dot} is taken where it is offered; no offer at all is fine (RFC 7301, TL05)."""
        self.serve(Scripted(ANSWER))
        for version in VERSIONS:
            for offer, taken in ((("dot",), "dot"), (("h2", "dot"), "dot"), ((), None)):
                peer = self.come(trusting(version, offer))
                peer.say(framed(1))
                self.run_()
                self.assertEqual((peer.tls.selected_alpn_protocol(), peer.ids), (taken, [1]))

    def test_otherProtocols(self) -> None:
        """An offer without C{dot} gets the alert no_application_protocol (120) (RFC 7301 section 3.2)."""
        self.serve(Scripted(ANSWER))
        for version in VERSIONS:
            peer = self.come(trusting(version, ("h2", "http/1.1")))
            self.assertEqual((peer.wire, peer.eof, peer.open), (bytes((21, 3, 3, 0, 2, 2, 120)), True, False))
        self.assertEqual(self.port.handshakes["ALPN without dot"], 2)
        self.quiet()

    def test_names(self) -> None:
        """No server name, another's, or one in other letters: all are served (TL08)."""
        self.serve(Scripted(ANSWER))
        for sni in (None, "nosuch.example", "DNS.eXample.ORG"):
            peer = self.come(sni=sni)
            peer.say(framed(1))
            self.run_()
            self.assertEqual(peer.ids, [1])

    def test_resumption(self) -> None:
        """A session is resumed, in both versions, and counted (RFC 7858 section 3.4, TL06)."""
        self.serve(Scripted(ANSWER))
        for version in VERSIONS:
            client = trusting(version)
            first = self.come(client)
            first.say(framed(1))
            self.run_()
            first.finish()
            self.run_()
            second = self.come(client, session=first.tls.session)
            second.say(framed(2))
            self.run_()
            self.assertEqual(
                (first.tls.session_reused, second.tls.session_reused, second.ids), (False, True, [2])
            )
        self.assertEqual(dict(self.port.handshakes), {"full": 2, "resumed": 2})

    def test_ticketsWithTheAnswer(self) -> None:
        """
        Who asks with the end of his handshake gets session tickets and answer in one segment, once
        there is an answer; who does not ask yet gets the tickets at once, and with them the ACK
        without which Nagle's algorithm would hold back his first query (RFC 9293 section 3.7.4).
        """
        for later in (False, True):
            self.serve(chain := Scripted(ANSWER, later=later, replays=False))
            asking = cast("SecurePeer", self.approach())
            asking.say(framed(1))
            self.run_()
            if later:
                self.assertEqual((len(self.accepted[-1].sends), self.ticketed(asking)), (1, False))
                chain.fireAll()
                self.run_()
            self.assertEqual((asking.ids, len(self.accepted[-1].sends)), ([1], 2))
            silent = self.come()
            self.assertEqual(len(self.accepted[-1].sends), 2)
            self.assertTrue(self.ticketed(asking) and self.ticketed(silent))

    def test_octetByOctet(self) -> None:
        """A handshake that comes octet by octet is done, and nothing of it comes back."""
        self.serve(Scripted(ANSWER))
        for version in VERSIONS:
            peer = cast("SecurePeer", self.approach(made=trusting(version)))
            hello = peer.hello()
            for octet in hello[:-1]:
                peer.push(bytes((octet,)))
                self.run_()
            self.assertEqual(peer.wire, b"")
            peer.push(hello[-1:])
            peer.say(framed(1))
            self.run_()
            self.assertEqual(peer.ids, [1])

    def test_inTime(self) -> None:
        """A handshake that is not done in time ends the connection, whatever dribbles in (TL10)."""
        self.serve(Scripted(ANSWER), handshake=5.0)
        silent = self.raw()
        dribbling = cast("SecurePeer", self.approach())
        hello = dribbling.hello()
        for at in range(20):
            dribbling.push(hello[at : at + 1])
            self.pass_(0.25)
            self.assertFalse(dribbling.eof or silent.eof)
        self.pass_(1)
        self.assertEqual((silent.eof, dribbling.eof, silent.wire, dribbling.wire), (True, True, b"", b""))
        self.assertEqual(self.port.handshakes["timeout"], 2)
        self.quiet()

    def test_distrusted(self) -> None:
        """Clients who distrust the certificate are counted by what they say of it (RFC 8446 section 6.2)."""
        self.serve(Scripted(ANSWER))
        for version in VERSIONS:
            made = ssl.create_default_context()
            made.maximum_version = version
            peer = self.come(made, sni="dns.example.org")
            self.assertIsNotNone(peer.error)
        self.assertEqual(dict(self.port.handshakes), {"TLSV1_ALERT_UNKNOWN_CA": 2})
        self.quiet()

    def test_brokenOff(self) -> None:
        """A client that leaves within the handshake is counted, and forgotten."""
        self.serve(Scripted(ANSWER))
        for keep in (0, 1, 200):
            peer = cast("SecurePeer", self.approach())
            peer.push(peer.hello()[:keep])
            self.run_()
            peer.leave()
            self.run_()
        self.assertEqual(self.port.handshakes["closed by the client"], 3)
        self.assertEqual(list(self.port.connections), [])
        self.quiet()


class ClearTextTests(EncryptedCase):
    """What is no TLS gets no answer (RFC 7858 section 3.1, TL01)."""

    def assertShut(self, peer: SecurePeer) -> None:
        """An alert or nothing came, then the end."""
        self.assertIn(peer.wire[:1], (b"", b"\x15"))
        self.assertLessEqual(len(peer.wire), 7)
        self.assertTrue(peer.eof)

    def test_clearText(self) -> None:
        """DNS, HTTP and others in clear text get an alert or a close, no octet of theirs back."""
        self.serve(chain := Scripted(ANSWER))
        for octets in (
            framed(1),
            framed(*range(50)),
            b"GET / HTTP/1.1\r\n\r\n",
            b"SSH-2.0-x\r\n",
            bytes(600),
        ):
            self.assertShut(self.raw(octets))
        self.assertEqual(chain.asked, [])
        self.quiet()

    def test_noise(self) -> None:
        """Neither does anything else, nor does it fill the log."""
        self.serve(chain := Scripted(ANSWER))
        noise = random.Random(7858)
        for length in range(1, 200, 3):
            octets = noise.randbytes(length)
            peer = self.raw(octets, b"\x16\x03\x01" + octets, octets)
            self.pass_(6)
            self.assertShut(peer)
        self.assertEqual((chain.asked, list(self.port.connections)), ([], []))
        self.quiet()

    def test_damagedHello(self) -> None:
        """A ClientHello with any octet changed is served or shut out, and no more."""
        self.serve(chain := Scripted(ANSWER), maxConnections=1000)
        noise = random.Random(8310)
        peer = cast("SecurePeer", self.approach(made=trusting(alpn=["dot"])))
        hello = peer.hello()
        for at in range(len(hello)):
            damaged = bytearray(hello)
            damaged[at] ^= noise.randrange(1, 256)
            peer = self.raw(bytes(damaged))
            self.assertIn(peer.wire[:1], (b"", b"\x15", b"\x16"))
        self.pass_(6)
        self.assertEqual((chain.asked, list(self.port.connections)), ([], []))
        self.quiet()

    def test_afterAHello(self) -> None:
        """Clear text behind a sound ClientHello is answered neither."""
        self.serve(chain := Scripted(ANSWER))
        for version in VERSIONS:
            peer = cast("SecurePeer", self.approach(made=trusting(version)))
            peer.push(peer.hello())
            self.loop.settle()
            peer.push(framed(1))
            self.run_()
            self.assertTrue(peer.eof)
            self.assertEqual((peer.heard, chain.asked), (b"", []))
        self.quiet()


class RecordTests(EncryptedCase):
    """Records and messages don't know of one another (RFC 7858 section 3.3)."""

    def test_acrossRecords(self) -> None:
        """Queries cut anywhere by records are answered, and many within one, too."""
        self.serve(Scripted(ANSWER))
        octets = framed(*range(20))
        for size in (1, 2, 13, 33, 34, 400, len(octets)):
            peer = self.come()
            for at in range(0, len(octets), size):
                peer.say(octets[at : at + size])
            self.run_()
            self.assertEqual(peer.ids, list(range(20)))

    def test_records(self) -> None:
        """Many queries that fill records to the last octet are all answered."""
        self.serve(Scripted(ANSWER), maxInFlight=2000)
        peer = self.come()
        count = 3 * 16384 // len(framed(1)) + 1
        octets = framed(*range(count))
        for at in range(0, len(octets), 16384):
            peer.say(octets[at : at + 16384])
        self.run_()
        self.assertEqual(peer.ids, list(range(count)))

    def test_withTheHandshake(self) -> None:
        """A query that comes with the end of the handshake is answered."""
        self.serve(Scripted(ANSWER))
        for version in VERSIONS:
            peer = cast("SecurePeer", self.approach(made=trusting(version)))
            peer.say(framing.frame(makeQuery(identity=6).wire))
            self.run_()
            self.assertEqual(peer.ids, [6])

    def test_halfClose(self) -> None:
        """In both versions a client that has sent close_notify is answered, then gets ours (TL12, TL11)."""
        self.serve(chain := Scripted(ANSWER, later=True))
        for version in VERSIONS:
            peer = self.come(trusting(version))
            peer.say(framed(1))
            peer.finish()
            self.run_()
            self.assertFalse(peer.eof)
            chain.fire()
            self.run_()
            self.assertEqual((peer.ids, peer.ended, peer.eof, peer.reset), ([1], True, True, False))
        self.quiet()

    def test_renegotiation(self) -> None:
        """TLS 1.2's renegotiation is refused; the service survives (TL04)."""
        self.serve(Scripted(ANSWER))
        peer = self.come(trusting(TLSVersion.TLSv1_2))
        peer.push(b"\x16\x03\x03\x00\x04\x01\x00\x00\x00")
        self.run_()
        self.assertTrue(peer.eof)
        fresh = self.come()
        fresh.say(framed(1))
        self.run_()
        self.assertEqual(fresh.ids, [1])
        self.quiet()
