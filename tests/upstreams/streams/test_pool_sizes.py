"""L{Pool}: more queries than one connection takes."""

from __future__ import annotations

from dotchain.upstreams.inflighttable import InFlightTable

from ..upstreamcommon import exhaust
from .poolcase import PoolCase


class CapTests(PoolCase):
    """More queries than one connection takes."""

    def setUp(self) -> None:
        super().setUp()
        self.pool = self.make(perConnection=10)

    def test_wait(self) -> None:
        """What is over the cap waits, and leaves as answers come."""
        self.submit(25)
        peer = self.connect()
        for count in (10, 10, 5):
            self.assertEqual(peer.replyAll(), count)
            self.network.advance(0)
        self.assertEqual((len(self.all.answered), len(self.network.attempts)), (25, 1))

    def test_waitingSurvivesTheEnd(self) -> None:
        """What waits when the connection ends leaves on the next, behind what is sent again."""
        self.submit(15)
        self.connect().close()
        peer = self.connect()
        self.assertEqual(exhaust(self.network, peer)[0], 8)
        self.assertEqual((len(self.all.answered), self.all.failed), (15, []))

    def test_nothingInFlight(self) -> None:
        """What waits is dialed for even if nobody waits for what was in flight."""
        late = self.submit(10)
        peer = self.connect()
        for each in late:
            each.done = True
        self.submit(1)
        peer.close()
        self.assertEqual(self.connect().replyAll(), 1)

    def test_worn(self) -> None:
        """A connection whose IDs are held by queries that timed out makes place for a fresh one."""
        self.patch(InFlightTable, "LIMIT", 16)
        late = self.submit(10)
        peer = self.connect()
        (waiting,) = self.submit(1)
        self.sweep()
        self.assertFalse(peer.disconnecting)
        for each in late:
            each.done = True
        self.sweep()
        self.assertTrue(peer.disconnecting)
        self.assertEqual(self.connect().replyAll(), 1)
        self.assertEqual([each for each, _ in self.all.answered], [waiting])

    def test_tableNeverFills(self) -> None:
        """However large the cap is set, an ID is soon found."""
        pool = self.make(perConnection=10**6)
        pool.window.answered(10**6)
        self.assertLess(pool.window.size, 65536)


class ManyTests(PoolCase):
    """More than one connection, where that is configured."""

    def setUp(self) -> None:
        super().setUp()
        self.pool = self.make(connections=2, perConnection=10)

    def test_second(self) -> None:
        """A second is dialed when the first is half full, and shares the load."""
        self.submit(4)
        first = self.connect()
        self.submit(2)
        second = self.connect()
        self.submit(4)
        self.assertEqual((len(first.queries()), len(second.queries())), (6, 4))
        self.submit(10)
        self.assertEqual(len(self.network.attempts), 2)

    def test_secondRefused(self) -> None:
        """A server that wants one only gets one: no storm, and the address stays good."""
        self.submit(4)
        first = self.connect()
        self.submit(4)
        self.network.dial().refuse()
        self.assertTrue(self.pool.usable)
        self.submit(10)
        self.assertEqual(len(self.network.attempts), 2)
        while first.replyAll():
            self.network.advance(0)
        self.assertEqual((len(self.all.answered), self.all.failed), (18, []))
