"""The wire of C{dotchain query}: what is taken for an answer, and why there is none."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from typing import Any

import dns.flags
import dns.message
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectError, ConnectionDone
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import Address, address
from dotchain.commands.attempt import Outcome, ask
from dotchain.tls.client import UpstreamIdentity
from dotchain.tls.pins import pinLine
from dotchain.wire import framing

from ..folders import folder
from ..tls.certificates import NAME, make
from ..tls.meeting import serve
from .peers import Network, TLSPeer, answerTo, makeQueries, messages

UDP, TCP, TLS = address("udp://192.0.2.53:53"), address("tcp://192.0.2.53:53"), address("tls://192.0.2.53")


class AskCase(SynchronousTestCase):
    """A client that asks on a network in memory, with five seconds of time."""

    def setUp(self) -> None:
        """Nothing is asked yet."""
        self.network = Network()
        self.queries = makeQueries()

    def ask(self, *addresses: Address, identity: UpstreamIdentity | None = None) -> Deferred[Outcome]:
        """Ask these."""
        asked: Sequence[Any] = self.queries
        return Deferred.fromCoroutine(ask(self.network, addresses, asked, identity, 5.0))

    def end(self, asked: Deferred[Outcome]) -> Outcome:
        """The outcome, which is there; no timer is left."""
        outcome = self.successResultOf(asked)
        self.assertEqual(self.network.getDelayedCalls(), [])
        return outcome


class DatagramTests(AskCase):
    """UDP."""

    def test_answer(self) -> None:
        """The answer with ID and question of the query ends it; sizes and time are told."""
        asked = self.ask(UDP)
        protocol, transport = self.network.sockets[0]
        self.assertEqual(transport.peer, ("192.0.2.53", 53))
        self.network.advance(0.25)
        protocol.datagramReceived(answerTo(transport.sent[0]), None)
        outcome = self.end(asked)
        (answered,) = outcome.answers
        self.assertEqual(answered.message.answer[0].to_text(), "foo.example.org. 300 IN A 192.0.2.1")
        self.assertEqual((answered.seconds, answered.asked), (0.25, len(transport.sent[0])))
        self.assertEqual((outcome.failure, outcome.strays, transport.listening), (None, 0, False))

    def test_strays(self) -> None:
        """Another ID, another question, a query and half a header are left aside (RFC 5452 section 9.1)."""
        asked = self.ask(UDP)
        protocol, transport = self.network.sockets[0]
        (query,) = transport.sent
        wrongId = bytes((query[0] ^ 1,)) + answerTo(query)[1:]
        (other,) = makeQueries(words="evil.example.org")
        other.id = self.queries[0].id
        for wire in (wrongId, answerTo(other), query, b"\0\1\2"):
            protocol.datagramReceived(wire, None)
        self.assertNoResult(asked)
        protocol.datagramReceived(answerTo(query), None)
        self.assertEqual(self.end(asked).strays, 4)

    def test_bareErrors(self) -> None:
        """An error of a header alone is an answer, whatever its RCODE; NOERROR and NXDOMAIN are none."""
        for rcode in (1, 2, 4, 5, 9):
            asked = self.ask(UDP)
            protocol, transport = self.network.sockets[-1]
            (query,) = transport.sent
            for octets in (b"\x80\x80", b"\x80\x83", b"\0" + bytes([rcode]), b"\xa8" + bytes([rcode])):
                protocol.datagramReceived(query[:2] + octets + bytes(8), None)
            self.assertNoResult(asked)
            protocol.datagramReceived(query[:2] + bytes([0x80, rcode]) + bytes(8), None)
            outcome = self.end(asked)
            self.assertEqual((outcome.answers[0].message.rcode(), outcome.strays), (rcode, 4))

    def test_otherCase(self) -> None:
        """A server may answer in another case (RFC 4343 section 4.1)."""
        asked = self.ask(UDP)
        protocol, transport = self.network.sockets[0]
        protocol.datagramReceived(answerTo(transport.sent[0]).replace(b"\3foo", b"\3FOO"), None)
        self.assertEqual(len(self.end(asked).answers), 1)

    def test_silence(self) -> None:
        """A query is sent thrice, and given up when the time is over."""
        asked = self.ask(UDP)
        _, transport = self.network.sockets[0]
        self.network.pump([0.1] * 51)
        self.assertEqual(transport.sent, [transport.sent[0]] * 3)
        self.assertEqual(self.end(asked).failure, "udp://192.0.2.53:53: no answer within 5 s")
        self.assertFalse(transport.listening)

    def test_refused(self) -> None:
        """ICMP ends it at once (RFC 1122 section 4.1.3.3)."""
        asked = self.ask(UDP)
        self.network.sockets[0][0].connectionRefused()
        self.assertIn("nothing listens", str(self.end(asked).failure))

    def test_noRoute(self) -> None:
        """An address that the system can't send to is told with its reason."""
        self.network.unreachable = OSError(101, "Network is unreachable")
        asked = self.ask(UDP)
        self.network.advance(0)
        self.assertIn("can't be sent to: Network is unreachable", str(self.end(asked).failure))

    def test_truncated(self) -> None:
        """What UDP truncates is asked for over TCP (RFC 7766 section 5), in the time that is left."""
        asked = self.ask(UDP)
        protocol, transport = self.network.sockets[0]
        self.network.advance(1)
        protocol.datagramReceived(answerTo(transport.sent[0], flags=dns.flags.TC), None)
        self.assertEqual(self.network.tcpClients[-1][:2], ("192.0.2.53", 53))
        stream, wire = self.network.accept()
        stream.dataReceived(framing.frame(answerTo(messages(wire.value())[0], "192.0.2.2")))
        stream.connectionLost(Failure(ConnectionDone()))
        outcome = self.end(asked)
        self.assertTrue(outcome.truncated)
        self.assertEqual(outcome.address.transport, "tcp")
        self.assertIn("192.0.2.2", outcome.answers[0].message.answer[0].to_text())

    def test_window(self) -> None:
        """Of many queries 100 are on their way at once; each answer lets another one go."""
        self.queries = makeQueries(102)
        asked = self.ask(UDP)
        protocol, transport = self.network.sockets[0]
        self.assertEqual(len(transport.sent), 100)
        protocol.datagramReceived(b"stray octets", None)
        self.assertEqual(len(transport.sent), 100)
        while transport.listening:
            protocol.datagramReceived(answerTo(transport.sent.pop(0)), None)
        self.assertEqual(len(self.end(asked).answers), 102)

    def test_nextAddress(self) -> None:
        """Of two addresses each gets its share of the time; the failures of all are told."""
        asked = self.ask(UDP, UDP._replace(host="192.0.2.54"))
        self.network.advance(2.5)
        self.assertEqual(self.network.sockets[1][1].peer, ("192.0.2.54", 53))
        self.network.advance(2.5)
        failure = str(self.end(asked).failure)
        self.assertIn("udp://192.0.2.53:53: no answer", failure)
        self.assertIn("; udp://192.0.2.54:53: no answer", failure)


class StreamTests(AskCase):
    """TCP."""

    def test_pipelined(self) -> None:
        """All queries leave in one write with IDs of their own; answers come in any order, in any pieces."""
        self.queries = makeQueries(3)
        asked = self.ask(TCP)
        protocol, transport = self.network.accept()
        sent = messages(transport.value())
        self.assertEqual(len({query[:2] for query in sent}), 3)
        for octet in framing.join(answerTo(query) for query in reversed(sent)):
            protocol.dataReceived(bytes((octet,)))
        self.assertTrue(transport.disconnecting)
        protocol.connectionLost(Failure(ConnectionDone()))
        outcome = self.end(asked)
        self.assertEqual([answer.wire[:2] for answer in outcome.answers], [q[:2] for q in reversed(sent)])
        self.assertIsNone(outcome.failure)

    def test_secondAnswer(self) -> None:
        """One answer a query: the second one to the same query answers nothing."""
        self.queries = makeQueries(2)
        asked = self.ask(TCP)
        protocol, transport = self.network.accept()
        first, _ = messages(transport.value())
        protocol.dataReceived(framing.frame(answerTo(first)) * 2)
        protocol.connectionLost(Failure(ConnectionDone()))
        outcome = self.end(asked)
        self.assertEqual((len(outcome.answers), outcome.strays), (1, 1))
        self.assertIn("closed the connection, after 1 of 2 answers; 1 messages", str(outcome.failure))

    def test_framing(self) -> None:
        """Behind a frame of less than a header nothing is believed."""
        asked = self.ask(TCP)
        protocol, transport = self.network.accept()
        protocol.dataReceived(b"\0\5abcde")
        self.assertTrue(transport.aborted)
        protocol.connectionLost(Failure(ConnectionDone()))
        self.assertIn("broke the framing", str(self.end(asked).failure))

    def test_refused(self) -> None:
        """A refused connection is told in the system's words."""
        asked = self.ask(TCP)
        self.network.refuse(ConnectError(111))
        self.assertIn("no TCP connection: Connection refused", str(self.end(asked).failure))

    def test_noConnection(self) -> None:
        """The time limit covers the connection: then it is no longer dialled."""
        asked = self.ask(TCP)
        self.network.advance(5)
        self.assertTrue(self.network.connectors[-1]._disconnected)
        self.network.refuse(ConnectionDone())
        self.assertIn("no TCP connection within 5 s", str(self.end(asked).failure))


class AuthenticationTests(AskCase):
    """TLS."""

    def setUp(self) -> None:
        """A server with a self-signed certificate."""
        super().setUp()
        self.leaf = make(names=[NAME])
        self.folder = folder(self)
        self.made = serve(self.folder / "server", self.leaf)

    def begin(self, identity: UpstreamIdentity) -> tuple[Deferred[Outcome], TLSPeer]:
        """Ask over TLS, up to the end of the handshake and a bit further."""
        asked = self.ask(TLS, identity=identity)
        peer = TLSPeer(self.network, self.made)
        peer.turn()
        return asked, peer

    def test_pinned(self) -> None:
        """A server with the right pin is asked, padded to 128 octets; the session is told."""
        self.queries = makeQueries(padded=True)
        asked, peer = self.begin(UpstreamIdentity(pins=frozenset((self.leaf.pin,))))
        (query,) = messages(peer.heard)
        self.assertEqual(len(query), 128)
        peer.say(framing.frame(answerTo(query)))
        peer.protocol.connectionLost(Failure(ConnectionDone()))
        report = self.end(asked).report
        assert report is not None
        self.assertEqual((report.authenticated, report.version, report.alpn), (True, "TLSv1.3", "dot"))

    def test_wrongPin(self) -> None:
        """Strict: another pin gets no octet of DNS (RFC 8310 section 5); wanted and presented are named."""
        wanted = make().pin
        asked, peer = self.begin(UpstreamIdentity(pins=frozenset((wanted,))))
        self.assertEqual(peer.heard, b"")
        self.assertTrue(peer.transport.aborted)
        peer.protocol.connectionLost(Failure(ConnectionDone()))
        failure = str(self.end(asked).failure)
        self.assertIn(
            f"tls://192.0.2.53:853: not authenticated: no pin matches: wanted {pinLine(wanted)}", failure
        )
        self.assertIn("(leaf)", failure)

    def test_wrongName(self) -> None:
        """Strict: a certificate for another name is refused; both names are told."""
        trusted, _ = self.leaf.write(self.folder / "ca")
        asked, peer = self.begin(UpstreamIdentity("other.example", caFile=trusted))
        self.assertEqual(peer.heard, b"")
        peer.protocol.connectionLost(Failure(ConnectionDone()))
        failure = str(self.end(asked).failure)
        self.assertIn(f"wanted the name other.example, the certificate names {NAME}", failure)

    def test_untrusted(self) -> None:
        """Strict: a path to no trusted CA ends the handshake; the name wanted is told."""
        trusted, _ = make("Another CA", ca=True).write(self.folder / "ca")
        asked, peer = self.begin(UpstreamIdentity(NAME, caFile=trusted))
        self.assertEqual(peer.heard, b"")
        peer.protocol.connectionLost(Failure(ConnectionDone()))
        failure = str(self.end(asked).failure)
        self.assertIn(f"not authenticated: wanted the name {NAME}; the certificate is self-signed", failure)

    def test_triedOnly(self) -> None:
        """Not strict: the query goes out all the same, and the report says what was wrong."""
        asked, peer = self.begin(UpstreamIdentity(pins=frozenset((make().pin,)), profile="encrypted"))
        (query,) = messages(peer.heard)
        peer.say(framing.frame(answerTo(query)))
        peer.protocol.connectionLost(Failure(ConnectionDone()))
        outcome = self.end(asked)
        assert outcome.report is not None
        self.assertFalse(outcome.report.authenticated)
        self.assertIn("no pin matches", str(outcome.report.reason))
        self.assertIsNone(outcome.failure)

    def test_noHandshake(self) -> None:
        """A peer that never answers the ClientHello is given up when the time is over."""
        asked = self.ask(TLS, identity=UpstreamIdentity(pins=frozenset((self.leaf.pin,))))
        protocol, transport = self.network.accept()
        self.network.advance(5)
        self.assertTrue(transport.aborted)
        protocol.connectionLost(Failure(ConnectionDone()))
        self.assertIn("no TLS handshake within 5 s", str(self.end(asked).failure))

    def test_certificateWanted(self) -> None:
        """A server that demands a certificate says so behind the handshake, and so is it told."""
        self.made.verify_mode = ssl.CERT_REQUIRED
        asked, peer = self.begin(UpstreamIdentity(pins=frozenset((self.leaf.pin,))))
        peer.protocol.connectionLost(Failure(ConnectionDone()))
        self.assertIn(
            "tls://192.0.2.53:853: the peer wants a certificate of ours, and we have none",
            str(self.end(asked).failure),
        )

    def test_noTLS(self) -> None:
        """A peer that does not speak TLS is told as that."""
        asked = self.ask(TLS, identity=UpstreamIdentity(pins=frozenset((self.leaf.pin,))))
        protocol, _ = self.network.accept()
        protocol.dataReceived(b"220 mail.example.org ESMTP\r\n")
        protocol.connectionLost(Failure(ConnectionDone()))
        self.assertIn("no TLS handshake: ", str(self.end(asked).failure))
