"""Who reads the UDP sockets of workers that do not serve, or are late."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.trial.unittest import SynchronousTestCase

from dotchain.workers.channel import Gone
from dotchain.workers.standinchoice import StandInChoice


class Asked:
    """A worker that notes what it is asked."""

    def __init__(self, number: int, notes: list[str]) -> None:
        self.number, self.notes = number, notes
        self.serving = True
        self.late = False

    def ask(self, what: str, number: int) -> Deferred[Any]:
        """Note."""
        self.notes.append(f"{self.number} {what} {number}")
        return succeed(None) if self.serving else fail(Gone())


class StandInChoiceTests(SynchronousTestCase):
    """L{StandInChoice}."""

    def setUp(self) -> None:
        """Three that serve."""
        self.notes: list[str] = []
        self.workers: Any = [Asked(number, self.notes) for number in (1, 2, 3)]
        self.choice = StandInChoice(self.workers)

    def now(self, *serving: int) -> list[str]:
        """What is asked when only these serve."""
        for worker in self.workers:
            worker.serving = worker.number in serving
        self.notes.clear()
        self.choice.update()
        return self.notes

    def test_next(self) -> None:
        """The next one stands in, for the last one the first; it stops when the other serves again."""
        self.assertEqual(self.now(1, 2), ["1 cover 3"])
        self.assertEqual(self.now(1, 2), [])
        self.assertEqual(self.now(1, 2, 3), ["1 uncover 3"])
        self.assertEqual(self.now(1, 2, 3), [])

    def test_both(self) -> None:
        """Where the one that stands in ends, the next one stands in for both."""
        self.assertEqual(self.now(1, 3), ["3 cover 2"])
        self.assertEqual(self.now(1), ["1 cover 2", "1 cover 3", "3 uncover 2"])
        self.assertEqual(self.now(1, 3), ["3 cover 2", "1 uncover 2", "1 uncover 3"])

    def test_late(self) -> None:
        """Of one that is late the next one reads the sockets as well, and no longer than it is."""
        self.workers[1].late = True
        self.assertEqual(self.now(1, 2, 3), ["3 cover 2"])
        self.workers[2].late = True
        self.assertEqual(self.now(1, 2, 3), ["1 cover 2", "1 cover 3", "3 uncover 2"])
        self.workers[1].late = self.workers[2].late = False
        self.assertEqual(self.now(1, 2, 3), ["1 uncover 2", "1 uncover 3"])

    def test_none(self) -> None:
        """Where nobody serves, nobody is asked; datagrams wait."""
        self.assertEqual(self.now(), [])
        self.assertEqual(self.now(2), ["2 cover 1", "2 cover 3"])
