"""Workers that are late, or hang."""

from __future__ import annotations

from typing import Any, cast

from twisted.internet.defer import Deferred, fail
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import formatEvent
from twisted.trial.unittest import SynchronousTestCase

from dotchain.workers.channel import Gone
from dotchain.workers.hangwatch import HangWatch
from dotchain.workers.worker import Worker

from ..fronts.loop import logged


class Asked:
    """A worker that notes what it is asked, and answers when it is told to."""

    number = 2

    def __init__(self) -> None:
        self.serving = True
        self.late = False
        self.asked: list[Deferred[Any]] = []
        self.gone = False
        self.aborted = 0

    def ask(self, what: str) -> Deferred[Any]:
        """Note."""
        self.asked.append(fail(Gone()) if self.gone else Deferred())
        return self.asked[-1]

    def abort(self) -> None:
        """Count."""
        self.aborted += 1


class HangWatchTests(SynchronousTestCase):
    """L{HangWatch}, which takes half a minute for a hang where systemd says nothing."""

    def setUp(self) -> None:
        self.waits: float | None = None
        self.events = logged(self)
        self.reactor: Any = MemoryReactorClock()
        self.worker = Asked()
        self.changes: list[bool] = []
        self.watch = HangWatch(
            [cast("Worker", self.worker)],
            self.reactor,
            lambda: self.changes.append(self.worker.late),
            lambda: self.waits,
        )

    def pump(self, seconds: int) -> None:
        """So long, with all that is due in its turn."""
        self.reactor.pump([0.5] * (2 * seconds))

    def test_hangs(self) -> None:
        """One that gives no sign of life is ended once, and the log says so."""
        self.watch.start()
        self.pump(29)
        self.assertEqual((len(self.worker.asked), self.worker.aborted), (1, 0))
        self.pump(2)
        self.assertEqual(self.worker.aborted, 1)
        lines = [formatEvent(each) for each in self.events]
        self.assertEqual(lines, ["worker 2 hangs: nothing could run there for 30 s; it is ended"])

    def test_lives(self) -> None:
        """One that answers late, but does, is asked again and left alone."""
        self.watch.start()
        for _ in range(5):
            self.pump(25)
            self.worker.asked[-1].callback(None)
        self.pump(10)
        self.assertEqual((len(self.worker.asked), self.worker.aborted), (6, 0))

    def test_late(self) -> None:
        """One that gives no sign of life for a second is late, and no more once it does."""
        self.watch.start()
        self.pump(2)
        self.assertEqual(self.changes, [True])
        self.worker.asked[-1].callback(None)
        self.assertEqual(self.changes, [True, False])
        self.pump(1)
        self.worker.gone = True
        self.worker.asked[-1].errback(Gone())
        self.pump(3)
        self.assertEqual(self.changes, [True, False])

    def test_lateUntilItEnds(self) -> None:
        """One that hangs is late until it has ended."""
        self.watch.start()
        self.pump(40)
        self.assertEqual(self.changes, [True])
        self.worker.serving = False
        self.worker.asked[-1].errback(Gone())
        self.assertEqual(self.changes, [True, False])

    def test_systemd(self) -> None:
        """With WatchdogSec= that is the time."""
        self.waits = 4.0
        self.watch.start()
        self.pump(5)
        self.assertEqual(self.worker.aborted, 1)

    def test_paused(self) -> None:
        """Where the parent itself could not run, as with a machine that slept, no worker is to blame."""
        self.watch.start()
        self.reactor.advance(3600)
        self.assertEqual(self.worker.aborted, 0)

    def test_ended(self) -> None:
        """One that does not serve, or has ended, is none that hangs."""
        self.worker.serving = False
        self.watch.start()
        self.pump(60)
        self.assertEqual(self.worker.asked, [])
        self.worker.serving = self.worker.gone = True
        self.pump(60)
        self.assertEqual(self.worker.aborted, 0)
