"""L{IdleLimit}: learned from how a peer closes."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.upstreams.streams.idle import IdleLimit


class IdleLimitTests(SynchronousTestCase):
    """Seconds after which to close an unused connection."""

    def test_default(self) -> None:
        """Nothing is known: what is configured (eight seconds suit the big services, A1)."""
        self.assertEqual(IdleLimit(8.0).seconds(None), 8.0)

    def test_lesson(self) -> None:
        """A close by the peer after 2 s: ours comes at 0.8 of that from then on (A1)."""
        limit = IdleLimit(8.0)
        limit.closedByPeer(2.0)
        self.assertAlmostEqual(limit.seconds(None), 1.6)
        limit.closedByPeer(30.0)
        self.assertAlmostEqual(limit.seconds(None), 1.6)

    def test_told(self) -> None:
        """edns-tcp-keepalive shortens the limit of its connection, and never lengthens it (RFC 7828)."""
        limit = IdleLimit(8.0)
        self.assertEqual(limit.seconds(5.0), 4.0)
        self.assertEqual(limit.seconds(100.0), 8.0)

    def test_growsBack(self) -> None:
        """Each close of ours that comes first lets it grow, up to what is configured."""
        limit = IdleLimit(8.0)
        limit.closedByPeer(2.0)
        grown = []
        for _ in range(10):
            limit.closedByUs(0.0)
            grown.append(limit.seconds(None))
        self.assertEqual((grown[0], grown[-1]), (2.0, 8.0))
        self.assertEqual(grown, sorted(grown))

    def test_forgotten(self) -> None:
        """Silence after 5 s unused: ours comes at 4 s, and grows no more for ten minutes (A1)."""
        limit = IdleLimit(8.0)
        limit.forgotten(5.0, 1000.0)
        for now, seconds in ((1010.0, 4.0), (1590.0, 4.0), (1600.0, 5.0)):
            limit.closedByUs(now)
            self.assertAlmostEqual(limit.seconds(None), seconds)

    def test_floor(self) -> None:
        """A peer that closes at once does not make the limit nothing."""
        limit = IdleLimit(8.0)
        limit.closedByPeer(0.0)
        self.assertGreaterEqual(limit.seconds(None), 0.1)
