"""The timer of many deadlines."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.sweep import Sweep


class SweepTests(SynchronousTestCase):
    """L{Sweep}."""

    def setUp(self) -> None:
        """A look each half second, as long as there is something left."""
        self.clock = Clock()
        self.left = 3
        self.looks: list[float] = []
        self.sweep = Sweep(self.clock, 0.5, self.look)

    def look(self) -> bool:
        """One thing less."""
        self.looks.append(self.clock.seconds())
        self.left -= 1
        return self.left > 0

    def test_asLongAsNeeded(self) -> None:
        """It looks again and again until there is nothing left, and then costs nothing."""
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.sweep.begin()
        self.clock.pump([0.5] * 5)
        self.assertEqual((self.looks, self.clock.getDelayedCalls()), ([0.5, 1.0, 1.5], []))

    def test_oneTimer(self) -> None:
        """However often it is begun there is one timer, also where that is done while it looks."""

        def look() -> bool:
            self.sweep.begin()
            return self.look()

        self.sweep = Sweep(self.clock, 0.5, look)
        for _ in range(3):
            self.sweep.begin()
        self.clock.advance(0.5)
        self.assertEqual((len(self.looks), len(self.clock.getDelayedCalls())), (1, 1))

    def test_fails(self) -> None:
        """A look that fails is not the last one."""
        self.sweep = Sweep(self.clock, 0.5, lambda: 1 / 0 > 0)
        self.sweep.begin()
        for _ in range(2):
            self.assertRaises(ZeroDivisionError, self.clock.advance, 0.5)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)

    def test_stop(self) -> None:
        """Stopped it looks no more, and may be stopped twice and begun again."""
        self.sweep.begin()
        self.sweep.stop()
        self.sweep.stop()
        self.clock.advance(1)
        self.assertEqual(self.looks, [])
        self.sweep.begin()
        self.clock.advance(0.5)
        self.assertEqual(self.looks, [1.5])

    def test_slept(self) -> None:
        """A look that comes much too late by a clock that counts sleep knows that the machine has slept."""
        asleep, told = 0.0, []

        def look() -> bool:
            told.append(sweep.slept)
            return True

        sweep = Sweep(self.clock, 0.5, look, lambda: self.clock.seconds() + asleep)
        sweep.begin()
        for seconds in (0, 3, 3600, 0):
            asleep += seconds
            self.clock.advance(0.5)
        self.assertEqual(told, [False, False, True, False])
        sweep.stop()
        asleep += 3600
        sweep.begin()
        self.clock.advance(0.5)
        self.assertEqual(told[-1], False)
