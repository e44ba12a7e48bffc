"""Many timers on one call of the reactor."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.timers import Timers


class Owner:
    """Notes when it is called."""

    def __init__(self, called: Callable[[Owner], object]) -> None:
        self.dueAt: float | None = None
        self._woken = called

    def due(self) -> None:
        """Note."""
        self._woken(self)


class TimersTests(SynchronousTestCase):
    """L{Timers}."""

    def setUp(self) -> None:
        """A clock."""
        self.clock = Clock()
        self.timers = Timers(self.clock, self.clock.seconds)
        self.called: list[tuple[float, Owner]] = []

    def owner(self, at: float) -> Owner:
        """Someone who waits until then."""
        made = Owner(lambda one: self.called.append((self.clock.seconds(), one)))
        self.timers.set(made, at)
        return made

    def test_order(self) -> None:
        """Each is called at its time, whatever the order of setting."""
        second, first, third = self.owner(2), self.owner(1), self.owner(3)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.clock.pump([0.5] * 8)
        self.assertEqual(self.called, [(1, first), (2, second), (3, third)])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_setAgain(self) -> None:
        """The last time set counts, be it earlier or later."""
        one, other = self.owner(1), self.owner(5)
        self.timers.set(one, 3)
        self.timers.set(other, 2)
        self.clock.pump([0.5] * 12)
        self.assertEqual(self.called, [(2, other), (3, one)])

    def test_clear(self) -> None:
        """Who is cleared is not called; when the last is, the reactor's call is gone. Twice does no harm."""
        one, other = self.owner(1), self.owner(2)
        for _ in range(2):
            self.timers.clear(one)
        self.clock.advance(1)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.timers.clear(other)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.clock.advance(5)
        self.assertEqual(self.called, [])

    def test_setWhileWoken(self) -> None:
        """Whoever is called may set and clear timers, sooner ones than those that wait, too."""
        late = self.owner(9)
        soon = self.owner(2)
        again = Owner(lambda one: self.timers.set(soon, 1.5))
        self.timers.set(again, 1)
        self.clock.pump([0.5] * 30)
        self.assertEqual(self.called, [(1.5, soon), (9, late)])
        clearing = Owner(lambda one: self.timers.clear(late))
        self.timers.set(clearing, self.clock.seconds() + 1)
        self.timers.set(late, self.clock.seconds() + 1)
        self.clock.pump([0.5] * 30)
        self.assertEqual(len(self.called), 2)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_setForNow(self) -> None:
        """Who is set while others are called, for a time that has come, is called with them."""
        soon = Owner(lambda one: self.called.append((self.clock.seconds(), one)))
        self.timers.set(Owner(lambda one: self.timers.set(soon, 0.5)), 1)
        self.clock.advance(1)
        self.assertEqual(self.called, [(1, soon)])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_failure(self) -> None:
        """One that raises does not keep the others from being called."""

        def fail(owner: Owner) -> None:
            raise KeyError("bug")

        self.timers.set(Owner(fail), 1)
        other = self.owner(2)
        self.assertRaises(KeyError, self.clock.advance, 1)
        self.clock.advance(1)
        self.assertEqual(self.called, [(2, other)])

    def test_bounded(self) -> None:
        """Cleared timers don't heap up while one runs."""
        self.owner(100)
        for _ in range(10000):
            self.timers.clear(self.owner(50))
        self.assertLess(len(self.timers._heap), 200)

    def test_random(self) -> None:
        """Any sequence of setting and clearing wakes who is left, each once, in the order of time."""
        random = Random(7)
        expected = []
        for _ in range(500):
            at = random.uniform(0, 10)
            owner = self.owner(at)
            if random.random() < 0.5:
                at = random.uniform(0, 10)
                self.timers.set(owner, at)
            if random.random() < 0.5:
                self.timers.clear(owner)
            else:
                expected.append((at, owner))
        self.clock.pump([0.01] * 1001)
        expected.sort(key=lambda pair: pair[0])
        self.assertEqual([owner for _, owner in self.called], [owner for _, owner in expected])
