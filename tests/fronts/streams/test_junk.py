"""What keeps a client's connection open, and what does not."""

from __future__ import annotations

from dotchain.testing import Scripted, makeQuery
from dotchain.wire import framing

from ...wire.vectors import QUESTION, header
from ..relays import Relayed, relayPolicy
from .peers import Peer, SecurePeer
from .portcase import ANSWER, StreamCase, bothTransports, framed

_QUERY = makeQuery().wire
JUNK = {
    "response": _QUERY[:2] + bytes((_QUERY[2] | 0x80,)) + _QUERY[3:],
    "two questions": _QUERY[:4] + b"\0\2" + _QUERY[6:],
    "cut off": _QUERY[:-3],
    "header alone": header(0x0100, 1),
    "STATUS": header(0x1000, 1) + QUESTION,
    "DSO": header(0x3000),
    "NOTIFY to nobody": header(0x2400, 1) + QUESTION,
}


@bothTransports
class JunkTests(StreamCase):
    """The idle time counts from the last query that was one (RFC 7766 sections 3 and 6.2.3)."""

    def keepSaying(self, peer: Peer, wire: bytes, seconds: float) -> None:
        """Send a message four times a second, as long as the connection stands."""
        for _ in range(int(seconds * 4)):
            if not peer.eof:
                peer.say(framing.frame(wire))
            self.pass_(0.25)

    def test_noQueries(self) -> None:
        """Messages that are no queries keep no connection open behind a query, whatever they are answered."""
        for what, wire in JUNK.items():
            self.serve(Scripted(ANSWER), idle=2.0)
            peer = self.connect()
            peer.say(framed(7))
            self.keepSaying(peer, wire, 1.5)
            self.assertFalse(peer.eof, what)
            self.keepSaying(peer, wire, 1.5)
            self.assertTrue(peer.ended, what)

    def test_noFirstQuery(self) -> None:
        """Nor do they count as the first query, or as having asked."""
        for what, wire in JUNK.items():
            self.serve(Scripted(ANSWER), firstQuery=3.0, idle=100.0)
            peer = self.connect()
            self.keepSaying(peer, wire, 2.5)
            (connection,) = self.port.connections
            self.assertFalse(connection.asked, what)
            self.keepSaying(peer, wire, 1.5)
            self.assertTrue(peer.ended, what)

    def test_amongThem(self) -> None:
        """One query among them does, known to the front or not."""
        for replays in (False, True):
            self.serve(Scripted(ANSWER, replays=replays), idle=2.0)
            peer = self.connect()
            for _ in range(3):
                peer.say(framing.join([*JUNK.values(), framed(7)[2:]]))
                self.pass_(1.5)
                self.assertFalse(peer.eof)
            self.pass_(1)
            self.assertTrue(peer.ended)

    def test_long(self) -> None:
        """A long message that can't be answered ends it, and what was asked before is answered."""
        for octets, ended in ((4096, False), (4097, True), (65_535, True)):
            self.serve(Scripted(ANSWER))
            peer = self.connect()
            peer.say(framed(7))
            self.run_()
            peer.say(framing.frame(b"\xff" * octets) + framed(8))
            self.run_()
            self.assertEqual((peer.ids, peer.ended), ([7] if ended else [7, 8], ended))

    def test_whoMayNotAsk(self) -> None:
        """Queries that are refused keep nothing open."""
        self.serve(Scripted(ANSWER), deny="192.0.2.0/24", firstQuery=3.0, idle=2.0)
        peer = self.connect()
        self.keepSaying(peer, _QUERY, 4)
        self.assertEqual((peer.ended, {found.rcode() for found in peer.messages}), (True, {5}))

    def test_mayNotSend(self) -> None:
        """Nor do messages that are not passed on for this client; those that are wait for their response."""
        notify = JUNK["NOTIFY to nobody"]
        for allow, ended in (("192.0.2.8", True), ("0.0.0.0/0", False)):
            relay = Relayed()
            self.serve(
                Scripted(ANSWER), relayPolicy=relayPolicy(relay, allow=allow), firstQuery=3.0, idle=2.0
            )
            peer = self.connect()
            self.keepSaying(peer, notify, 4)
            self.assertEqual((peer.ended, bool(relay.transactions)), (ended, not ended))
            for transaction in relay.transactions:
                transaction.fail()

    def test_slowlyRead(self) -> None:
        """Responses that wait for their client count from when they were ready, not from when he reads."""
        self.serve(Scripted(ANSWER), idle=4.0)
        peer = self.connect()
        peer.deaf = True
        peer.say(framed(7))
        self.pass_(4.5)
        peer.deaf = False
        self.run_()
        self.assertEqual((peer.ids, peer.ended), ([7], True))


class HandshakeTests(StreamCase):
    """A handshake is no query either."""

    encrypted = True

    def test_octetByOctet(self) -> None:
        """One that comes octet by octet takes no longer than any other."""
        self.serve(Scripted(ANSWER), handshake=3.0)
        peer = self.approach()
        assert isinstance(peer, SecurePeer)
        for octet in peer.hello()[:14]:
            peer.push(bytes((octet,)))
            self.pass_(0.25)
        self.assertTrue(peer.eof)
        self.assertEqual(self.port.handshakes["timeout"], 1)
