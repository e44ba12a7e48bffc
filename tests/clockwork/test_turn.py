"""The end of a reactor turn."""

from __future__ import annotations

from asyncio import CancelledError

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.contract.violations import turnEnd


class TurnEndTests(SynchronousTestCase):
    """L{TurnEnd}."""

    def setUp(self) -> None:
        """A turn under a clock of our own."""
        self.clock = Clock()
        self.turn = turnEnd(self.clock)
        self.ran: list[str] = []

    def test_later(self) -> None:
        """Nothing runs before the turn ends; then all does, in order."""
        for name in "abc":
            self.turn.call(lambda name=name: self.ran.append(name))  # type: ignore[misc]
        self.assertEqual(self.ran, [])
        self.clock.advance(0)
        self.assertEqual(self.ran, ["a", "b", "c"])

    def test_oneCall(self) -> None:
        """All that is asked for in a turn takes one call of the reactor's."""
        for _ in range(5):
            self.turn.call(lambda: None)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)

    def test_once(self) -> None:
        """What has run does not run again, and an idle turn schedules nothing."""
        self.turn.call(lambda: self.ran.append("a"))
        self.clock.advance(0)
        self.clock.advance(1)
        self.assertEqual(self.ran, ["a"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_fails(self) -> None:
        """One that fails, be it by what is no Exception, holds up neither the others nor later turns."""

        def fail() -> None:
            raise CancelledError

        for _ in range(3):
            self.turn.call(fail)
            self.turn.call(lambda: self.ran.append("a"))
            self.clock.advance(0)
        self.assertEqual(self.ran, ["a"] * 3)
        self.assertEqual(len(self.flushLoggedErrors(CancelledError)), 1)

    def test_askedWhileRunning(self) -> None:
        """What is asked for while flushes run belongs to the same turn, and comes last."""
        self.turn.call(lambda: self.turn.call(lambda: self.ran.append("last")))
        self.turn.call(lambda: self.ran.append("first"))
        self.clock.advance(0)
        self.assertEqual(self.ran, ["first", "last"])
        self.clock.advance(1)
        self.assertEqual(self.ran, ["first", "last"])
