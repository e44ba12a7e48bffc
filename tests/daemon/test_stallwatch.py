"""Whether the reactor comes round, and what keeps it from that."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.testing import MemoryReactorClock
from twisted.logger import formatEvent
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.build import Part
from dotchain.config.ini import Section
from dotchain.contract.guard import Guard
from dotchain.daemon.stallwatch import StallWatch
from dotchain.resolver import Stage
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.wire import Answer, Query

from ..fronts.loop import logged

ANSWER = makeAnswer(makeQuery())


class StallWatchTests(SynchronousTestCase):
    """L{StallWatch}."""

    def setUp(self) -> None:
        """Over a chain of two stages, before an upstream during which the system's timer goes off."""
        self.reactor: Any = MemoryReactorClock()
        self.handlers: dict[int, Callable[..., None]] = {}
        self.timers: list[float] = []
        self.events = logged(self)
        self.end = Scripted(self.blocking)
        self.own = Stage(self.end, self.reactor)
        self.foreign = Guard(Stage(self.end, self.reactor), "stage slow")
        self.watch = StallWatch(
            self.reactor,
            [Part(Section("stage", "own", 1, Path()), self.own)],
            self.handlers.__setitem__,
            lambda which, seconds: self.timers.append(seconds),
        )
        self.watch.start()
        for function, args, _ in self.reactor.whenRunningHooks:
            function(*args)

    def blocking(self, query: Query) -> Answer:
        """What takes all the time."""
        self.handlers[signal.SIGALRM](signal.SIGALRM, sys._getframe())
        return ANSWER

    def told(self) -> list[str]:
        """What was logged."""
        return [formatEvent(event) or "" for event in self.events]

    def test_beats(self) -> None:
        """As long as it comes round nothing is told, and the system's timer is set anew each time."""
        self.reactor.pump([0.1] * 50)
        self.assertEqual(self.told(), [])
        self.assertEqual(self.timers, [self.timers[0]] * 51)
        self.assertAlmostEqual(self.timers[0], 0.35)

    def test_late(self) -> None:
        """Where nothing could run for more than a quarter of a second it is told, once a minute."""
        for _ in range(5):
            self.reactor.advance(0.34)
        self.assertEqual(self.told(), [])
        for _ in range(5):
            self.reactor.advance(0.5)
        self.assertEqual(self.told(), ["nothing else could run for 400 ms: what it was is not known"])
        self.reactor.advance(60)
        self.assertEqual(len(self.told()), 2)

    def test_whose(self) -> None:
        """The section is told whose code it was, with the line, be it a stage of dotchain's or not."""
        for resolver, title in ((self.own, "stage own"), (self.foreign, "stage slow"), (self.end, "")):
            resolver.resolve(makeQuery())
            self.reactor.advance(1)
            where = self.told()[-1].partition(": ")[2]
            section = f"{title}, " if title else ""
            self.assertRegex(where, rf"^{section}tests/daemon/test_stallwatch.py line \d+$")
        self.assertEqual(len(self.told()), 3)

    def test_copy(self) -> None:
        """A copy, as dotchain explain asks it, is put down to its own section and not to one that asks it."""
        copied = Stage(self.end, self.reactor)
        copied.section = "stage copied"
        self.own.next = Guard(copied, "stage another").core.resolve  # type: ignore[assignment]
        self.own.resolve(makeQuery())
        self.reactor.advance(1)
        self.assertIn("ms: stage copied, ", self.told()[-1])

    def test_stop(self) -> None:
        """At the end the system's timer is stopped: its signal ends a program that does not expect it."""
        self.watch.stop()
        self.assertEqual((self.timers[-1], self.reactor.getDelayedCalls()), (0, []))
