"""L{Pool}: the watch over its connections, so that no query meets a dead one."""

from __future__ import annotations

from twisted.internet.error import ConnectionLost
from twisted.logger import capturedLogs

from dotchain.address import address
from dotchain.upstreams.streams.pool import Pool
from dotchain.upstreams.upstreamcommon import ConnectionSettings
from dotchain.wire import edns, framing

from ...wire.vectors import QUESTION
from ..network import Peer, response
from .poolcase import PoolCase


def keepalive(query: bytes, tenths: int) -> bytes:
    """A response with an edns-tcp-keepalive timeout (RFC 7828 section 3.1), in units of 100 ms."""
    plain = response(query)
    opt = edns.record(False, 0, edns.option(11, tenths.to_bytes(2, "big")))
    return plain[:10] + b"\0\1" + plain[12:] + opt


class ConnectionMonitorTests(PoolCase):
    """Idle time, age, silence, warmth."""

    def settled(self, **settings: float) -> None:
        """Other settings than the default ones."""
        self.all.common.settings = ConnectionSettings(**{"warm": 0.0, **settings})  # type: ignore[arg-type]
        self.pool = Pool(address("tcp://192.0.2.1:53"), self.all.common)

    def served(self) -> Peer:
        """A connection that has answered one query."""
        self.submit(1)
        peer = self.connect()
        peer.replyAll()
        return peer

    def test_learnsIdleClose(self) -> None:
        """The peer closes after 2 s unused: from then on we close before, at 1.6 s (A1)."""
        peer = self.served()
        self.network.pass_(2)
        peer.close()
        peer = self.served()
        for seconds, closing in ((1.5, False), (0.2, True)):
            self.network.pass_(seconds)
            self.sweep()
            self.assertEqual(peer.disconnecting, closing)
        self.assertEqual((self.all.failed, self.pool.failures), ([], 0))

    def test_asksForKeepalive(self) -> None:
        """On a stream each query asks for the idle timeout, with an empty option (RFC 7828 section 3.2.1)."""
        self.submit(1)
        (query,) = self.connect().queries()
        self.assertTrue(query.endswith(b"\0\x0b\0\0"))

    def test_toldIdle(self) -> None:
        """What the peer tells is kept to, at 0.8 of it."""
        self.submit(1)
        peer = self.connect()
        peer.reply(*[keepalive(query, 20) for query in peer.queries()])
        self.network.pass_(1.7)
        self.sweep()
        self.assertTrue(peer.disconnecting)

    def test_toldZero(self) -> None:
        """A timeout of 0: what is in flight is finished, no new query goes there (RFC 7828 section 3.2.2)."""
        self.submit(2)
        peer = self.connect()
        first, second = peer.queries()
        peer.reply(keepalive(first, 0))
        self.submit(1)
        self.assertEqual(peer.queries(), [])
        self.assertEqual(self.connect().replyAll(), 1)
        self.sweep()
        self.assertFalse(peer.disconnecting)
        peer.reply(response(second))
        self.sweep()
        self.assertTrue(peer.disconnecting)
        self.assertEqual(len(self.all.answered), 3)

    def test_silence(self) -> None:
        """Two seconds without an octet, however much is sent meanwhile: asked again over a new one (A3)."""
        peer = self.served()
        for _ in range(22):
            self.submit(1)
            self.network.pass_(0.1)
            self.sweep()
        asked = len(peer.queries())
        fresh = self.connect()
        self.assertEqual(fresh.replyAll(), asked)
        self.assertEqual((len(self.all.answered), self.all.failed), (asked + 1, []))

    def junk(self, query: bytes) -> list[bytes]:
        """What answers nothing that was asked: another ID, another question, no response, an empty record."""
        other = bytes((query[0] ^ 1,)) + query[1:]
        return [
            framing.frame(response(other)),
            framing.frame(response(query, question=QUESTION)),
            framing.frame(response(query, flags=0x0100)),
            b"",
        ]

    def test_junkIsSilence(self) -> None:
        """What nobody has asked for is no sign of life: the query goes out over a fresh connection."""
        for number in range(4):
            self.setUp()
            peer = self.served()
            self.submit(1)
            (query,) = peer.queries()
            for _ in range(22):
                peer.say(self.junk(query)[number])
                self.network.pass_(0.1)
                self.sweep()
            self.assertEqual(self.connect().replyAll(), 1)
            self.assertEqual(len(self.all.answered), 2)

    def test_junkIsIdleness(self) -> None:
        """Nor does it keep an unused connection open."""
        for number in range(4):
            self.setUp()
            peer = self.served()
            for _ in range(16):
                peer.say(self.junk(bytes(12) + QUESTION)[number])
                self.network.pass_(0.5)
                self.sweep()
            self.network.pass_(0.1)
            self.sweep()
            self.assertTrue(peer.disconnecting)

    def test_junkAlone(self) -> None:
        """A peer that has sent nothing but junk has failed, as one that is mute."""
        self.submit(1)
        peer = self.connect()
        for _ in range(22):
            peer.reply(response(bytes(12) + QUESTION))
            self.network.pass_(0.1)
            self.sweep()
        self.assertGreater(self.pool.retryAt, 0)

    def test_longAnswer(self) -> None:
        """A large answer that is on its way over a slow link is heard, though it takes its time."""
        peer = self.served()
        self.submit(1)
        (query,) = peer.queries()
        for octets in framing.frame(response(query)):
            peer.say(bytes((octets,)))
            self.network.pass_(0.1)
            self.sweep()
        self.assertEqual((len(self.network.attempts), len(self.all.answered)), (1, 2))

    def test_forgottenAtRest(self) -> None:
        """
        A NAT forgets the connection in 3 s of rest and tells nobody: asked again after a second.

        From then on we close before, at 2.4 s, as with a peer that closes.
        """
        self.served()
        self.network.pass_(3)
        self.submit(1)
        self.network.pass_(1.1)
        self.sweep()
        peer = self.connect()
        self.assertEqual(peer.replyAll(), 1)
        self.sweep()
        for seconds, closing in ((2.3, False), (0.2, True)):
            self.network.pass_(seconds)
            self.sweep()
            self.assertEqual(peer.disconnecting, closing)
        self.assertEqual((len(self.all.answered), self.all.failed), (2, []))

    def test_shortRest(self) -> None:
        """Silence under load has nothing to do with rest, and teaches nothing about it."""
        self.served()
        self.network.pass_(0.5)
        self.submit(1)
        self.network.pass_(1.5)
        self.sweep()
        self.assertEqual(len(self.network.attempts), 1)
        self.network.pass_(0.6)
        self.sweep()
        self.connect().replyAll()
        self.assertEqual(self.pool.connectionMonitor.limit.seconds(None), 8.0)

    def test_slowIsNotDead(self) -> None:
        """One that answers after all was not forgotten: nothing is learned."""
        old = self.served()
        self.network.pass_(3)
        self.submit(1)[0].deadline += 3
        self.network.pass_(2.1)
        self.sweep()
        old.replyAll()
        self.connect().replyAll()
        self.sweep()
        self.assertEqual(self.pool.connectionMonitor.limit.seconds(None), 8.0)

    def test_neverAnswered(self) -> None:
        """A name that is answered over no connection teaches nothing about the first one."""
        self.served()
        self.network.pass_(3)
        (never,) = self.submit(1)
        self.network.pass_(2.1)
        self.sweep()
        peer = self.connect()
        peer.queries()
        never.done = True
        self.submit(1)
        peer.replyAll()
        self.sweep()
        self.assertEqual(self.pool.connectionMonitor.limit.seconds(None), 8.0)

    def test_afterASlowName(self) -> None:
        """A name that was never answered brings no later query under suspicion (A5)."""
        peer = self.served()
        (never,) = self.submit(1)
        peer.queries()
        never.done = True
        self.sweep()
        self.network.pass_(5)
        self.submit(1)
        self.sweep()
        self.assertEqual((len(self.network.attempts), peer.replyAll()), (1, 1))

    def test_slowName(self) -> None:
        """The answer to a slow name still counts when it comes over the connection that was left (A5)."""
        self.submit(1)
        peer = self.connect()
        (query,) = peer.queries()
        self.network.pass_(2.1)
        self.sweep()
        peer.reply(response(query))
        self.assertEqual(len(self.all.answered), 1)

    def test_otherWay(self) -> None:
        """The route to the peer has changed: what is in flight goes out again, over a new connection (A3)."""
        self.submit(1)
        first = self.connect()
        self.network.kernelRoute = frozenset({(4, b"tun0")})
        with capturedLogs() as events:
            self.pool.networkChanged()
        self.assertEqual(self.connect().replyAll(), 1)
        self.assertEqual((len(self.all.answered), self.all.failed), (1, []))
        self.sweep()
        self.assertTrue(first.disconnecting)
        self.assertEqual(len(events), 1)

    def test_sameWay(self) -> None:
        """Another route than the peer's has changed: its connection stays."""
        self.served()
        self.pool.networkChanged()
        self.submit(1)
        self.assertEqual(len(self.network.attempts), 1)

    def test_slept(self) -> None:
        """The machine has slept: all connections are left, though all lead the same way, without a word."""
        self.submit(1)
        self.connect()
        with capturedLogs() as events:
            self.pool.networkChanged(True)
        self.assertEqual(self.connect().replyAll(), 1)
        self.assertEqual((len(self.all.answered), len(self.network.attempts), events), (1, 2, []))

    def test_networkAgain(self) -> None:
        """What could not be reached is tried at once when the network changes (A8)."""
        self.submit(1)
        self.network.dial().refuse()
        self.assertFalse(self.pool.usable)
        self.pool.networkChanged()
        self.assertEqual((self.pool.usable, self.pool.failures), (True, 0))

    def test_mute(self) -> None:
        """A peer that takes connections and says nothing has failed, until it answers something."""
        self.submit(1)
        self.connect().queries()
        self.network.pass_(2.1)
        self.sweep()
        self.connect()
        self.assertGreater(self.pool.retryAt, 0)
        self.network.pass_(2.1)
        self.sweep()
        self.connect().replyAll()
        self.assertEqual((self.pool.retryAt, len(self.all.answered)), (0.0, 1))

    def test_trial(self) -> None:
        """A mute peer that is dialed without a query is asked a question of our own; no client waits."""
        (lone,) = self.submit(1)
        self.connect().queries()
        self.network.pass_(2.1)
        self.sweep()
        lone.done = True
        self.network.dial().refuse()
        self.network.pass_(1)
        self.pool.probe()
        peer = self.connect()
        (query,) = peer.queries()
        self.assertEqual(query[12:17], b"\0\0\2\0\1")
        self.assertGreater(self.pool.retryAt, 0)
        peer.reply(response(query))
        self.assertEqual(self.pool.retryAt, 0.0)

    def test_slowAmongFast(self) -> None:
        """One name without an answer does not cost a connection that answers others (A5)."""
        (slow,) = self.submit(1)
        peer = self.connect()
        peer.queries()
        for _ in range(40):
            self.submit(1)
            peer.replyAll()
            self.network.pass_(0.1)
            self.sweep()
        slow.done = True
        self.sweep()
        self.assertEqual((len(self.network.attempts), peer.disconnecting), (1, False))

    def test_tooManyAtOnce(self) -> None:
        """A peer that closes at 20 in flight: nothing fails, and the limit settles below (A13)."""
        self.submit(100)
        for _ in range(40):
            if self.network.dial().state == "connecting":
                peer = self.connect()
            queries = peer.queries()
            if len(queries) >= 20:
                peer.close(ConnectionLost)
            else:
                peer.reply(*[response(query) for query in queries])
            self.network.pass_(0.3)
            self.sweep()
        self.assertEqual((len(self.all.answered), self.all.failed), (100, []))
        self.assertLess(self.pool.window.size, 20)

    def test_fewLostQueries(self) -> None:
        """A close that meets one query says nothing of how many a connection bears (A13)."""
        self.submit(1)
        self.connect().close(ConnectionLost)
        self.assertEqual((self.connect().replyAll(), self.pool.window.size), (1, 64))

    def test_life(self) -> None:
        """A connection is replaced when it is as old as may be, and its queries are finished."""
        self.settled(life=60.0)
        peer = self.served()
        for _ in range(13):
            self.network.pass_(5)
            self.submit(1)
            self.sweep()
            peer.replyAll()
        self.sweep()
        self.assertTrue(peer.disconnecting)
        self.submit(1)
        self.assertEqual(self.connect().replyAll(), 1)

    def test_mostQueries(self) -> None:
        """A connection carries so many queries, then the next one begins."""
        self.settled(queries=3)
        self.submit(3)
        peer = self.connect()
        peer.replyAll()
        self.submit(1)
        self.assertEqual(peer.queries(), [])
        self.assertEqual(self.connect().replyAll(), 1)

    def test_warm(self) -> None:
        """For some time after the last query a connection stands ready; then no more (keep-warm)."""
        self.settled(warm=20.0)
        self.served()
        dials = []
        for _ in range(60):
            self.network.pass_(1)
            self.sweep()
            if self.network.dial().state == "connecting":
                self.connect()
            dials.append(len(self.network.attempts))
        self.assertEqual((dials[10], dials[-1]), (2, 3))
        self.assertTrue(self.pool.nothingOpen)

    def test_notWarmForAnUnwillingPeer(self) -> None:
        """A peer that closes at once is not dialed again before there is a query."""
        self.settled(warm=20.0)
        self.served().close()
        self.assertEqual(len(self.network.attempts), 1)

    def two(self) -> tuple[Peer, Peer]:
        """Two connections of one pool."""
        self.pool = Pool(address("tcp://192.0.2.1:53"), self.all.common, connections=2)
        self.submit(80)
        first = self.connect()
        self.submit(1)
        second = self.connect()
        while first.replyAll() or second.replyAll():
            self.network.advance(0)
        return first, second

    def test_othersUnderSuspicion(self) -> None:
        """After a loss the next attempt goes to a fresh connection, not to another stale one (A2)."""
        first, second = self.two()
        self.network.pass_(3)
        self.submit(1)
        first.close(ConnectionLost)
        second.close(ConnectionLost)
        self.assertEqual(self.connect().replyAll(), 1)
        self.assertEqual(self.all.failed, [])

    def test_othersAfterSilence(self) -> None:
        """After silence, too; what those owe that are left with it is asked again with the rest (A2, A3)."""
        self.two()
        self.network.pass_(0.5)
        self.submit(1)
        self.network.pass_(0.6)
        self.submit(1)
        self.network.pass_(1.5)
        self.sweep()
        self.assertEqual(len(self.network.attempts), 3)
        self.assertEqual(self.connect().replyAll(), 2)
        self.assertEqual(self.all.failed, [])
