"""L{Endings}: a peer that ends TLS behind the handshake, and says why (RFC 8446 section 6.2)."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from typing import Any

from OpenSSL import SSL
from twisted.internet.error import ConnectionLost
from twisted.logger import capturedLogs
from twisted.python.failure import Failure

from ..network import Peer
from .test_pool_tls import TLSCase

WANTED = "TLS handshake failed: the peer wants a certificate of ours, and we have none"


def alert(name: str) -> Failure:
    """What TLS connections end with where the peer sends this alert."""
    return Failure(SSL.Error([("SSL routines", "", f"tlsv1 alert {name}")]))


class AlertCase(TLSCase):
    """A peer with words of its own."""

    def lines(self, events: Sequence[dict[str, Any]]) -> list[str]:
        """What was logged."""
        return [event["log_format"].format(**event) for event in events]

    def end(self, peer: Peer, name: str) -> None:
        """The peer sends an alert and closes."""
        peer.ended = True
        peer.protocol.wrappedProtocol.connectionLost(alert(name))
        self.network.advance(0)


class CertificateWantedTests(AlertCase):
    """A server that demands a certificate of its clients."""

    def setUp(self) -> None:
        super().setUp()
        self.context.verify_mode = ssl.CERT_REQUIRED

    def test_told(self) -> None:
        """
        In TLS 1.3 it says so behind the handshake: queries go elsewhere at once, with this reason,
        which the log and C{upstreams} tell too.
        """
        self.submit(5)
        with capturedLogs() as events:
            self.connect()
        self.assertEqual(self.reasons(), [WANTED] * 5)
        (line,) = self.lines(events)
        self.assertIn(f"(tls://192.0.2.1:853): {WANTED} (phase tls, connection", line)
        self.assertEqual((self.pool.failureLog.last, self.pool.failureLog.counts), (WANTED, {"tls": 1}))
        self.assertEqual((self.pool.usable, self.pool.connections.alive), (False, set()))
        self.assertEqual(len(self.network.attempts), 1)
        self.assertEqual(self.pool.counts.closes, {"refused": 1})

    def test_unused(self) -> None:
        """It is a failure without any query, too: the address is not dialled again at once."""
        self.pool.probe()
        self.network.advance(0)
        self.connect()
        self.assertEqual((self.pool.failureLog.last, self.pool.usable), (WANTED, False))
        self.assertEqual(len(self.network.attempts), 1)

    def test_again(self) -> None:
        """Later connections are not trusted before an answer came; one line a minute tells of all."""
        with capturedLogs() as events:
            for _ in range(3):
                self.network.pass_(6)
                self.pool.probe()
                self.network.advance(0)
                self.connect()
                self.assertFalse(self.pool.usable)
        self.assertEqual(len(self.lines(events)), 1)
        self.context.verify_mode = ssl.CERT_NONE
        self.network.pass_(6)
        self.pool.probe()
        self.network.advance(0)
        self.assertEqual(self.connect().replyAll(), 1)
        self.assertEqual((self.pool.usable, self.pool.retryAt), (True, 0.0))

    def test_older(self) -> None:
        """In TLS 1.2 it says so in the handshake, in the same phase."""
        self.context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.submit(1)
        self.connect()
        self.assertIn("or a certificate of ours is wanted", self.reasons()[0])
        self.assertEqual(self.pool.failureLog.counts, {"tls": 1})


class AlertTests(AlertCase):
    """Other alerts."""

    def test_refusals(self) -> None:
        """Unknown CA, revoked, access denied: nobody asks there again on the same pending query."""
        for name in ("unknown ca", "certificate revoked", "access denied"):
            self.all.failed.clear()
            self.pool = self.make()
            self.submit(2)
            self.end(self.connect(), name)
            (reason,) = set(self.reasons())
            self.assertIn(name, reason)
            self.assertFalse(self.pool.usable)

    def test_cutShort(self) -> None:
        """One about what was sent: it is sent again, and in the end the reason is told."""
        self.submit(1)
        with capturedLogs() as events:
            for _ in range(3):
                self.end(self.connect(), "internal error")
        told = "the peer sent the TLS alert internal error"
        self.assertEqual(self.reasons(), [f"connection closed with the query in flight, 3 times: {told}"])
        (line,) = self.lines(events)
        self.assertIn(f"closed with 1 queries in flight: {told} (phase read", line)
        self.assertEqual(self.pool.failureLog.last, f"closed with 1 queries in flight: {told}")
        self.assertEqual(sum(each.counts.closes["cut"] for each in self.pools()), 3)

    def test_afterAnswers(self) -> None:
        """A peer that has answered before is asked again over a new connection, whatever it says."""
        self.submit(1)
        peer = self.connect()
        peer.replyAll()
        self.submit(1)
        self.end(peer, "access denied")
        self.assertEqual(self.connect().replyAll(), 1)
        self.assertEqual((len(self.all.answered), self.all.failed), (2, []))

    def test_atRest(self) -> None:
        """An alert on an unused connection is told of; a plain end is not."""
        for name, lines in (("internal error", 1), ("", 0)):
            self.submit(1)
            peer = self.connect()
            peer.replyAll()
            with capturedLogs() as events:
                self.end(peer, name) if name else peer.bye()
            self.assertEqual(len(self.lines(events)), lines)
            self.assertTrue(self.pool.usable)
        self.assertEqual((self.pool.counts.closes, self.pool.counts.reused), ({"peer": 2}, 0))

    def pools(self) -> list[Any]:
        """The pool, and that where queries go alone."""
        return [self.pool, *self.pool.sidePools]


class OneLineTests(AlertCase):
    """One failure of one address is one line of the log, however many ways lead there."""

    def test_alone(self) -> None:
        """The connection that queries share is cut, then those of each alone (A4)."""
        self.submit(3)
        with capturedLogs() as events:
            for _ in range(8):
                dial = self.network.dial()
                if dial.state == "connecting":
                    self.connect().close(ConnectionLost)
                    self.network.advance(0)
        self.assertEqual(set(self.reasons()), {"connection closed with the query in flight, 3 times"})
        self.assertGreater(len(self.network.attempts), 3)
        (line,) = self.lines(events)
        self.assertIn("closed with 3 queries in flight", line)
