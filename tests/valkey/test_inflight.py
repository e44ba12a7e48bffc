"""Tests of who waits for which reply."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.valkey.inflight import InFlight
from dotchain.valkey.waiting import Waiting


class InFlightTests(SynchronousTestCase):
    """Commands that left at some times, and replies."""

    def setUp(self) -> None:
        """Two that have left at 1, one at 2, and one that has not."""
        self.inFlight = InFlight()
        self.all = [Waiting() for _ in range(4)]
        for each, left in zip(self.all, (None, 1.0, 2.0, None), strict=True):
            self.inFlight.waiting.append(each)
            if left is not None:
                self.inFlight.left(left)

    def test_order(self) -> None:
        """Replies are those of the first that wait."""
        self.assertEqual([self.inFlight.next() for _ in self.all], self.all)
        self.assertEqual(self.inFlight.number(), 0)

    def test_overdue(self) -> None:
        """Those who have waited long enough wait no more; their replies are nobody's."""
        self.assertEqual(self.inFlight.overdue(0.5), [])
        self.assertEqual(self.inFlight.overdue(1.5), self.all[:2])
        self.assertEqual(self.inFlight.number(), 4)
        self.assertEqual([self.inFlight.next() for _ in self.all], [None, None, *self.all[2:]])

    def test_answeredBefore(self) -> None:
        """Who was answered is not overdue; nor is who has not left."""
        self.inFlight.next()
        self.assertEqual(self.inFlight.overdue(9.0), self.all[1:3])
        self.assertFalse(self.inFlight.timed())

    def test_clear(self) -> None:
        """At the end of the connection all that still wait are told; nothing is left of it."""
        self.inFlight.overdue(1.5)
        self.assertEqual(self.inFlight.clear(), self.all[2:])
        self.assertEqual((self.inFlight.number(), self.inFlight.timed()), (0, False))
        last = Waiting()
        self.inFlight.waiting.append(last)
        self.inFlight.left(3.0)
        self.assertEqual(self.inFlight.overdue(3.0), [last])
