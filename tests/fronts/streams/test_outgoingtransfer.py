"""Zone transfers, and messages that are no questions, on a client's connection."""

from __future__ import annotations

import ssl
from typing import Any

from dotchain.fronts.streams.transport import Transport
from dotchain.testing import Scripted
from dotchain.wire import framing

from ...wire.test_transfer import a, axfr, ixfr, message, soa
from ...wire.vectors import QUESTION, header
from ..relays import Relayed, Transaction, relayPolicy
from .peers import Peer, trusting
from .portcase import ANSWER, StreamCase, bothTransports, framed

NOTIFY = header(0x2400, 1) + QUESTION
FIRST, REST, LAST = message(soa(7), a(1)), message(a(2), asks=b""), message(soa(7), asks=b"")


class OutgoingTransferCase(StreamCase):
    """A port that passes on what it may."""

    def setUp(self) -> None:
        super().setUp()
        self.relay = Relayed()

    def begin(self, *requests: bytes, most: int = 2, **limits: Any) -> Peer:
        """A client who has asked for transfers, or sent whatever he likes."""
        self.serve(self.scripted(), relayPolicy=relayPolicy(self.relay, most=most), **limits)
        peer = self.client()
        peer.say(framing.join(requests))
        self.run_()
        return peer

    def client(
        self, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, alpn: tuple[str, ...] = ("dot",)
    ) -> Peer:
        """A client, over TLS as RFC 9103 wants it."""
        peer = self.approach(**self.options(version, alpn))
        self.run_()
        return peer

    def options(
        self, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, alpn: tuple[str, ...] = ("dot",)
    ) -> dict[str, Any]:
        """What makes such a client."""
        return {"made": trusting(version, alpn)} if self.encrypted else {}

    @property
    def transaction(self) -> Transaction:
        """What goes on with the upstream."""
        return self.relay.transactions[-1]


@bothTransports
class TransferTests(OutgoingTransferCase):
    """Over TCP and TLS."""

    def test_passed(self) -> None:
        """Each message reaches the client as it came, under his ID; the connection stays open."""
        peer = self.begin(axfr())
        self.assertEqual(self.transaction.message, axfr())
        for wire in (FIRST, REST, LAST):
            self.transaction.say(wire)
        self.transaction.end()
        self.run_()
        self.assertEqual(peer.responses, [axfr()[:2] + wire[2:] for wire in (FIRST, REST, LAST)])
        peer.say(framed(5))
        self.run_()
        self.assertEqual((peer.ids[-1], peer.ended), (5, False))
        self.assertEqual(self.port.inFlight, 0)
        self.quiet()

    def test_meanwhile(self) -> None:
        """Other queries are answered while a transfer goes on, and two may go on at a time."""
        peer = self.begin(axfr(), framed(5)[2:], b"\7\7" + axfr()[2:])
        self.relay.transactions[0].say(FIRST)
        self.relay.transactions[1].say(FIRST)
        self.relay.transactions[0].say(LAST)
        self.run_()
        self.assertEqual(peer.ids, [5, 0x1234, 0x0707, 0x1234])
        peer.leave()

    def test_tooMany(self) -> None:
        """One more than may be is told so, with SERVFAIL."""
        peer = self.begin(axfr(), axfr(), most=1)
        self.assertEqual([found.rcode() for found in peer.messages], [2])
        self.assertEqual(len(self.relay.transactions), 1)

    def test_refused(self) -> None:
        """Who may not have it gets one refusal and nobody is asked."""
        self.serve(self.scripted(), relayPolicy=relayPolicy(self.relay, allow="192.0.2.8"))
        peer = self.client()
        peer.say(framing.join([axfr(), framed(5)[2:]]))
        self.run_()
        self.assertEqual(sorted(found.rcode() for found in peer.messages), [0, 5])
        self.assertEqual(self.relay.transactions, [])

    def test_notRemembered(self) -> None:
        """What is said to one client is not said to the next who sends the same octets."""
        self.serve(Scripted(ANSWER), relayPolicy=relayPolicy(self.relay))
        for address, count in (("192.0.2.8", 0), ("192.0.2.7", 1), ("192.0.2.8", 1)):
            peer = self.approach(address, **self.options())
            self.run_()
            peer.say(framing.frame(axfr()))
            self.run_()
            self.assertEqual(len(self.relay.transactions), count)

    def test_senseless(self) -> None:
        """A request without sense gets FORMERR."""
        peer = self.begin(ixfr(7)[:10] + b"\0\0" + axfr()[12:-4] + b"\0\xfb\0\1")
        self.assertEqual([response[3] & 15 for response in peer.responses], [1])

    def test_nobody(self) -> None:
        """Where the upstream can't be had it is SERVFAIL, and the connection goes on."""
        peer = self.begin(axfr())
        self.transaction.fail()
        self.run_()
        peer.say(framed(5))
        self.run_()
        self.assertEqual([found.rcode() for found in peer.messages], [2, 0])
        self.assertEqual((self.port.inFlight, self.port.responder.counts.failed), (0, 1))

    def test_cutOff(self) -> None:
        """What is cut off never looks whole: the client sees the stream end."""
        peer = self.begin(axfr())
        self.transaction.say(FIRST)
        self.transaction.fail()
        self.run_()
        self.assertEqual((len(peer.responses), peer.ended), (1, True))
        self.assertEqual(self.port.connections, {})

    def test_clientGone(self) -> None:
        """The client's end is the end of the upstream's connection, before and after the first message."""
        for begun in (False, True):
            self.relay = Relayed()
            peer = self.begin(axfr())
            if begun:
                self.transaction.say(FIRST)
            peer.leave()
            self.accepted[-1].shutdown(2)
            for connection in list(self.port.connections):
                connection.abort()
            self.assertTrue(self.transaction.cancelled)
            self.assertEqual((self.port.inFlight, self.port.responder.relayPolicy.transfers), (0, 0))
        self.quiet()

    def test_deaf(self) -> None:
        """A client who does not read has the upstream paused, and goes on when he does."""
        big = message(soa(7), *[a(1)] * 500)
        peer = self.begin(axfr())
        peer.deaf = True
        said = 0
        while not self.transaction.paused:
            self.transaction.say(big)
            said += 1
            self.run_()
            self.assertTrue(said * len(big) < 8 * Transport.HIGH_WATER)
        peer.deaf = False
        self.run_()
        self.assertFalse(self.transaction.paused)
        self.transaction.say(LAST)
        self.transaction.end()
        self.run_()
        self.assertEqual(len(peer.responses), said + 1)

    def test_notIdle(self) -> None:
        """A transfer that takes long is no reason to close (RFC 7766 section 6.2.3)."""
        peer = self.begin(axfr(), idle=2.0)
        for _ in range(3):
            self.pass_(3)
            self.transaction.say(FIRST)
        self.run_()
        self.assertEqual((len(peer.responses), peer.ended), (3, False))
        self.transaction.end()
        self.pass_(3)
        self.assertTrue(peer.ended)

    def test_halfClosed(self) -> None:
        """A client who says no more gets all of it, then the end."""
        peer = self.begin(axfr(), idle=2.0)
        peer.finish()
        self.run_()
        for _ in range(3):
            self.transaction.say(FIRST)
            self.pass_(3)
        self.transaction.say(LAST)
        self.transaction.end()
        self.run_()
        self.assertEqual((len(peer.responses), peer.ended), (4, True))


class EncryptedTests(OutgoingTransferCase):
    """What TLS must be like for a zone (RFC 9103 sections 7.1 and 7.2)."""

    encrypted = True

    def test_old(self) -> None:
        """TLS 1.2, or no ALPN: refused with EDE 21 (RFC 9103 section 7.8)."""
        self.serve(self.scripted(), relayPolicy=relayPolicy(self.relay))
        for version, alpn, served in (
            (ssl.TLSVersion.TLSv1_2, ("dot",), False),
            (ssl.TLSVersion.TLSv1_3, (), False),
            (ssl.TLSVersion.TLSv1_3, ("dot",), True),
        ):
            peer = self.client(version, alpn)
            peer.say(framing.frame(axfr()))
            self.run_()
            self.assertEqual([found.rcode() for found in peer.messages], [] if served else [5])
            self.assertEqual(len(self.relay.transactions), served)
            peer.leave()


@bothTransports
class MessageTests(OutgoingTransferCase):
    """NOTIFY and its like."""

    def test_passed(self) -> None:
        """The response comes when it comes, behind what is answered meanwhile."""
        peer = self.begin(NOTIFY, framed(5)[2:])
        self.assertEqual((self.transaction.message, peer.ids, self.port.inFlight), (NOTIFY, [5], 1))
        self.transaction.say(header(0xA400, 0))
        self.transaction.end()
        self.run_()
        self.assertEqual(peer.responses[1], header(0xA400, 0))
        self.assertEqual(self.port.inFlight, 0)

    def test_clientGone(self) -> None:
        """A response for nobody is dropped."""
        peer = self.begin(NOTIFY)
        peer.leave()
        for connection in list(self.port.connections):
            connection.abort()
        self.transaction.say(header(0xA400, 0))
        self.transaction.end()
        self.run_()
        self.quiet()

    def test_unknown(self) -> None:
        """Other opcodes are NOTIMP, and a DSO message without ID gets nothing (RFC 8490 section 5.4)."""
        peer = self.begin(header(0x3000), b"\0\0" + header(0x3000)[2:], header(0x7800), framed(5)[2:])
        self.assertEqual([response[3] & 15 for response in peer.responses], [4, 4, 0])
        self.assertEqual(self.relay.transactions, [])
