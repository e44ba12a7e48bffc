"""L{Forward}: one deadline a query, whatever the network does."""

from __future__ import annotations

from typing import Any

from twisted.internet.error import ConnectionLost
from twisted.logger import capturedLogs

from dotchain.resolver import NoAnswer, ResolveError
from dotchain.upstreams.forward import Forward

from .forwardcase import ONE, THREE, TWO, ForwardCase
from .network import clients, response
from .upstreamcommon import asked


class DeadlineTests(ForwardCase):
    """Whatever the network does, each query is done in time, once."""

    def late(self, upstream: Forward, *, count: int = 3) -> list[Any]:
        """Ask, let four and a half seconds pass; what the queries came to."""
        outcomes = asked(upstream, count)
        for _ in range(50):
            self.network.pass_(0.1)
        self.assertEqual({len(each.results) for each in outcomes}, {1})
        return [each.error for each in outcomes]

    def test_silentNetwork(self) -> None:
        """Nobody answers the dials."""
        for error in self.late(self.make(ONE)):
            self.assertIsInstance(error, ResolveError)
            self.assertIn("TCP connection not done in 1.5 s", error.text)
        self.assertLessEqual(len(self.network.attempts), 3)

    def test_silentPeer(self) -> None:
        """The peer accepts, and never answers, on a second and a third connection neither (A3)."""
        upstream = self.make(ONE)
        outcomes = asked(upstream, 3)
        peer = self.open()
        for _ in range(2):
            self.network.pass_(2.2)
            self.assertEqual(len(clients(self.open().queries())), 3)
            self.assertEqual([each.results for each in outcomes], [[], [], []])
        self.network.pass_(0.3)
        for each in outcomes:
            self.assertIsInstance(each.error, NoAnswer)
            self.assertEqual(each.error.text, "no answer; given up after 4.5 s")
        self.assertEqual(len(clients(peer.queries())), 3)
        self.assertTrue(peer.disconnecting)

    def test_silentName(self) -> None:
        """It is told of a name whether others were answered meanwhile (RFC 9520 section 2.3)."""
        upstream = self.make(ONE)
        (silent,) = asked(upstream)
        peer = self.open()
        peer.queries()
        for number in range(10):
            self.network.pass_(0.5)
            asked(upstream, name=f"other{number}-{{}}.example.".format)
            self.network.advance(0)
            peer.replyAll()
        self.assertTrue(silent.error.ofName)
        self.assertEqual(len(self.network.attempts), 1)

    def test_besideSilentNames(self) -> None:
        """Nothing but silent names was asked for a while: the next name waits for none of them."""
        upstream = self.make(ONE)
        silent = (f"silent{number}-{{}}.example.".format for number in range(100))
        while upstream.endpoints[0].usable:
            asked(upstream, name=next(silent))
            self.network.pass_(0.2)
            for each in self.to("192.0.2.1"):
                if each.state == "connecting":
                    each.accept()
        self.network.advance(0)
        if self.network.attempts[-1].state == "connecting":
            self.open()
        (outcome,) = asked(upstream, name="good{}.example.".format)
        self.network.advance(0)
        peer = self.network.attempts[-1].peer
        assert peer is not None
        peer.reply(*[response(query) for query in peer.queries() if b"good" in query])
        self.assertEqual(outcome.answer.rcode, 0)

    def test_noHandshake(self) -> None:
        """The peer accepts, and never shakes hands."""
        upstream = self.make("tls://192.0.2.1", pin_sha256=frozenset({bytes(32)}))
        outcomes = asked(upstream, 3)
        for _ in range(50):
            for each in self.network.attempts:
                if each.state == "connecting":
                    each.accept()
            self.network.pass_(0.1)
        for outcome in outcomes:
            self.assertIn("TLS handshake not done in 1.5 s", outcome.error.text)
        self.assertLessEqual(len(self.network.attempts), 3)

    def test_refused(self) -> None:
        """Everybody refuses: three attempts, and the end long before the deadline."""
        upstream = self.make(ONE)
        outcomes = asked(upstream, 3)
        for _ in range(12):
            for each in self.network.attempts:
                if each.state == "connecting":
                    each.refuse()
            self.network.pass_(0.1)
        for outcome in outcomes:
            self.assertEqual(outcome.error.text, "connection failed: Connection refused")
        self.assertEqual(len(self.network.attempts), 3)

    def test_ownFailures(self) -> None:
        """One address refuses, the other is silent: each has one line in the log, with its own failure."""
        upstream = self.make(f"{ONE} {TWO}", timeout=1.5)
        (outcome,) = asked(upstream)
        with capturedLogs() as events:
            for _ in range(20):
                for each in self.to("192.0.2.1"):
                    if each.state == "connecting":
                        each.refuse()
                for each in self.to("192.0.2.2"):
                    if each.state == "connecting":
                        each.accept()
                self.network.pass_(0.1)
        self.assertIn("connection failed: Connection refused; given up after 1.5 s", outcome.error.text)
        told = {event["address"].host: event["text"] for event in events}
        self.assertEqual(len(events), 2)
        self.assertEqual(told["192.0.2.1"], "connection failed: Connection refused")
        self.assertEqual(told["192.0.2.2"], "no answer; given up after 1.5 s")

    def test_refusedAtOnce(self) -> None:
        """The same where C{connectTCP} itself fails, with several addresses and many queries."""
        self.network.refusing.add(53)
        upstream = self.make(f"{ONE} {TWO} {THREE}")
        outcomes = asked(upstream, 200)
        self.network.pass_(4.7)
        self.assertEqual({len(each.results) for each in outcomes}, {1})
        self.assertEqual({type(each.error) for each in outcomes}, {ResolveError})

    def test_tenThousand(self) -> None:
        """Ten thousand that wait fail at once through several addresses: no deep recursion."""
        upstream = self.make(f"{ONE} {TWO} {THREE}")
        outcomes = asked(upstream, 10000)
        for host in ("192.0.2.1", "192.0.2.2"):
            self.assertEqual(len(self.to(host)), 1)
            self.to(host)[0].refuse()
        self.assertEqual([each for each in outcomes if each.results], [])
        self.to("192.0.2.3")[0].refuse()
        self.assertEqual({len(each.results) for each in outcomes}, {1})
        self.assertEqual(len(self.network.attempts), 3)

    def test_closesOnEveryQuery(self) -> None:
        """A peer that ends each connection at the first query: bounded, and each query done once."""
        upstream = self.make(ONE)
        outcomes = asked(upstream, 5)
        for _ in range(50):
            if self.network.dial().state == "connecting":
                self.open().close(ConnectionLost)
            self.network.pass_(0.1)
        self.assertEqual({len(each.results) for each in outcomes}, {1})
        self.assertIn("connection closed with the query in flight", outcomes[0].error.text)
        self.assertLessEqual(len(self.network.attempts), 2 + 2 * 5)

    def test_backOffBeyondTheDeadline(self) -> None:
        """An address that backs off for half a minute does not carry a query past its deadline."""
        upstream = self.make("udp://127.0.0.1:9")
        (endpoint,) = upstream.endpoints
        (outcome,) = asked(upstream)
        endpoint.failures = 10
        endpoint.backOff()
        self.network.pass_(4.7)
        self.assertIsInstance(outcome.error, NoAnswer)

    def test_lateAnswer(self) -> None:
        """What comes after the deadline is nobody's, and its ID was not given to another."""
        upstream = self.make(ONE)
        (late,) = asked(upstream)
        peer = self.open()
        queries = peer.queries()
        self.network.pass_(4.7)
        (next_,) = asked(upstream, name=lambda _: "other.example.")
        second = self.open()
        queries += [query for query in second.queries() if b"other" in query]
        self.assertNotEqual(queries[0][:2], queries[1][:2])
        second.reply(response(queries[0]))
        self.assertIsInstance(late.error, NoAnswer)
        self.assertEqual(next_.results, [])
        second.reply(response(queries[1]))
        self.assertEqual(next_.answer.rcode, 0)

    def test_timeout(self) -> None:
        """The time is what was configured."""
        upstream = self.make(ONE, timeout=1.0)
        (outcome,) = asked(upstream)
        self.open()
        self.network.pass_(1.2)
        self.assertEqual(outcome.error.text, "no answer; given up after 1 s")


class ResendTests(ForwardCase):
    """Connections that end with queries in flight."""

    def test_sentAgain(self) -> None:
        """All are answered over the next connection, and nobody is the wiser."""
        upstream = self.make(ONE)
        outcomes = asked(upstream, 10)
        peer = self.open()
        peer.reply(*[response(query) for query in peer.queries()[:3]])
        peer.close(ConnectionLost)
        self.assertEqual(self.open().replyAll(), 7)
        self.assertEqual([each.answer.rcode for each in outcomes], [0] * 10)

    def test_thenTheNext(self) -> None:
        """Again on a fresh connection, then alone, then at the next address, then it is a failure."""
        upstream = self.make(f"{ONE} {TWO}")
        (good, bad) = asked(upstream, 2)
        for count in (2, 2, 1, 1):
            peer = self.open("192.0.2.1")
            self.assertEqual(len(peer.queries()), count)
            peer.close(ConnectionLost)
        second = self.open("192.0.2.2")
        queries = second.queries()
        second.reply(response(queries[0]))
        self.assertEqual(good.answer.rcode, 0)
        second.close(ConnectionLost)
        self.assertEqual(bad.error.text, "connection closed with the query in flight, 3 times")
        self.assertEqual(len(self.network.attempts), 5)

    def test_idleCloseRace(self) -> None:
        """Sixty times a query meets the idle close of its connection; none fails."""
        upstream = self.make(ONE)
        outcomes = asked(upstream)
        self.open().replyAll()
        for _ in range(60):
            outcomes += asked(upstream)
            peer = self.network.attempts[-1].peer
            assert peer is not None
            self.network.advance(0)
            peer.close()
            self.open().replyAll()
        self.assertEqual([each.answer.rcode for each in outcomes], [0] * 61)
