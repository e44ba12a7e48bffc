"""The UDP front and the reactor: the work of a turn, the end of service."""

from __future__ import annotations

import socket
from typing import Any

from twisted.internet.defer import Deferred

from dotchain.batchcalls import BATCH
from dotchain.fronts.datagrams.port import DatagramPort
from dotchain.testing import Scripted, makeQuery
from dotchain.wire import Answer, Query

from ..streams.portcase import ANSWER
from .portcase import UdpCase
from .sockets import Through, received


class Counted(Through):
    """
    A socket like another.

    @ivar flushes: how often what is queued was sent.
    """

    flushes = 0

    def flush(self) -> None:
        """Send what is queued."""
        self.flushes += 1
        super().flush()


class TurnTests(UdpCase):
    """The work of one reactor turn."""

    def test_bounded(self) -> None:
        """One turn takes a bounded number of datagrams, so that streams and timers get theirs (B2)."""
        self.serve(chain := Scripted(ANSWER, replays=False))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        client = self.client()
        wire = makeQuery().wire
        bound = DatagramPort.BATCHES * BATCH
        for _ in range(bound + 10):
            client.send(wire)
        self.loop.turn()
        self.assertEqual(len(chain.asked), bound)
        self.loop.settle()
        self.assertEqual(len(chain.asked), bound + 10)

    def test_oneFlush(self) -> None:
        """Answers that come later leave together at the end of their turn."""
        self.io = Counted(self.io)
        self.serve(chain := Scripted(ANSWER, later=True))
        clients = [self.client() for _ in range(5)]
        for client in clients:
            client.send(makeQuery().wire)
        self.loop.settle()
        self.assertEqual(self.reader.inFlight, 5)
        self.io.flushes = 0
        chain.fireAll()
        self.assertEqual([received(client) for client in clients], [[]] * 5)
        self.loop.settle()
        self.assertEqual([len(received(client)) for client in clients], [1] * 5)
        self.assertEqual((self.io.flushes, self.reader.inFlight), (1, 0))

    def test_firedByAnother(self) -> None:
        """An answer that comes while another query is asked reaches the right client."""
        waiting: list[Deferred[Answer]] = []

        def said(query: Query) -> Any:
            if not waiting:
                waiting.append(Deferred())
                return waiting[0]
            if not waiting[0].called:
                waiting[0].callback(ANSWER)
            return ANSWER

        self.serve(Scripted(said, replays=False))
        found = self.asked(*[makeQuery(identity=identity).wire for identity in (1, 2, 3)])
        self.assertEqual((sorted(message.id for message in found), self.reader.inFlight), ([1, 2, 3], 0))


class EndTests(UdpCase):
    """The end of service."""

    def test_drain(self) -> None:
        """A stopped front takes nothing new, and still answers what is in flight."""
        self.serve(chain := Scripted(ANSWER, later=True))
        client = self.client()
        client.send(makeQuery(identity=1).wire)
        self.loop.settle()
        self.reader.stop(self.loop)
        client.send(makeQuery(identity=2).wire)
        self.loop.settle()
        self.assertEqual((self.loop.watched, len(chain.asked)), (set(), 1))
        chain.fireAll()
        self.reader.close()
        self.assertEqual([octets[:2] for octets in received(client)], [b"\0\1"])
        self.loop.settle()

    def test_lateAnswers(self) -> None:
        """An answer after the end is sent nowhere, above all not to a file that got the same number."""
        self.serve(chain := Scripted(ANSWER, later=True))
        client = self.client()
        client.send(makeQuery().wire)
        self.loop.settle()
        self.reader.stop(self.loop)
        self.reader.close()
        heir, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(heir.close)
        self.addCleanup(other.close)
        other.setblocking(False)
        chain.fireAll()
        self.loop.settle()
        self.reader.close()
        self.assertEqual((received(other), received(client), self.reader.inFlight), ([], [], 0))
        self.assertEqual((self.io.sendErrors, self.events), (0, []))


class SingleTurnTests(TurnTests):
    """The same without the batched calls."""

    batched = False


class SingleEndTests(EndTests):
    """The same without the batched calls."""

    batched = False
