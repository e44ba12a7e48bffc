"""L{Pool}: connections to one address, dialed on demand and shared."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionLost
from twisted.logger import capturedLogs

from .network import response
from .poolcase import PoolCase
from .surroundings import exhaust


class DialTests(PoolCase):
    """How connections begin."""

    def test_onDemand(self) -> None:
        """Nobody is called on before there is a query."""
        self.sweep()
        self.assertEqual((self.network.attempts, self.pool.atRest), ([], True))

    def test_once(self) -> None:
        """500 cold queries dial once; 64 leave with the connection, the others as answers come (A13)."""
        self.submit(500)
        self.assertEqual((len(self.network.attempts), self.pool.dials), (1, 1))
        peer = self.connect()
        self.assertEqual(exhaust(self.network, peer), [64, 128, 256, 52])
        self.assertEqual(len(self.all.answered), 500)
        self.assertEqual(len(self.network.attempts), 1)

    def test_doneMeanwhile(self) -> None:
        """What was given up while it waited for the connection is not sent."""
        waiting = self.submit(3)
        waiting[1].done = True
        self.assertEqual(len(self.connect().queries()), 2)

    def test_refused(self) -> None:
        """All that waited fails, each once, with the reason; the address backs off."""
        self.submit(3)
        self.network.dial().refuse()
        self.assertEqual(self.reasons(), ["connection failed: Connection was refused by other side."] * 3)
        self.assertFalse(self.pool.usable)
        self.assertEqual(self.network.getDelayedCalls(), [])

    def test_doneAndRefused(self) -> None:
        """What was given up meanwhile does not fail again."""
        waiting = self.submit(2)
        waiting[0].done = True
        self.network.dial().refuse()
        self.assertEqual([each for each, _ in self.all.failed], waiting[1:])

    def test_refusedAtOnce(self) -> None:
        """A C{connectTCP} that fails before it returns is like any other."""
        self.network.refusing.add(53)
        self.submit(1)
        self.assertEqual(len(self.all.failed), 1)
        self.assertTrue(self.pool.atRest)
        self.network.refusing.clear()
        self.submit(1)
        self.assertEqual(self.connect().replyAll(), 1)

    def test_noAnswerToTheDial(self) -> None:
        """A dial has its time; then it is called off, and leaves nothing behind."""
        self.submit(1)
        self.network.pass_(1.4)
        self.assertEqual(self.all.failed, [])
        self.network.pass_(0.2)
        self.assertEqual(self.reasons(), ["TCP connection not done in 1.5 s"])
        self.assertEqual(self.network.dial().state, "disconnected")
        self.assertEqual((self.network.getDelayedCalls(), self.pool.atRest), ([], True))

    def test_again(self) -> None:
        """After a failed dial the next query dials anew."""
        self.submit(1)
        self.network.dial().refuse()
        self.submit(1)
        self.assertEqual(self.connect().replyAll(), 1)

    def test_log(self) -> None:
        """A failed dial is one line in the log, however many queries waited."""
        self.submit(100)
        with capturedLogs() as events:
            self.network.dial().refuse()
        (event,) = events
        line = event["log_format"].format(**event)
        self.assertEqual(
            line, "upstream tcp://192.0.2.1:53: connection failed: Connection was refused by other side."
        )

    def test_probe(self) -> None:
        """A probe dials without a query, and not where there is a connection or a dial."""
        self.pool.probe()
        self.pool.probe()
        self.connect()
        self.pool.probe()
        self.assertEqual(len(self.network.attempts), 1)


class LossTests(PoolCase):
    """How connections end."""

    def test_atRest(self) -> None:
        """A close at rest is no failure: nothing is logged, the address stays as good as it was."""
        self.submit(1)
        peer = self.connect()
        peer.replyAll()
        with capturedLogs() as events:
            peer.close()
        self.assertEqual((events, self.pool.failures, self.pool.usable), ([], 0, True))
        self.submit(1)
        self.assertEqual(self.connect().replyAll(), 1)
        self.assertEqual((len(self.all.answered), self.all.failed), (2, []))

    def test_afterEachAnswer(self) -> None:
        """A server that closes after every answer is served as well as any (RFC 7766 section 6.2.4)."""
        for _ in range(20):
            self.submit(1)
            peer = self.connect()
            peer.replyAll()
            peer.close()
        self.assertEqual((len(self.all.answered), self.all.failed, self.pool.failures), (20, [], 0))

    def test_sentAgain(self) -> None:
        """Ten queries, three answers, the end: seven go out again on a fresh connection."""
        self.submit(10)
        peer = self.connect()
        peer.reply(*[response(query) for query in peer.queries()[:3]])
        peer.close(ConnectionLost)
        again = self.connect()
        self.assertEqual(again.replyAll(), 7)
        self.assertEqual((len(self.all.answered), self.all.failed), (10, []))
        self.assertEqual(len(self.network.attempts), 2)

    def test_onceOnly(self) -> None:
        """When fresh connections end too, they fail; each is sent three times in all (RFC 9520)."""
        self.submit(3)
        for count in (3, 3, 1, 1, 1):
            again = self.connect()
            self.assertEqual(len(again.queries()), count)
            again.close(ConnectionLost)
        self.assertEqual(self.reasons(), ["connection closed with the query in flight, 3 times"] * 3)
        self.assertEqual((len(self.network.attempts), self.pool.atRest), (5, True))

    def test_oneThatItCannotBear(self) -> None:
        """A query that makes the peer close does not take the others down with it."""
        (bad, *good) = self.submit(6)
        peers = []
        for _ in range(20):
            if self.network.dial().state == "connecting":
                peers.append(self.connect())
            for peer in list(peers):
                queries = peer.queries()
                if any(bad.query.question in query for query in queries):
                    peers.remove(peer)
                    peer.close(ConnectionLost)
                else:
                    peer.reply(*[response(query) for query in queries])
            self.network.advance(0)
        self.assertEqual([errand for errand, _ in self.all.failed], [bad])
        self.assertEqual({errand for errand, _ in self.all.answered}, set(good))

    def test_lateOnesAreNotSentAgain(self) -> None:
        """What nobody waits for any more is not sent again."""
        (late, _) = self.submit(2)
        peer = self.connect()
        late.done = True
        peer.close()
        self.assertEqual(len(self.connect().queries()), 1)

    def test_acceptAndClose(self) -> None:
        """Ending a connection before a single answer counts as failure, and more each time."""
        waits = []
        for _ in range(4):
            self.submit(1)
            self.connect().close(ConnectionLost)
            waits.append(self.pool.retryAt - self.network.seconds())
            self.connect().close(ConnectionLost)
            self.network.advance(60)
        self.assertEqual(sorted(waits), waits)
        self.assertGreater(waits[3], 1)

    def test_unansweredIdsStayTaken(self) -> None:
        """2000 queries time out, 2000 follow: no ID of the former among those of the latter."""
        numbers: list[bytes] = []
        peer = None
        for _ in range(63):
            late = self.submit(64)
            peer = peer or self.connect()
            numbers += [query[:2] for query in peer.queries()]
            for each in late:
                each.done = True
            self.sweep()
        self.assertEqual((len(numbers), len(set(numbers))), (63 * 64, 63 * 64))


class IdleTests(PoolCase):
    """Connections that nobody uses are closed before the server does it."""

    def test_idle(self) -> None:
        """After eight seconds without use."""
        self.submit(1)
        peer = self.connect()
        peer.replyAll()
        self.network.pass_(7.9)
        self.sweep()
        self.assertFalse(peer.disconnecting)
        self.network.pass_(0.2)
        self.sweep()
        self.assertTrue(peer.disconnecting)
        self.assertTrue(self.pool.atRest)
        self.assertEqual((self.pool.alive, self.network.getDelayedCalls()), (set(), []))

    def test_used(self) -> None:
        """Each query counts as use; a connection in use stays."""
        self.submit(1)
        peer = self.connect()
        peer.replyAll()
        for _ in range(5):
            self.network.pass_(7)
            self.sweep()
            self.submit(1)
            peer.replyAll()
        self.assertEqual(len(self.network.attempts), 1)

    def test_waitedFor(self) -> None:
        """While somebody waits for an answer it stays."""
        self.submit(1)
        peer = self.connect()
        self.network.pass_(20)
        self.sweep()
        self.assertFalse(peer.disconnecting)


class StopTests(PoolCase):
    """The end of it all."""

    def stopped(self) -> Deferred[None] | None:
        """Stop; nothing may be dialed after that."""
        result = self.pool.stop()
        self.network.advance(0)
        return result

    def test_atRest(self) -> None:
        """Where nothing is open there is nothing to wait for."""
        self.assertIsNone(self.stopped())

    def test_dialing(self) -> None:
        """A dial is called off without a word, and leaves no timer."""
        self.submit(2)
        with capturedLogs() as events:
            self.assertIsNone(self.stopped())
        self.assertEqual(self.network.dial().state, "disconnected")
        self.assertEqual((events, self.network.getDelayedCalls()), ([], []))
        self.assertEqual(self.reasons(), ["stopping", "stopping"])

    def test_open(self) -> None:
        """The result comes when the last connection has ended."""
        self.submit(1)
        peer = self.connect()
        peer.silent = True
        for each, _ in self.all.answered:
            each.done = True
        result = self.pool.stop()
        assert result is not None
        self.assertNoResult(result)
        self.assertTrue(peer.disconnecting)
        peer.replyAll()
        peer.close()
        self.successResultOf(result)
        self.assertEqual(self.network.getDelayedCalls(), [])

    def test_silent(self) -> None:
        """Two seconds later at the latest."""
        (each,) = self.submit(1)
        self.connect().silent = True
        each.done = True
        result = self.pool.stop()
        assert result is not None
        self.network.pass_(2.1)
        self.successResultOf(result)
        self.assertEqual(self.network.getDelayedCalls(), [])

    def test_twice(self) -> None:
        """Who stops it a second time waits for the same, and so does the first."""
        (each,) = self.submit(1)
        peer = self.connect()
        peer.silent = each.done = True
        results = [self.pool.stop(), self.pool.stop()]
        peer.close()
        for result in results:
            assert result is not None
            self.successResultOf(result)

    def test_lingering(self) -> None:
        """Connections that are being closed already are waited for too, and the result comes once."""
        self.submit(1)
        first = self.connect()
        first.replyAll()
        first.silent = True
        self.network.pass_(9)
        self.sweep()
        self.submit(1)
        second = self.connect()
        second.replyAll()
        result = self.pool.stop()
        assert result is not None
        second.close()
        self.assertNoResult(result)
        first.close()
        self.successResultOf(result)
        self.network.advance(0)
        self.assertEqual(self.network.getDelayedCalls(), [])
