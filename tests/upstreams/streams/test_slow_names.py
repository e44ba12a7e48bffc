"""L{Pool}: names that are never answered hold up no others (RFC 7766 section 7)."""

from __future__ import annotations

from dotchain.address import address
from dotchain.upstreams.streams.connectionmonitor import ConnectionMonitor
from dotchain.upstreams.streams.pool import Pool
from dotchain.upstreams.upstreamcommon import ConnectionSettings

from ..network import Peer, clients, response
from .poolcase import PoolCase
from .test_connectionmonitor import keepalive


class SlowCase(PoolCase):
    """Tests with names that are not answered."""

    def accepted(self) -> list[Peer]:
        """The other ends of all connections but the first, accepted where they are still dialled."""
        found = [each.accept() for each in self.network.attempts if each.state == "connecting"]
        self.network.advance(0)
        return found


class SlowNameTests(SlowCase):
    """A peer that answers all names but some."""

    def full(self) -> Peer:
        """A connection that is full of names that are not answered, and a query that waits."""
        self.submit(1)
        peer = self.connect()
        peer.replyAll()
        self.submit(64)
        peer.queries()
        return peer

    def test_answersGoOn(self) -> None:
        """Sixty silent names a second: the others are sent at once, in the first seconds and in the tenth."""
        self.submit(1)
        peer = self.connect()
        peer.replyAll()
        for _ in range(600):
            self.submit(1)
            peer.queries()
            self.network.pass_(1 / 64)
            self.submit(1)
            self.assertEqual(peer.replyAll(), 1)
            self.sweep()

    def test_full(self) -> None:
        """
        A connection full of them: one question of our own, which is answered, shows that the peer is
        well, and all that waits is sent.
        """
        peer = self.full()
        self.network.pass_(0.05)
        self.submit(3)
        (own,) = peer.queries()
        self.assertEqual(clients([own]), [])
        self.submit(1)
        self.assertEqual(peer.queries(), [])
        peer.reply(response(own))
        self.assertEqual(len(peer.queries()), 4)
        self.assertEqual((len(self.network.attempts), self.all.failed), (1, []))

    def test_ownUnanswered(self) -> None:
        """
        A connection that takes no more queries is closed once nobody waits for one of them, though
        its peer never answers the question of our own.
        """
        self.submit(1)
        peer = self.connect()
        peer.replyAll()
        names = self.submit(64)
        first, *_ = peer.queries()
        self.network.pass_(0.05)
        names += self.submit(1)
        (own,) = peer.queries()
        self.assertEqual(clients([own]), [])
        peer.reply(keepalive(first, 0))
        self.network.advance(0)
        self.assertFalse(peer.disconnecting)
        for pending in names:
            pending.done = True
        self.sweep()
        self.assertTrue(peer.disconnecting)

    def test_burst(self) -> None:
        """A burst that fills the connection for less than a few round trips is asked nothing of the kind."""
        peer = self.full()
        self.submit(1)
        self.assertEqual(peer.queries(), [])

    def test_busyPeer(self) -> None:
        """A peer that answers nothing at all, not even that, gets no more than it has shown to bear (A13)."""
        peer = self.full()
        for _ in range(5):
            self.wait(0.1)
            self.submit(10)
        self.assertEqual(clients(peer.queries()), [])

    def test_lateGoAlone(self) -> None:
        """The connection falls silent: what was late goes alone, and is in nobody's way."""
        self.submit(1)
        peer = self.connect()
        peer.replyAll()
        self.submit(32)
        peer.queries()
        self.network.pass_(0.5)
        self.submit(1)
        peer.replyAll()
        self.submit(1)
        self.pool.connections.open[0].inFlightTable.settle(0.1)
        self.wait(2.5)
        self.assertEqual([len(clients(each.queries())) for each in self.accepted()], [1] * 9)


class GraceTests(SlowCase):
    """How soon a query is late: a few round trips of what the server has ready."""

    def ask(self, count: int = 1) -> None:
        """So many queries that this address is given."""
        for pending in self.submit(count):
            pending.tried, pending.triedAt = (self.pool,), self.network.seconds()

    def served(self) -> Peer:
        """A connection that has answered one query at once."""
        self.ask()
        peer = self.connect()
        peer.replyAll()
        return peer

    def test_slowAnswers(self) -> None:
        """Names that are answered after seconds, with others passing them by, don't make it longer."""
        peer = self.served()
        self.ask(10)
        slow = peer.queries()
        self.network.pass_(3)
        self.ask()
        self.network.pass_(0.02)
        peer.replyAll()
        peer.reply(*map(response, slow))
        self.assertEqual(len(self.all.answered), 12)
        self.assertLess(self.pool.grace, 0.1)
        self.assertGreater(self.pool.latency, 1)

    def test_waited(self) -> None:
        """Nor does the time that queries wait for a connection, or for room on one."""
        self.ask()
        self.network.pass_(1)
        peer = self.connect()
        self.network.pass_(1 / 32)
        peer.replyAll()
        self.assertEqual((self.pool.latency, self.pool.grace), (1 + 1 / 32, 4 / 32))

    def test_farAway(self) -> None:
        """A server behind a satellite has its round trips."""
        peer = self.served()
        for _ in range(40):
            self.ask()
            self.network.pass_(0.2)
            peer.replyAll()
        self.assertGreater(self.pool.grace, 0.7)


class ClosedTests(SlowCase):
    """Servers that close a connection after so many queries, or so many seconds, whatever is in flight."""

    def closed(self, silent: int) -> None:
        """One closes with so many names in flight that are silent while others are answered."""
        self.submit(1)
        peer = self.connect()
        peer.replyAll()
        self.silent = self.submit(silent)
        peer.queries()
        self.network.pass_(0.1)
        self.submit(1)
        peer.replyAll()
        peer.close()
        self.network.advance(0)

    def test_window(self) -> None:
        """That many names are silent says nothing of how many queries the peer bears at a time."""
        self.closed(40)
        self.assertEqual(self.pool.window.size, self.pool.window.FIRST)

    def test_others(self) -> None:
        """They go out again together, and are from their first moment in nobody's way."""
        self.closed(60)
        peer = self.connect()
        self.submit(60)
        self.assertEqual(len(peer.queries()), 120)

    def test_notAlone(self) -> None:
        """A second close with them in flight: the ways of those that go alone are left to others."""
        self.closed(20)
        peer = self.connect()
        peer.queries()
        mine = self.submit(1)
        peer.close()
        self.network.advance(0)
        self.assertEqual(len(self.connect().queries()), 21)
        self.assertEqual((len(self.accepted()), mine[0].resent), (0, 1))

    def test_threeTimes(self) -> None:
        """A third one, and they are given up (RFC 9520 section 3.1)."""
        self.closed(20)
        for _ in range(2):
            self.connect().close()
            self.network.advance(0)
        self.assertEqual([pending for pending, _ in self.all.failed], self.silent)


class CrowdedTests(SlowCase):
    """Servers that bear so many at a time on a connection, and read no more until one is answered."""

    def test_left(self) -> None:
        """It reads no more: within a second the others are asked over a new connection."""
        self.submit(1)
        peer = self.connect()
        peer.replyAll()
        self.submit(1)
        self.wait(0.1)
        self.submit(1)
        peer.reply(response(peer.queries()[-1]))
        self.pool.connections.open[0].inFlightTable.settle(0.0)
        self.submit(1)
        self.wait(0.3)
        peer.reply(*[response(query) for query in peer.queries()])
        self.submit(2)
        self.wait(0.7)
        self.assertEqual([len(clients(each.queries())) for each in self.accepted()], [2, 1])


class MostQueriesTests(PoolCase):
    """C{max-queries} (RFC 7766 section 6.2.2 has few connections, some servers want more)."""

    def test_burst(self) -> None:
        """64 queries at once over connections that carry 4 each: 16 connections, and nobody fails."""
        self.all.common.settings = ConnectionSettings(queries=4, warm=0.0)
        self.pool = Pool(address("tcp://192.0.2.1:53"), self.all.common)
        self.submit(64)
        counts = []
        while self.network.dial().state == "connecting":
            peer = self.connect()
            counts.append(peer.replyAll())
        self.assertEqual((counts, len(self.all.answered), self.all.failed), ([4] * 16, 64, []))

    def test_manyWait(self) -> None:
        """Where so many wait others wait for their answers: none is cut short, nobody asked twice."""
        self.all.common.settings = ConnectionSettings(queries=1, warm=0.0)
        self.pool = Pool(address("tcp://192.0.2.1:53"), self.all.common)
        self.submit(200)
        peers = self.connectAll()
        self.assertEqual(len(peers), ConnectionMonitor.ASIDE)
        while peers:
            for peer in peers:
                peer.replyAll()
            peers = self.connectAll()
        self.assertEqual((len(self.all.answered), self.all.failed), (200, []))
        self.assertEqual(self.pool.dials, 200)

    def test_silent(self) -> None:
        """Connections that wait for silent names are so many and no more, and make room in time."""
        self.all.common.settings = ConnectionSettings(queries=1, warm=0.0)
        self.pool = Pool(address("tcp://192.0.2.1:53"), self.all.common)
        self.submit(ConnectionMonitor.ASIDE)
        self.connectAll()
        (good,) = self.submit(1)
        self.assertEqual(self.network.dial().state, "connected")
        self.wait(self.pool.LATEST + 0.2)
        peer = self.connect()
        self.assertLessEqual(len(self.pool.connections.alive), ConnectionMonitor.ASIDE + 1)
        peer.replyAll()
        self.assertEqual([each for each, _ in self.all.answered], [good])

    def connectAll(self) -> list[Peer]:
        """Let all dials succeed, also those that follow of it."""
        found = []
        while self.network.attempts and self.network.dial().state == "connecting":
            found.append(self.connect())
        return found
