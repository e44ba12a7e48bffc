"""L{PacedLoop}: a few of many at a time."""

from __future__ import annotations

from asyncio import CancelledError

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.pacedloop import PacedLoop


class PacedLoopTests(SynchronousTestCase):
    """Queries that come meanwhile don't wait for all of it."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.done: list[int] = []
        self.loop = PacedLoop(self.clock, 3, 0.8, self.do)

    def do(self, item: int) -> None:
        """One of them fails."""
        if item == 4:
            raise ValueError(item)
        self.done.append(item)

    def test_few(self) -> None:
        """Few are done at once."""
        self.loop.begin([1, 2])
        self.assertEqual((self.done, self.loop.busy), ([1, 2], False))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_many(self) -> None:
        """Of many none is done at once: they are spread over the time, by three; one that fails is logged."""
        with capturedLogs() as events:
            self.loop.begin(range(8))
            self.assertEqual((self.done, self.loop.busy), ([], True))
            self.clock.advance(0.31)
            self.assertEqual((self.done, self.loop.busy), ([0, 1, 2], True))
            self.clock.advance(0.31)
            self.assertEqual((self.done, self.loop.busy), ([0, 1, 2, 3, 5], True))
            self.clock.advance(0.31)
        self.assertEqual((self.done, self.loop.busy), ([0, 1, 2, 3, 5, 6, 7], False))
        self.assertEqual(len(events), 1)
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_worse(self) -> None:
        """Nor is one the last that fails by what is no Exception."""

        def do(item: int) -> None:
            if item == 4:
                raise CancelledError
            self.done.append(item)

        self.loop = PacedLoop(self.clock, 3, 0.0, do)
        self.loop.begin(range(8))
        self.clock.pump([0] * 3)
        self.assertEqual((self.done, self.loop.busy), ([0, 1, 2, 3, 5, 6, 7], False))
        self.assertEqual(len(self.flushLoggedErrors(CancelledError)), 1)

    def test_stop(self) -> None:
        """Nothing is done after a stop, and nothing is left of it."""
        self.loop.begin(range(8))
        self.clock.advance(0.31)
        self.loop.stop()
        self.loop.stop()
        self.clock.advance(1)
        self.assertEqual((self.done, self.clock.getDelayedCalls()), ([0, 1, 2], []))

    def test_again(self) -> None:
        """There may be more later."""
        self.loop.begin([1])
        self.loop.begin([2])
        self.assertEqual(self.done, [1, 2])
