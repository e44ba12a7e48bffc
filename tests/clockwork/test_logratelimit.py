"""Log lines held to a rate."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.logratelimit import Seldom


class SeldomTests(SynchronousTestCase):
    """L{Seldom}."""

    def setUp(self) -> None:
        """One line a minute."""
        self.clock = Clock()
        self.seldom = Seldom(60.0, self.clock.seconds)

    def test_onceAnInterval(self) -> None:
        """The first line passes, and the next when the interval is over, with the count of those between."""
        self.assertEqual(self.seldom.due("a"), 0)
        for _ in range(5):
            self.clock.advance(10)
            self.assertIsNone(self.seldom.due("a"))
        self.clock.advance(10)
        self.assertEqual(self.seldom.due("a"), 5)
        self.clock.advance(60)
        self.assertEqual(self.seldom.due("a"), 0)

    def test_apart(self) -> None:
        """Each sort has an interval and a count of its own."""
        self.assertEqual((self.seldom.due("a"), self.seldom.due("b")), (0, 0))
        self.assertIsNone(self.seldom.due("a"))
        self.clock.advance(60)
        self.assertEqual((self.seldom.due("b"), self.seldom.due("a")), (0, 1))

    def test_bounded(self) -> None:
        """However many sorts there are, a bounded number is remembered."""
        for sort in range(5 * Seldom.LIMIT):
            self.assertEqual(self.seldom.due(sort), 0)
            self.assertIsNone(self.seldom.due(sort))
        self.assertLessEqual(len(self.seldom.suppressed), Seldom.LIMIT)
        self.assertLessEqual(len(self.seldom._next), Seldom.LIMIT)
