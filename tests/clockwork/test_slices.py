"""Work in slices."""

from __future__ import annotations

from collections.abc import Iterator

from twisted.internet.task import Clock, TaskStopped
from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.slices import PAUSE, inSlices


class SliceTests(SynchronousTestCase):
    """What becomes of some work."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.steps = 0

    def work(self, count: int, fails: bool = False) -> Iterator[None]:
        """Some steps, and a bug behind them."""
        for _ in range(count):
            self.steps += 1
            yield
        if fails:
            raise KeyError

    def test_done(self) -> None:
        """Nothing is done at once; then it is, and others have a pause before each slice."""
        done = inSlices(self.work(9), self.clock)
        self.assertEqual(self.steps, 0)
        self.assertNoResult(done)
        self.clock.pump([PAUSE] * 20)
        self.successResultOf(done)
        self.assertEqual((self.steps, self.clock.getDelayedCalls()), (9, []))

    def test_failed(self) -> None:
        """What it raises is the failure."""
        done = inSlices(self.work(3, True), self.clock)
        self.clock.pump([PAUSE] * 20)
        self.failureResultOf(done, KeyError)

    def test_cancelled(self) -> None:
        """Once it is cancelled nothing more is done."""
        done = inSlices(self.work(9), self.clock)
        done.cancel()
        self.failureResultOf(done, TaskStopped)
        self.clock.pump([PAUSE] * 20)
        self.assertEqual(self.steps, 0)
