"""L{Pool}: connections to one address, dialed on demand and shared."""

from __future__ import annotations

from unittest import mock

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionLost
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import address
from dotchain.tls.client import Identity
from dotchain.upstreams.flight import Errand
from dotchain.upstreams.pool import Pool
from dotchain.wire import framing

from ..folders import folder
from ..tls.certificates import Made, make
from ..tls.meeting import serve
from .network import Peer, Surrounded, errands, response


class PoolCase(SynchronousTestCase):
    """Tests with an address in clear text."""

    def setUp(self) -> None:
        self.all = Surrounded()
        self.network = self.all.network
        self.pool = self.make()

    def make(self, connections: int = 1, perConnection: int = 4096) -> Pool:
        """A pool of so many connections."""
        where = address("tcp://192.0.2.1:53")
        return Pool(where, self.all.around, connections=connections, perConnection=perConnection)

    def submit(self, count: int) -> list[Errand]:
        """So many queries at once."""
        made = errands(count)
        for each in made:
            self.pool.submit(each)
        self.network.advance(0)
        return made

    def connect(self) -> Peer:
        """The other end of the connection dialed last."""
        peer = self.network.dial().accept()
        self.network.advance(0)
        return peer

    def sweep(self) -> None:
        """What happens several times a second."""
        self.pool.sweep(self.network.seconds())
        self.network.advance(0)

    def reasons(self) -> list[str]:
        """Why queries failed."""
        return [reason for _, reason in self.all.failed]


class DialTests(PoolCase):
    """How connections begin."""

    def test_onDemand(self) -> None:
        """Nobody is called on before there is a query."""
        self.sweep()
        self.assertEqual((self.network.attempts, self.pool.atRest), ([], True))

    def test_once(self) -> None:
        """500 cold queries dial once, and all leave in one write when the connection is there."""
        self.submit(500)
        self.assertEqual((len(self.network.attempts), self.pool.dials), (1, 1))
        peer = self.connect()
        self.assertEqual(peer.replyAll(), 500)
        self.assertEqual(len(self.all.answered), 500)
        self.submit(500)
        self.assertEqual(peer.replyAll(), 500)
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
        """When the fresh connection ends too, they fail; each is sent twice in all."""
        self.submit(3)
        self.connect().close(ConnectionLost)
        again = self.connect()
        self.assertEqual(len(again.queries()), 3)
        again.close(ConnectionLost)
        self.assertEqual(self.reasons(), ["connection closed with the query in flight, twice"] * 3)
        self.assertEqual((len(self.network.attempts), self.pool.atRest), (2, True))

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
        """2000 queries time out, 5000 follow: no ID of the former among those of the latter."""
        late = self.submit(2000)
        peer = self.connect()
        first = {query[:2] for query in peer.queries()}
        for each in late:
            each.done = True
        self.submit(2000)
        second = {query[:2] for query in peer.queries()}
        self.assertEqual((len(first | second), first & second), (4000, set()))


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
        """What waits when the connection ends leaves on the next."""
        self.submit(15)
        peer = self.connect()
        queries = peer.queries()
        self.submit(1)
        for _ in range(2):
            peer.close()
            peer = self.connect()
            peer.replyAll()
            self.network.advance(0)
            peer.replyAll()
            break
        self.assertEqual((len(queries), len(self.all.answered), self.all.failed), (10, 16, []))

    def test_worn(self) -> None:
        """A connection whose IDs are held by queries that timed out makes place for a fresh one."""
        for each in self.submit(15)[:10]:
            each.done = True
        peer = self.connect()
        self.assertEqual(len(peer.queries()), 5)
        late = self.submit(5)
        for each in late:
            each.done = True
        for each in self.submit(10):
            each.done = True
        self.pool = self.make(perConnection=10)
        stuck = self.submit(10)
        peer = self.connect()
        for each in stuck:
            each.done = True
        (waits,) = self.submit(1)
        self.assertEqual(len(peer.queries()), 10)
        self.sweep()
        self.assertTrue(peer.disconnecting)
        self.assertEqual(self.connect().replyAll(), 1)
        self.assertIs(self.all.answered[-1][0], waits)

    def test_tableNeverFills(self) -> None:
        """However large the cap is set, an ID is soon found."""
        pool = self.make(perConnection=10**6)
        self.assertLess(pool._perConnection, 65536)


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


class TLSCase(PoolCase):
    """Tests with a TLS address, pinned; the peer is the standard library's server."""

    profile = "strict"
    made: Made

    @classmethod
    def setUpClass(cls) -> None:
        """One key for all."""
        cls.made = make(names=["dns.example.org"])

    def setUp(self) -> None:
        super().setUp()
        self.context = serve(folder(self), self.made)

    def make(self, connections: int = 1, perConnection: int = 4096) -> Pool:
        """See L{PoolCase.make}."""
        return self.pinned(self.made.pin)

    def pinned(self, pin: bytes) -> Pool:
        """A pool whose peer must have this key."""
        identity = Identity(None, frozenset({pin}), None, self.profile)
        return Pool(address("tls://192.0.2.1:853"), self.all.around, identity)

    def connect(self) -> Peer:
        """See L{PoolCase.connect}."""
        peer = self.network.dial().accept(self.context)
        self.network.advance(0)
        return peer


class TLSTests(TLSCase):
    """DNS over TLS (RFC 7858)."""

    def test_padded(self) -> None:
        """Queries leave in whole blocks of 128 octets (RFC 8467 section 4.1)."""
        self.submit(50)
        queries = self.connect().queries()
        self.assertEqual(len(queries), 50)
        self.assertEqual({len(query) % 128 for query in queries}, {0})

    def test_answered(self) -> None:
        """The whole way there and back; over an authenticated way AD is believed."""
        self.submit(3)
        peer = self.connect()
        peer.reply(*[response(query, 0x81A0) for query in peer.queries()])
        self.assertEqual([answer.flags & 0x20 for _, answer in self.all.answered], [0x20] * 3)
        assert self.pool.report is not None
        self.assertTrue(self.pool.report.authenticated)

    def test_resumed(self) -> None:
        """The next connection takes up the session of the one before (RFC 8446 section 2.2)."""
        for resumed in (False, True):
            self.submit(1)
            peer = self.connect()
            peer.replyAll()
            assert self.pool.report is not None
            self.assertEqual(self.pool.report.resumed, resumed)
            peer.bye()

    def test_wrongKey(self) -> None:
        """Not an octet of DNS is sent to who is not the one; result and log say why, once."""
        other = make()
        self.pool = self.pinned(other.pin)
        self.submit(5)
        with capturedLogs() as events:
            peer = self.connect()
        self.assertEqual(peer.heard(), b"")
        self.assertTrue(peer.ended)
        self.assertEqual(len(self.all.failed), 5)
        (reason,) = set(self.reasons())
        self.assertIn("authentication failed: no pin matches: wanted pin-sha256=", reason)
        (event,) = [event for event in events if event["log_namespace"].startswith("dotchain")]
        self.assertIn(reason, event["log_format"].format(**event))
        self.assertEqual((self.network.getDelayedCalls(), self.pool.alive), ([], set()))
        self.assertFalse(self.pool.usable)

    def test_noHandshake(self) -> None:
        """A peer that accepts and says nothing is given up in time, and its descriptor with it."""
        self.submit(1)
        peer = self.network.dial().accept()
        self.network.pass_(1.6)
        self.assertEqual(self.reasons(), ["TLS handshake not done in 1.5 s"])
        self.assertTrue(peer.ended)
        self.assertEqual((self.network.getDelayedCalls(), self.pool.alive), ([], set()))

    def test_closedInTheHandshake(self) -> None:
        """A peer that closes instead of shaking hands."""
        self.submit(1)
        self.network.dial().accept().close()
        self.assertEqual(
            self.reasons(), ["TLS handshake failed: the peer closed the connection in the TLS handshake"]
        )
        self.network.advance(0)
        self.assertEqual((self.network.getDelayedCalls(), self.pool.atRest), ([], True))

    def test_noTLS(self) -> None:
        """A peer that speaks something else."""
        self.submit(1)
        peer = self.network.dial().accept()
        peer.say(b"SSH-2.0-OpenSSH_9.2\r\n")
        self.network.advance(0)
        self.assertEqual(self.reasons(), ["TLS handshake failed: the peer does not speak TLS on this port"])
        self.assertEqual((self.network.getDelayedCalls(), self.pool.alive), ([], set()))

    def test_stopInTheHandshake(self) -> None:
        """A handshake under way is broken off, and waited for."""
        self.submit(1)
        peer = self.network.dial().accept()
        result = self.pool.stop()
        assert result is not None
        self.network.advance(0)
        self.successResultOf(result)
        self.assertTrue(peer.ended)
        self.assertEqual(self.network.getDelayedCalls(), [])

    def test_stop(self) -> None:
        """A silent TLS peer never answers close_notify; two seconds are enough for it."""
        (each,) = self.submit(1)
        peer = self.connect()
        each.done = True
        peer.silent = True
        result = self.pool.stop()
        assert result is not None
        with mock.patch.object(peer, "write"):
            self.network.pass_(2.1)
        self.successResultOf(result)
        self.assertEqual(self.network.getDelayedCalls(), [])

    def test_badFrame(self) -> None:
        """A framing error within TLS ends the connection; the query is sent again."""
        self.submit(1)
        self.connect().say(b"\0\5abcde")
        self.assertEqual(self.connect().replyAll(), 1)
        self.assertEqual((len(self.all.answered), self.all.failed), (1, []))

    def test_oneRecordATurn(self) -> None:
        """All queries of a turn share one TLS record: 20 small ones, one header of 5 octets."""
        self.submit(1)
        peer = self.connect()
        peer.replyAll()
        for each in errands(20):
            self.pool.submit(each)
        for _ in range(3):
            self.network.advance(0)
        octets: bytes = peer.value()
        self.assertEqual(5 + int.from_bytes(octets[3:5], "big"), len(octets))
        self.assertEqual(len(framing.split(peer.heard(), 100)[0]), 20)


class EncryptedTests(TLSCase):
    """The profile that authenticates if it can."""

    profile = "encrypted"

    def test_used(self) -> None:
        """Another key is reported, and used; AD is not believed (RFC 4035 section 4.6)."""
        self.pool = self.pinned(make().pin)
        self.submit(1)
        with capturedLogs() as events:
            peer = self.connect()
            peer.reply(*[response(query, 0x81A0) for query in peer.queries()])
        ((_, answer),) = self.all.answered
        self.assertEqual(answer.flags & 0x20, 0)
        self.assertFalse(self.pool.trusted)
        (event,) = [event for event in events if event["log_namespace"].startswith("dotchain")]
        self.assertIn("is not authenticated: no pin matches", event["log_format"].format(**event))

    def test_leastTrusted(self) -> None:
        """Of two connections the one not authenticated decides what is believed."""
        other = make()
        pool = Pool(
            address("tls://192.0.2.1:853"),
            self.all.around,
            Identity(None, frozenset({self.made.pin}), None, "encrypted"),
            connections=2,
            perConnection=4,
        )
        self.pool = pool
        good, self.context = self.context, serve(folder(self), other)
        self.submit(1)
        self.connect()
        self.assertFalse(pool.trusted)
        self.context = good
        self.submit(1)
        self.connect()
        assert pool.report is not None
        self.assertTrue(pool.report.authenticated)
        self.assertFalse(pool.trusted)
