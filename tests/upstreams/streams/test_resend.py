"""Queries whose connection ended under them, or whose answer is spoiled."""

from __future__ import annotations

from twisted.internet.error import ConnectionLost
from twisted.logger import capturedLogs

from ..network import Peer, response
from .poolcase import PoolCase


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

    def test_afterEachAnswerUnderLoad(self) -> None:
        """So are many queries at a time: in the end each has a connection of its own (A4)."""
        self.submit(6)
        for _ in range(40):
            self.network.advance(0)
            attempt = self.network.dial()
            peer = self.connect() if attempt.state == "connecting" else attempt.peer
            assert peer is not None
            if queries := peer.queries():
                peer.reply(response(queries[0]))
                self.network.advance(0)
                peer.close()
        self.assertEqual((len(self.all.answered), self.all.failed), (6, []))

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
        self.assertEqual((len(self.network.attempts), self.pool.nothingOpen), (5, True))

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
        self.assertEqual([pending for pending, _ in self.all.failed], [bad])
        self.assertEqual({pending for pending, _ in self.all.answered}, set(good))

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
        # The last two may be at the most, jittered.
        self.assertEqual(sorted(waits[:3]), waits[:3])
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


class SpoiledTests(PoolCase):
    """What comes for a query that is no answer to it."""

    def asked(self) -> tuple[Peer, bytes]:
        """A query, as its peer has it."""
        self.submit(1)
        peer = self.connect()
        (query,) = peer.queries()
        return peer, query

    def test_askedAgain(self) -> None:
        """An answer to another question, what calls itself a query, and noise: asked again soon."""
        for spoil in (
            lambda query: response(query, question=b"\5other\0\0\1\0\1"),
            lambda query: response(query, flags=0x0100),
            lambda query: query[:2] + b"\xff" * 30,
        ):
            self.setUp()
            peer, query = self.asked()
            peer.reply(spoil(query))
            self.sweep()
            (again,) = peer.queries()
            self.assertNotEqual(again[:2], query[:2])
            peer.reply(response(again))
            self.network.advance(0)
            self.assertEqual((len(self.all.answered), self.all.failed), (1, []))

    def test_once(self) -> None:
        """Once: whoever never has an answer is not asked without end."""
        peer, query = self.asked()
        peer.reply(response(query, flags=0x0100))
        self.sweep()
        (again,) = peer.queries()
        peer.reply(response(again, flags=0x0100))
        self.sweep()
        self.assertEqual((peer.queries(), self.all.answered), ([], []))

    def test_rightOne(self) -> None:
        """The right answer still counts where it comes after all, and but one."""
        peer, query = self.asked()
        peer.reply(response(query, flags=0x0100))
        self.sweep()
        (again,) = peer.queries()
        peer.reply(response(query), response(again))
        self.network.advance(0)
        self.assertEqual((len(self.all.answered), self.all.failed), (1, []))

    def test_babbler(self) -> None:
        """Nothing is asked again where the right answer comes right behind what is none."""
        peer, query = self.asked()
        peer.reply(response(query, flags=0x0100))
        self.network.advance(0)
        peer.reply(response(query))
        self.sweep()
        self.assertEqual((peer.queries(), len(self.all.answered)), ([], 1))
