"""In place of a worker that has ended, on sockets that were handed down."""

from __future__ import annotations

from typing import Any

from dotchain.share import Share
from dotchain.workers.inheritedsockets import adopt
from dotchain.workers.standin import StandIn

from ..fronts.datagrams.sockets import bound, received
from ..fronts.frontcase import FrontCase
from ..fronts.streams.portcase import framed


class StandInTests(FrontCase):
    """L{StandIn}, in worker 1 of two."""

    def setUp(self) -> None:
        """A front that serves on a socket of its own, and has the other worker's."""
        super().setUp()
        self.front1 = self.front("udp://127.0.0.1:0")
        part: Any = (None, self.front1)
        spares = adopt([part], [[[bound(self).detach(), bound(self).detach()]]], Share(1, 2))
        ((_, _, self.other),) = spares[2]
        self.addCleanup(self.other.close)
        self.assertEqual(spares[1], [])
        self.front1.bind()
        self.front1.startService()
        self.standIn = StandIn(spares, self.loop)
        self.standIn.startService()
        self.client = bound(self)

    def send(self, number: int, to: Any = None) -> None:
        """A query to the socket of the other worker."""
        self.client.sendto(framed(number)[2:], to or self.other.getsockname())
        self.loop.settle()

    def answered(self) -> list[int]:
        """The IDs of the queries that are answered now."""
        self.chain.fireAll()
        self.loop.settle()
        return [int.from_bytes(each[:2], "big") for each in received(self.client)]

    def test_own(self) -> None:
        """A worker reads its own socket only."""
        self.send(1)
        self.send(2, self.at(self.front1))
        self.assertEqual(self.answered(), [2])

    def test_cover(self) -> None:
        """What waits at the other's socket is answered, and what comes there later."""
        self.send(1)
        self.standIn.cover(2)
        self.standIn.cover(2)
        self.loop.settle()
        self.send(2)
        self.assertEqual(sorted(self.answered()), [1, 2])

    def test_uncover(self) -> None:
        """What comes after the other is back is left to it; what was asked before is answered here."""
        self.standIn.cover(2)
        self.send(1)
        self.standIn.uncover(2)
        self.send(2)
        self.assertEqual(self.answered(), [1])
        self.standIn.cover(2)
        self.loop.settle()
        self.assertEqual(self.answered(), [2])

    def test_follow(self) -> None:
        """Another front answers what comes to the other's socket from now on, the old one what came."""
        self.standIn.cover(2)
        self.send(1)
        front = self.front("udp://127.0.0.1:0")
        self.standIn.follow({self.front1.listen[0]: front})
        self.loop.settle()
        self.send(2)
        self.assertEqual(front.responders["udp"].counts.queries, 1)
        self.assertEqual(sorted(self.answered()), [1, 2])

    def test_gone(self) -> None:
        """An address that is nobody's any more is free at once, but for one where somebody waits."""
        self.standIn.cover(2)
        self.standIn.follow({})
        self.assertEqual(self.other.fileno(), -1)

    def test_goneBusy(self) -> None:
        """There it is free after a second; what was asked is answered."""
        self.standIn.cover(2)
        self.send(1)
        self.standIn.follow({})
        self.assertEqual(self.answered(), [1])
        self.loop.advance(StandIn.LINGERS)
        self.assertEqual(self.other.fileno(), -1)

    def test_unknown(self) -> None:
        """Where all workers share their sockets there is nothing to stand in for."""
        standIn = StandIn({2: []}, self.loop)
        standIn.startService()
        standIn.cover(2)
        standIn.uncover(2)
        self.successResultOf(standIn.stopService())

    def test_stop(self) -> None:
        """At the end it reads no more, and waits until all is answered that it was asked."""
        self.standIn.cover(2)
        self.send(1)
        done = self.standIn.stopService()
        self.standIn.cover(2)
        self.send(2)
        self.assertNoResult(done)
        self.assertEqual(self.answered(), [1])
        self.loop.advance(0.03)
        self.successResultOf(done)
        self.assertEqual(self.other.fileno(), -1)


class AdoptTests(FrontCase):
    """L{adopt}."""

    def test_shared(self) -> None:
        """A socket of all workers is each one's own."""
        front = self.front("udp://127.0.0.1:0")
        part: Any = (None, front)
        self.assertEqual(adopt([part], [[[bound(self).detach()]]], Share(2, 2)), {1: [], 2: []})
        front.bind()
        self.assertEqual(len(front.ports), 1)
