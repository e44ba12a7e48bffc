"""L{Pipeline}: messages over one connection, and its end."""

from __future__ import annotations

from twisted.internet.error import ConnectionLost
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import address
from dotchain.upstreams.streams.pipeline import Pipeline
from dotchain.upstreams.streams.pool import Pool
from dotchain.wire import framing

from ..network import Peer, response
from ..upstreamcommon import RecordingCommon, pending, pendingQueries


class PipelineCase(SynchronousTestCase):
    """Tests with one open connection in clear text."""

    def setUp(self) -> None:
        self.all = RecordingCommon()
        self.network = self.all.network
        self.pool = Pool(address("tcp://192.0.2.1:53"), self.all.common)
        self.pool.submit(pending())
        self.peer = self.connect()
        self.peer.replyAll()
        self.all.answered.clear()

    def connect(self) -> Peer:
        """The other end of the connection dialed last."""
        peer = self.network.dial().accept()
        self.network.advance(0)
        return peer

    @property
    def pipeline(self) -> Pipeline:
        """The connection."""
        (found,) = self.pool.connections.alive
        return found


class SendTests(PipelineCase):
    """Queries on their way out."""

    def test_oneWrite(self) -> None:
        """All queries of one turn leave in one write, each whole behind its length."""
        writes: list[bytes] = []
        self.peer.write = writes.append  # type: ignore[method-assign]
        for each in pendingQueries(50):
            self.pool.submit(each)
        self.assertEqual(writes, [])
        self.network.advance(0)
        (octets,) = writes
        messages, rest = framing.split(octets, 100)
        self.assertEqual((len(messages), rest), (50, b""))

    def test_turnAfterTurn(self) -> None:
        """Each turn has its write."""
        for _ in range(3):
            self.pool.submit(pending())
            self.network.advance(0)
            self.assertEqual(len(self.peer.queries()), 1)

    def test_nothingWhenGone(self) -> None:
        """What was to leave when the connection ends is not written to it, but to the next."""
        self.pool.submit(pending())
        self.peer.close()
        self.network.advance(0)
        self.assertEqual(self.peer.heard(), b"")
        self.assertEqual(len(self.connect().queries()), 1)


class ReceiveTests(PipelineCase):
    """Answers on their way in."""

    def ask(self, count: int) -> list[bytes]:
        """So many queries, as the peer sees them."""
        for each in pendingQueries(count):
            self.pool.submit(each)
        self.network.advance(0)
        return self.peer.queries()

    def test_anyOrder(self) -> None:
        """Answers come in the order that suits the upstream (RFC 7766 section 7)."""
        queries = self.ask(20)
        self.peer.reply(*[response(query) for query in reversed(queries)])
        names = [each.query.name.to_text() for each, _ in self.all.answered]
        self.assertEqual(names, [f"name{number}.example.org." for number in reversed(range(20))])

    def test_everySplit(self) -> None:
        """Wherever TCP cuts them, messages come whole."""
        for cut in range(1, 80):
            self.all.answered.clear()
            octets = framing.join([response(query) for query in self.ask(2)])
            self.peer.say(octets[:cut])
            self.peer.say(octets[cut:])
            self.assertEqual(len(self.all.answered), 2, cut)

    def test_answerAndEnd(self) -> None:
        """What came in the turn in which the connection ended counts: nothing is sent again for it."""
        sent = pendingQueries(3)
        for each in sent:
            self.pool.submit(each)
        self.network.advance(0)
        for query in self.peer.queries():
            self.peer.protocol.dataReceived(framing.frame(response(query)))
        self.assertEqual(self.all.answered, [])
        self.peer.close()
        self.assertEqual([each for each, _ in self.all.answered], sent)

    def test_dribble(self) -> None:
        """Octet by octet."""
        for octet in framing.join([response(query) for query in self.ask(3)]):
            self.peer.say(bytes([octet]))
        self.assertEqual(len(self.all.answered), 3)

    def test_largest(self) -> None:
        """A message of 65535 octets."""
        (query,) = self.ask(1)
        bare = response(query)
        size = 65535 - len(bare) - 12
        text = b"\xc0\x0c\0\x10\0\1\0\0\0\x3c" + size.to_bytes(2, "big") + bytes(size)
        self.peer.reply(response(query, records=text))
        self.assertEqual(len(self.all.answered[0][1].body), size + 12)

    def test_unsolicited(self) -> None:
        """What was not asked for is dropped among what was."""
        queries = self.ask(2)
        stray = response(bytes([queries[0][0] ^ 0x55]) + queries[0][1:])
        self.peer.reply(response(queries[0]), stray, queries[1], bytes(12), response(queries[1]))
        self.assertEqual(len(self.all.answered), 2)
        self.assertFalse(self.peer.disconnected)

    def test_badFrame(self) -> None:
        """A frame of less than a header: nothing behind it can be trusted, so the end, and all again."""
        for length in (0, 1, 5, 11):
            before = len(self.network.attempts)
            self.ask(3)
            with capturedLogs() as events:
                self.peer.say(length.to_bytes(2, "big") + bytes(length))
            self.assertTrue(self.peer.disconnected)
            self.network.advance(0)
            self.assertEqual(len(self.network.attempts), before + 1)
            self.peer = self.connect()
            self.assertEqual(self.peer.replyAll(), 3)
            self.assertLessEqual(len(events), 1)
        self.assertEqual((len(self.all.answered), self.all.failed), (12, []))

    def test_badFrameBehindGoodOnes(self) -> None:
        """What came before it counts, and the end comes at once."""
        queries = self.ask(3)
        self.peer.say(framing.join([response(query) for query in queries[:2]]) + b"\0\0")
        self.assertEqual((len(self.all.answered), self.peer.disconnected), (2, True))
        self.network.advance(0)
        self.assertEqual(self.connect().replyAll(), 1)
        self.assertEqual(self.all.failed, [])

    def test_noQueryAfterABadFrame(self) -> None:
        """In the turn before the end is told nothing more is given to the connection."""
        self.peer.say(b"\0\0")
        late = pending()
        self.pool.submit(late)
        self.peer = self.connect()
        self.assertEqual(self.peer.replyAll(), 1)
        self.assertFalse(late.resent)

    def test_reset(self) -> None:
        """The end in the middle of a message: the piece is dropped, the query sent again."""
        (query,) = self.ask(1)
        self.peer.say(framing.frame(response(query))[:9])
        self.peer.close(ConnectionLost)
        self.peer = self.connect()
        self.assertEqual(self.peer.replyAll(), 1)
        self.assertEqual((len(self.all.answered), self.all.failed), (1, []))


class EndTests(PipelineCase):
    """Closing."""

    def test_retired(self) -> None:
        """A connection is closed in order, and its timer goes with it."""
        self.pipeline.retire()
        self.assertTrue(self.peer.disconnecting)
        self.network.advance(0)
        self.assertTrue(self.peer.ended)
        self.assertEqual((self.network.getDelayedCalls(), self.pool.connections.alive), ([], set()))

    def test_silentPeer(self) -> None:
        """A peer that does not close its side is given up after two seconds."""
        self.peer.silent = True
        self.pipeline.retire()
        self.network.pass_(1.9)
        self.assertFalse(self.peer.disconnected)
        self.network.pass_(0.2)
        self.assertTrue(self.peer.disconnected)
        self.assertEqual((self.network.getDelayedCalls(), self.pool.connections.alive), ([], set()))

    def test_endsAtOnce(self) -> None:
        """A transport that ends within C{loseConnection} leaves no timer behind."""
        self.peer.loseConnection = self.peer.close  # type: ignore[method-assign]
        self.pipeline.retire()
        self.assertEqual((self.network.getDelayedCalls(), self.pool.connections.alive), ([], set()))

    def test_retiredOnce(self) -> None:
        """Retiring twice is retiring once; so is aborting what has ended."""
        pipeline = self.pipeline
        self.peer.silent = True
        pipeline.retire()
        pipeline.retire()
        self.assertEqual(len(self.network.getDelayedCalls()), 1)
        self.peer.close()
        pipeline.abort()
        self.assertFalse(self.peer.disconnected)

    def test_answersStillCome(self) -> None:
        """Answers on a retired connection still count, and new queries go elsewhere."""
        self.peer.silent = True
        self.pool.submit(pending())
        self.network.advance(0)
        self.pipeline.retire()
        self.pool.submit(pending())
        self.assertEqual(self.peer.replyAll(), 1)
        self.assertEqual(len(self.all.answered), 1)
        self.assertEqual(len(self.network.attempts), 2)
