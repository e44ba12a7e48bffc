"""Answers that are kept for a moment."""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.web.kept import Kept


class KeptTests(SynchronousTestCase):
    """L{Kept}."""

    def setUp(self) -> None:
        """Nothing is known."""
        self.clock = Clock()
        self.asked: list[Deferred[str]] = []
        self.kept = Kept(self.ask, self.clock.seconds)

    def ask(self) -> Deferred[str]:
        """The daemon."""
        self.asked.append(Deferred())
        return self.asked[-1]

    def test_together(self) -> None:
        """Who asks while somebody waits gets the same answer; the daemon is asked once."""
        found = [self.kept.get() for _ in range(5)]
        self.asked[0].callback("well")
        self.assertEqual([self.successResultOf(each) for each in found], ["well"] * 5)
        self.assertEqual(len(self.asked), 1)

    def test_lasts(self) -> None:
        """It is good for half a second, and then found anew."""
        self.kept.get()
        self.asked[0].callback("well")
        self.clock.advance(0.4)
        self.assertEqual(self.successResultOf(self.kept.get()), "well")
        self.clock.advance(0.1)
        self.assertNoResult(self.kept.get())
        self.assertEqual(len(self.asked), 2)

    def test_leaves(self) -> None:
        """Who is gone waits no more, and all others do."""
        gone, stays = self.kept.get(), self.kept.get()
        gone.cancel()
        self.failureResultOf(gone, CancelledError)
        self.asked[0].callback("well")
        self.assertEqual(self.successResultOf(stays), "well")

    def test_fails(self) -> None:
        """A failure is everybody's, and kept as well: a daemon in trouble is not asked all the time."""
        found = self.kept.get()
        self.asked[0].errback(ValueError("no"))
        self.failureResultOf(found, ValueError)
        self.failureResultOf(self.kept.get(), ValueError)
        self.assertEqual(len(self.asked), 1)
