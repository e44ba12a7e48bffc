"""L{Pool}: connections to one address, dialed on demand and shared."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.logger import capturedLogs

from ..upstreamcommon import exhaust
from .poolcase import PoolCase


class DialTests(PoolCase):
    """How connections begin."""

    def test_onDemand(self) -> None:
        """Nobody is called on before there is a query."""
        self.sweep()
        self.assertEqual((self.network.attempts, self.pool.nothingOpen), ([], True))

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
        self.assertEqual(self.reasons(), ["connection failed: Connection refused"] * 3)
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
        self.assertTrue(self.pool.nothingOpen)
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
        self.assertEqual((self.network.getDelayedCalls(), self.pool.nothingOpen), ([], True))

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
            line,
            "upstream without a name (tcp://192.0.2.1:53): "
            "connection failed: Connection refused (phase connect)",
        )

    def test_probe(self) -> None:
        """A probe dials without a query, and not where there is a connection or a dial."""
        self.pool.probe()
        self.pool.probe()
        self.connect()
        self.pool.probe()
        self.assertEqual(len(self.network.attempts), 1)


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
        self.assertTrue(self.pool.nothingOpen)
        self.assertEqual((self.pool.connections.alive, self.network.getDelayedCalls()), (set(), []))

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
