"""Many alarms on one call of the reactor."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.timers import Alarms


class Sleeper:
    """Notes when it is woken."""

    def __init__(self, woken: Callable[[Sleeper], object]) -> None:
        self.dueAt: float | None = None
        self._woken = woken

    def due(self) -> None:
        """Note."""
        self._woken(self)


class AlarmsTests(SynchronousTestCase):
    """L{Alarms}."""

    def setUp(self) -> None:
        """A clock."""
        self.clock = Clock()
        self.alarms = Alarms(self.clock, self.clock.seconds)
        self.woken: list[tuple[float, Sleeper]] = []

    def sleeper(self, at: float) -> Sleeper:
        """Someone who sleeps until then."""
        made = Sleeper(lambda one: self.woken.append((self.clock.seconds(), one)))
        self.alarms.set(made, at)
        return made

    def test_order(self) -> None:
        """Each is woken at its time, whatever the order of setting."""
        second, first, third = self.sleeper(2), self.sleeper(1), self.sleeper(3)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.clock.pump([0.5] * 8)
        self.assertEqual(self.woken, [(1, first), (2, second), (3, third)])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_setAgain(self) -> None:
        """The last time set counts, be it earlier or later."""
        one, other = self.sleeper(1), self.sleeper(5)
        self.alarms.set(one, 3)
        self.alarms.set(other, 2)
        self.clock.pump([0.5] * 12)
        self.assertEqual(self.woken, [(2, other), (3, one)])

    def test_clear(self) -> None:
        """Who is cleared is not woken; when the last is, the reactor's call is gone. Twice does no harm."""
        one, other = self.sleeper(1), self.sleeper(2)
        for _ in range(2):
            self.alarms.clear(one)
        self.clock.advance(1)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.alarms.clear(other)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.clock.advance(5)
        self.assertEqual(self.woken, [])

    def test_setWhileWoken(self) -> None:
        """Whoever is woken may set and clear alarms, sooner ones than those that wait, too."""
        late = self.sleeper(9)
        soon = self.sleeper(2)
        again = Sleeper(lambda one: self.alarms.set(soon, 1.5))
        self.alarms.set(again, 1)
        self.clock.pump([0.5] * 30)
        self.assertEqual(self.woken, [(1.5, soon), (9, late)])
        clearing = Sleeper(lambda one: self.alarms.clear(late))
        self.alarms.set(clearing, self.clock.seconds() + 1)
        self.alarms.set(late, self.clock.seconds() + 1)
        self.clock.pump([0.5] * 30)
        self.assertEqual(len(self.woken), 2)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_setForNow(self) -> None:
        """Who is set while others are woken, for a time that has come, is woken with them."""
        soon = Sleeper(lambda one: self.woken.append((self.clock.seconds(), one)))
        self.alarms.set(Sleeper(lambda one: self.alarms.set(soon, 0.5)), 1)
        self.clock.advance(1)
        self.assertEqual(self.woken, [(1, soon)])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_failure(self) -> None:
        """One that raises does not keep the others from being woken."""

        def fail(sleeper: Sleeper) -> None:
            raise KeyError("bug")

        self.alarms.set(Sleeper(fail), 1)
        other = self.sleeper(2)
        self.assertRaises(KeyError, self.clock.advance, 1)
        self.clock.advance(1)
        self.assertEqual(self.woken, [(2, other)])

    def test_bounded(self) -> None:
        """Cleared alarms don't heap up while one sleeps on."""
        self.sleeper(100)
        for _ in range(10000):
            self.alarms.clear(self.sleeper(50))
        self.assertLess(len(self.alarms._heap), 200)

    def test_random(self) -> None:
        """Any sequence of setting and clearing wakes who is left, each once, in the order of time."""
        random = Random(7)
        expected = []
        for _ in range(500):
            at = random.uniform(0, 10)
            sleeper = self.sleeper(at)
            if random.random() < 0.5:
                at = random.uniform(0, 10)
                self.alarms.set(sleeper, at)
            if random.random() < 0.5:
                self.alarms.clear(sleeper)
            else:
                expected.append((at, sleeper))
        self.clock.pump([0.01] * 1001)
        expected.sort(key=lambda pair: pair[0])
        self.assertEqual([sleeper for _, sleeper in self.woken], [sleeper for _, sleeper in expected])
