"""L{Forward}: one address after the other."""

from __future__ import annotations

from twisted.internet.error import ConnectionLost
from twisted.logger import capturedLogs

from dotchain.resolver import NoAnswer
from dotchain.wire.query import ask

from .datagrams.socketpoolcase import Nameserver
from .forwardcase import ONE, TWO, ForwardCase
from .network import START, Peer, response
from .upstreamcommon import asked, exhaust


class FailoverTests(ForwardCase):
    """Several addresses, the best first."""

    def test_next(self) -> None:
        """The next one on failure, and the log says why."""
        upstream = self.make(f"{ONE} {TWO}")
        outcomes = asked(upstream, 3)
        with capturedLogs() as events:
            self.to("192.0.2.1")[0].refuse()
        self.assertEqual(self.open("192.0.2.2").replyAll(), 3)
        self.assertEqual([each.answer.rcode for each in outcomes], [0] * 3)
        self.assertEqual(len(events), 1)

    def test_whileBackingOff(self) -> None:
        """While the best backs off the next one is asked at once."""
        upstream = self.make(f"{ONE} {TWO}")
        asked(upstream)
        self.to("192.0.2.1")[0].refuse()
        peer = self.open("192.0.2.2")
        peer.replyAll()
        (outcome,) = asked(upstream)
        self.network.advance(0)
        peer.replyAll()
        self.assertEqual(outcome.answer.rcode, 0)
        self.assertEqual(len(self.to("192.0.2.1")), 1)

    def test_theBestAgain(self) -> None:
        """When its time is over the best is asked again: dialed first, while the other one answers."""
        upstream = self.make(f"{ONE} {TWO}")
        asked(upstream)
        self.to("192.0.2.1")[0].refuse()
        second = self.open("192.0.2.2")
        second.replyAll()
        self.network.pass_(0.3)
        (outcome,) = asked(upstream)
        self.network.advance(0)
        second.replyAll()
        first = self.open("192.0.2.1")
        (later,) = asked(upstream)
        self.network.advance(0)
        first.replyAll()
        self.assertEqual((outcome.answer.rcode, later.answer.rcode), (0, 0))

    def test_mute(self) -> None:
        """Who takes connections and never answers is asked last, until a question of our own is answered."""
        upstream = self.make(f"{ONE} {TWO}")
        asked(upstream)
        self.open("192.0.2.1")
        self.network.pass_(1.8)
        second = self.open("192.0.2.2")
        self.network.pass_(1.0)
        mute = self.to("192.0.2.1")[-1].accept()
        self.network.pass_(0.5)
        mute.queries()
        second.replyAll()
        asked(upstream, 5)
        self.network.advance(0)
        self.assertEqual((len(mute.queries()), second.replyAll()), (0, 5))

    def test_hungBehind(self) -> None:
        """
        Who is up, but has no answers for clients, as a forwarder whose own upstream is gone, is asked
        last after three queries; then one query now and then finds out whether that is over.
        """
        upstream = self.make(f"{ONE} {TWO}")
        asked(upstream, 3)
        self.open("192.0.2.1")
        self.network.pass_(1.7)
        second = self.open("192.0.2.2")
        with capturedLogs() as events:
            self.assertEqual(second.replyAll(), 3)
        self.assertEqual(len(events), 1)
        waited = 0
        for _ in range(40):
            self.takeDials("192.0.2.1")
            (outcome,) = asked(upstream)
            self.network.advance(0.05)
            second.replyAll()
            waited += not outcome.results
        self.assertIn(waited, (1, 2, 3, 4))
        for _ in range(400):
            asked(upstream)
            self.network.advance(0.05)
            for peer in [*self.takeDials("192.0.2.1"), second]:
                peer.reply(*[response(query) for query in peer.queries()])
        asked(upstream, 5)
        self.network.advance(0)
        self.assertEqual(second.replyAll(), 0)

    def takeDials(self, host: str) -> list[Peer]:
        """Whoever is there takes every connection; the other ends of those that stand."""
        for attempt in self.to(host):
            if attempt.state == "connecting":
                attempt.accept()
        self.network.advance(0)
        return [each.peer for each in self.to(host) if each.peer is not None and not each.peer.ended]

    def test_blackHole(self) -> None:
        """Nobody but the first waits for a dial that leads nowhere, however often it is tried (RFC 8305)."""
        upstream = self.make(f"{ONE} {TWO}")
        asked(upstream)
        self.network.pass_(0.4)
        second = self.open("192.0.2.2")
        second.replyAll()
        for _ in range(20):
            (outcome,) = asked(upstream)
            self.network.advance(0)
            second.replyAll()
            self.assertEqual(outcome.answer.rcode, 0)
            self.network.pass_(0.5)
        self.assertGreater(len(self.to("192.0.2.1")), 2)

    def test_resetAndMute(self) -> None:
        """A query whose connection ends goes to the next address when a new one is 250 ms in coming."""
        upstream = self.make(f"{ONE} {TWO}")
        (outcome,) = asked(upstream)
        self.open("192.0.2.1").close(ConnectionLost)
        self.network.pass_(0.4)
        self.open("192.0.2.2").replyAll()
        self.assertEqual(outcome.answer.rcode, 0)

    def test_sameTransport(self) -> None:
        """UDP needs no connection, but is no stand-in for TCP that is being dialled."""
        upstream = self.make("tcp://192.0.2.1 udp://192.0.2.2")
        (outcome,) = asked(upstream)
        self.open("192.0.2.1").replyAll()
        self.assertEqual(outcome.answer.rcode, 0)

    def test_silence(self) -> None:
        """After a third of its time a query without an answer goes to the next one too."""
        upstream = self.make(f"{ONE} {TWO}")
        (outcome,) = asked(upstream)
        first = self.open("192.0.2.1")
        self.network.pass_(1.7)
        self.assertEqual(self.open("192.0.2.2").replyAll(), 1)
        self.assertEqual(outcome.answer.rcode, 0)
        first.replyAll()
        self.assertEqual(len(outcome.results), 1)

    def test_theSlowMayStillAnswer(self) -> None:
        """Whoever answers first counts: the first one too, after the second was asked."""
        upstream = self.make(f"{ONE} {TWO}")
        (outcome,) = asked(upstream)
        first = self.open("192.0.2.1")
        self.network.pass_(1.7)
        second = self.open("192.0.2.2")
        first.reply(*[response(query, 0x8183) for query in first.queries()])
        self.assertEqual(outcome.answer.rcode, 3)
        second.replyAll()
        self.assertEqual(outcome.answer.rcode, 3)

    def test_onceAStream(self) -> None:
        """On a stream nothing is lost: the same question is not asked twice of one address."""
        upstream = self.make(ONE)
        asked(upstream)
        peer = self.open()
        self.network.pass_(4.7)
        self.assertEqual(len(peer.queries()), 1)

    def test_malformed(self) -> None:
        """A malformed response is never delivered: the next address is asked."""
        upstream = self.make(f"{ONE} {TWO}")
        (outcome,) = asked(upstream)
        peer = self.open()
        peer.reply(*[response(query, records=b"\xc0") for query in peer.queries()])
        self.assertEqual(outcome.results, [])
        self.open("192.0.2.2").replyAll()
        self.assertEqual(outcome.answer.rcode, 0)

    def test_allMalformed(self) -> None:
        """Where all are, it is a failure."""
        upstream = self.make(ONE)
        (outcome,) = asked(upstream)
        peer = self.open()
        for _ in range(3):
            self.assertEqual(outcome.results, [])
            peer.reply(*[response(query, records=b"\xc0") for query in peer.queries()])
            self.network.advance(0)
        self.assertEqual(outcome.error.text, "malformed response")

    def test_swapped(self) -> None:
        """A swapped question changes nothing: waiting goes on."""
        upstream = self.make(ONE)
        (outcome,) = asked(upstream)
        peer = self.open()
        (query,) = peer.queries()
        peer.reply(response(query, question=ask("evil.example.").question))
        self.assertEqual(outcome.results, [])
        peer.reply(response(query))
        self.assertEqual(outcome.answer.rcode, 0)

    def test_allDown(self) -> None:
        """Everything down: a new query waits for the moment when one may be tried again."""
        upstream = self.make(f"{ONE} {TWO}")
        asked(upstream)
        self.to("192.0.2.1")[0].refuse()
        self.to("192.0.2.2")[0].refuse()
        (outcome,) = asked(upstream)
        self.assertEqual(len(self.network.attempts), 2)
        self.assertEqual(outcome.results, [])
        self.network.pass_(0.4)
        self.assertEqual(len(self.network.attempts), 3)
        peer = self.network.dial().accept()
        self.network.advance(0)
        peer.replyAll()
        self.assertEqual(outcome.answer.rcode, 0)

    def test_allDownForLong(self) -> None:
        """Where that moment is after its deadline it fails at once, without a dial."""
        upstream = self.make(f"{ONE} {TWO}")
        for endpoint in upstream.endpoints:
            endpoint.retryAt = START + 5
        (outcome,) = asked(upstream)
        self.assertEqual(outcome.error.text, "no address can be reached")
        self.assertEqual(self.network.attempts, [])

    def test_oneTrial(self) -> None:
        """However many wait for that moment, there is one dial."""
        upstream = self.make(ONE)
        asked(upstream)
        self.network.dial().refuse()
        outcomes = asked(upstream, 100)
        self.network.pass_(0.4)
        self.assertEqual(len(self.network.attempts), 2)
        self.assertEqual(sum(exhaust(self.network, self.open())), 101)
        self.assertEqual([each.answer.rcode for each in outcomes], [0] * 100)


class DatagramTests(ForwardCase):
    """UDP, where queries get lost."""

    def server(self) -> Nameserver:
        """One that only listens."""
        made = Nameserver()
        self.addCleanup(made.socket.close)
        return made

    def test_repeated(self) -> None:
        """A query without an answer is asked again, three times in all."""
        server, heard = self.server(), 0
        (outcome,) = asked(self.make(str(server.address)))
        for seconds, count in ((1.4, 1), (0.4, 2), (1.6, 3), (1.0, 3), (0.3, 3)):
            self.network.pass_(seconds)
            heard += server.heard()
            self.assertEqual(heard, count)
        self.assertIsInstance(outcome.error, NoAnswer)

    def test_next(self) -> None:
        """Where there is another address that one is asked, and then the first again."""
        servers = [self.server(), self.server()]
        asked(self.make(" ".join(str(each.address) for each in servers)))
        heard = []
        for seconds in (1.4, 0.4, 1.6, 1.3):
            self.network.pass_(seconds)
            heard.append([each.heard() for each in servers])
        self.assertEqual(heard, [[1, 0], [0, 1], [1, 0], [0, 0]])
