"""Probes of an upstream: C{probe-interval} and what belongs to it."""

from __future__ import annotations

import random

from twisted.logger import capturedLogs

from dotchain.resolver import DownByProbes
from dotchain.upstreams.forward import Forward
from dotchain.upstreams.probing import type_
from dotchain.wire.codes import SERVFAIL
from dotchain.wire.query import ask

from .forwardcase import ONE, ForwardCase
from .network import Peer, response
from .upstreamcommon import Outcome, asked, forward


class ProbingTests(ForwardCase):
    """L{Probing<dotchain.upstreams.probing.Probing>}."""

    def setUp(self) -> None:
        """Each is as early and as late in every run."""
        super().setUp()
        random.seed(2)

    def start(self, **options: float) -> tuple[Forward, Peer]:
        """An upstream that is probed each second, and its first connection."""
        upstream = self.make(ONE, probe_interval=1.0, keep_warm=30.0, **options)
        upstream.startService()
        self.network.pass_(1.0)
        return upstream, self.open()

    def attempt(self, upstream: Forward) -> Outcome:
        """A query as groups ask."""
        return Outcome(upstream.attempt(ask("foo.example.")))

    def answer(self, peer: Peer, seconds: int, flags: int = 0x8180) -> None:
        """Time passes, and all that comes is answered."""
        for _ in range(seconds * 16):
            self.network.pass_(1 / 16)
            peer.reply(*[response(query, flags) for query in peer.queries()])

    def test_now(self) -> None:
        """About one a second, and none before C{probe-interval} is set."""
        upstream, peer = self.start()
        self.answer(peer, 10)
        assert upstream.probing is not None
        self.assertIn(upstream.probing.sent, range(8, 13))
        self.assertEqual((upstream.core.down, upstream.probing.failed), (False, 0))
        self.assertIsNone(forward(self.network, ONE).probing)

    def test_down(self) -> None:
        """Three failures: groups are told to ask others, who stands alone is asked; two answers: up."""
        upstream, _ = self.start()
        with capturedLogs() as events:
            self.network.pass_(30)
            self.assertIsInstance(self.attempt(upstream).error, DownByProbes)
            alone = asked(upstream)
            self.network.advance(0)
            self.assertEqual(alone[0].results, [])
        told = [event for event in events if "probes fail" in event.get("what", "")]
        self.assertEqual(len(told), 1)
        for _ in range(64 * 20):
            self.network.pass_(1 / 64)
            for each in self.network.attempts:
                if each.state == "connecting":
                    each.accept()
                if each.peer is not None and not each.peer.ended:
                    each.peer.replyAll()
        self.assertFalse(upstream.core.down)

    def test_silent(self) -> None:
        """No answer in a second is a failure; the connection is silent, so left, and another one helps."""
        upstream, _ = self.start()
        self.network.pass_(3.3)
        assert upstream.probing is not None
        self.assertEqual((upstream.core.down, upstream.probing.failed), (True, 3))
        self.answer(self.open(), 5)
        self.assertFalse(upstream.core.down)

    def test_late(self) -> None:
        """An answer after C{probe-timeout} counts no more, neither for nor against."""
        upstream, peer = self.start(probe_timeout=0.25, probe_fall=1)
        self.network.pass_(0.5)
        self.assertTrue(upstream.core.down)
        peer.replyAll()
        assert upstream.probing is not None
        self.assertEqual((upstream.core.down, upstream.probing.failed), (True, 1))

    def test_longTimeout(self) -> None:
        """No probe is waited for longer than until the next one."""
        upstream, _ = self.start(probe_timeout=30.0, probe_fall=1)
        self.network.pass_(1.3)
        self.assertTrue(upstream.core.down)

    def test_servfail(self) -> None:
        """SERVFAIL is an answer: whose fault it is nobody knows."""
        upstream, peer = self.start()
        self.answer(peer, 8, 0x8180 | SERVFAIL)
        self.assertFalse(upstream.core.down)

    def test_type(self) -> None:
        """One type."""
        self.assertEqual(type_("aaaa"), "AAAA")
        self.assertRaises(ValueError, type_, "A AAAA")
