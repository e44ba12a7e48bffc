"""Log lines held to a rate."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.logratelimit import LogRateLimit


class LogRateLimitTests(SynchronousTestCase):
    """L{LogRateLimit}."""

    def setUp(self) -> None:
        """One line a minute."""
        self.clock = Clock()
        self.limit = LogRateLimit(60.0, self.clock.seconds)

    def test_onceAnInterval(self) -> None:
        """The first line passes, and the next when the interval is over, with the count of those between."""
        self.assertEqual(self.limit.admit("a"), 0)
        for _ in range(5):
            self.clock.advance(10)
            self.assertIsNone(self.limit.admit("a"))
        self.clock.advance(10)
        self.assertEqual(self.limit.admit("a"), 5)
        self.clock.advance(60)
        self.assertEqual(self.limit.admit("a"), 0)

    def test_apart(self) -> None:
        """Each sort has an interval and a count of its own."""
        self.assertEqual((self.limit.admit("a"), self.limit.admit("b")), (0, 0))
        self.assertIsNone(self.limit.admit("a"))
        self.clock.advance(60)
        self.assertEqual((self.limit.admit("b"), self.limit.admit("a")), (0, 1))

    def test_bounded(self) -> None:
        """However many sorts there are, a bounded number is remembered."""
        for sort in range(5 * LogRateLimit.LIMIT):
            self.assertEqual(self.limit.admit(sort), 0)
            self.assertIsNone(self.limit.admit(sort))
        self.assertLessEqual(len(self.limit.suppressed), LogRateLimit.LIMIT)
        self.assertLessEqual(len(self.limit._next), LogRateLimit.LIMIT)

    def test_before(self) -> None:
        """What was held back as another sort counts as held back of this one, whether it passes or not."""
        self.assertEqual(self.limit.admit("a", 2), 2)
        self.assertIsNone(self.limit.admit("a", 3))
        self.clock.advance(60)
        self.assertEqual(self.limit.admit("a"), 4)
