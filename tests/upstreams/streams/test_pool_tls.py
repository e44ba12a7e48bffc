"""L{Pool}: DNS over TLS."""

from __future__ import annotations

from unittest import mock

from twisted.logger import capturedLogs

from dotchain.address import address
from dotchain.tls.client import UpstreamIdentity
from dotchain.upstreams.streams.pool import Pool
from dotchain.wire import framing

from ...folders import folder
from ...tls.certificates import Made, make
from ...tls.meeting import serve
from ..network import Peer, response
from ..upstreamcommon import pendingQueries
from .poolcase import PoolCase


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
        identity = UpstreamIdentity(None, frozenset({pin}), None, self.profile)
        return Pool(address("tls://192.0.2.1:853"), self.all.common, identity)

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
        assert self.pool.peer.report is not None
        self.assertTrue(self.pool.peer.report.authenticated)

    def test_resumed(self) -> None:
        """The next connection takes up the session of the one before (RFC 8446 section 2.2)."""
        for resumed in (False, True):
            self.submit(1)
            peer = self.connect()
            peer.replyAll()
            assert self.pool.peer.report is not None
            self.assertEqual(self.pool.peer.report.resumed, resumed)
            peer.bye()
        self.assertEqual(self.pool.counts.handshakes, {"full": 1, "resumed": 1})

    def test_openedAhead(self) -> None:
        """So it does where that one was opened ahead and never used, whoever closed it."""
        for resumed in (False, True, True):
            self.pool.probe()
            self.network.advance(0)
            peer = self.connect()
            assert self.pool.peer.report is not None
            self.assertEqual(self.pool.peer.report.resumed, resumed)
            if resumed:
                self.network.pass_(8.1)
                self.sweep()
            else:
                peer.bye()
            self.network.pass_(2.1)
            self.assertEqual(self.pool.connections.alive, set())

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
        self.assertEqual((self.network.getDelayedCalls(), self.pool.connections.alive), ([], set()))
        self.assertFalse(self.pool.usable)

    def test_noHandshake(self) -> None:
        """A peer that accepts and says nothing is given up in time, and its descriptor with it."""
        self.submit(1)
        peer = self.network.dial().accept()
        self.network.pass_(1.6)
        self.assertEqual(self.reasons(), ["TLS handshake not done in 1.5 s"])
        self.assertTrue(peer.ended)
        self.assertEqual((self.network.getDelayedCalls(), self.pool.connections.alive), ([], set()))

    def test_closedInTheHandshake(self) -> None:
        """A peer that closes instead of shaking hands."""
        self.submit(1)
        self.network.dial().accept().close()
        self.assertEqual(self.reasons(), ["TLS handshake failed: the peer closed the connection"])
        self.network.advance(0)
        self.assertEqual((self.network.getDelayedCalls(), self.pool.nothingOpen), ([], True))

    def test_noTLS(self) -> None:
        """A peer that speaks something else."""
        self.submit(1)
        peer = self.network.dial().accept()
        peer.say(b"SSH-2.0-OpenSSH_9.2\r\n")
        self.network.advance(0)
        self.assertEqual(self.reasons(), ["TLS handshake failed: the peer does not speak TLS on this port"])
        self.assertEqual((self.network.getDelayedCalls(), self.pool.connections.alive), ([], set()))

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
        for each in pendingQueries(20):
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
        self.assertFalse(self.pool.trustAD)
        (event,) = [event for event in events if event["log_namespace"].startswith("dotchain")]
        self.assertIn("is not authenticated: no pin matches", event["log_format"].format(**event))

    def test_leastTrusted(self) -> None:
        """Of two connections the one not authenticated decides what is believed."""
        other = make()
        pool = Pool(
            address("tls://192.0.2.1:853"),
            self.all.common,
            UpstreamIdentity(None, frozenset({self.made.pin}), None, "encrypted"),
            connections=2,
            perConnection=4,
        )
        self.pool = pool
        good, self.context = self.context, serve(folder(self), other)
        self.submit(1)
        self.connect()
        self.assertFalse(pool.trustAD)
        self.context = good
        self.submit(1)
        self.connect()
        assert pool.peer.report is not None
        self.assertTrue(pool.peer.report.authenticated)
        self.assertFalse(pool.trustAD)
