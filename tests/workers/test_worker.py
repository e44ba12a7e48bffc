"""One worker as its parent sees it."""

from __future__ import annotations

import errno
import os
import signal

from twisted.logger import formatEvent
from twisted.trial.unittest import SynchronousTestCase

from dotchain.workers.channel import Gone
from dotchain.workers.worker import Worker

from ..fronts.loop import logged
from .yard import Process, Yard, program


class WorkerTests(SynchronousTestCase):
    """L{Worker}."""

    def setUp(self) -> None:
        """The second of three, started."""
        self.events = logged(self)
        self.yard = Yard()
        self.changes: list[bool] = []
        self.worker = Worker(2, program(), self.yard, lambda worker: self.changes.append(worker.serving))
        self.worker.start()

    @property
    def process(self) -> Process:
        """The last that was started."""
        return self.yard.processes[-1]

    def said(self) -> list[str]:
        """What was logged."""
        return [formatEvent(event) for event in self.events]

    def test_begin(self) -> None:
        """It is told what to run, and serves when it says so."""
        asked = self.process.far.answer(["f.ini:3: [front a]: old"])
        self.assertEqual(asked["ask"], "begin")
        self.assertEqual(asked["arguments"]["source"], ["f.ini", "/etc/dotchain", "text", []])
        self.assertEqual((asked["arguments"]["number"], asked["arguments"]["of"]), (2, 3))
        self.assertEqual((self.changes, self.worker.warnings), ([True], ["f.ini:3: [front a]: old"]))

    def test_backoff(self) -> None:
        """Who ends is started anew, after longer and longer waits, until one lives."""
        for wait in (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0):
            count = len(self.yard.processes)
            self.process.end(9)
            self.yard.advance(wait - 0.01)
            self.assertEqual(len(self.yard.processes), count)
            self.yard.advance(0.02)
            self.assertEqual(len(self.yard.processes), count + 1)
        self.yard.advance(61)
        self.process.end()
        count = len(self.yard.processes)
        self.yard.advance(0.11)
        self.assertEqual(len(self.yard.processes), count + 1)

    def test_ended(self) -> None:
        """Its end is told with the reason, and the parent knows at once that it serves no more."""
        self.process.far.answer([])
        self.process.far.end()
        self.assertEqual(self.changes, [True, False])
        self.process.end(11)
        self.assertEqual(self.changes, [True, False])
        self.assertIn("worker 2 has ended by signal 11; the next one starts in 0.1 s", self.said()[-1])
        self.failureResultOf(self.worker.ask("reload"), Gone)

    def test_leaving(self) -> None:
        """A worker that drains for a reason of its own says so before it ends."""
        self.process.far.answer([])
        self.process.far.say(ask="leaving", arguments={})
        self.assertEqual(self.changes, [True, False])

    def test_declined(self) -> None:
        """What a worker has against its configuration is told line by line, and it has to end."""
        self.process.far.answer(error="f.ini:3: one\nf.ini:4: two")
        lines = [line for line in self.said() if "f.ini" in line]
        self.assertEqual(
            [line.partition("worker 2: ")[2] for line in lines], ["f.ini:3: one", "f.ini:4: two"]
        )
        self.assertEqual(self.process.far.asked(), [("stop", {})])
        self.assertEqual(self.changes, [])

    def test_cannotSpawn(self) -> None:
        """Where the system starts no process it is tried again."""
        self.yard.refuses = OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        self.process.end(9)
        self.yard.advance(0.11)
        self.assertIn("can't be started: Resource temporarily unavailable", self.said()[-1])
        self.yard.refuses = None
        self.yard.advance(0.21)
        self.assertEqual(len(self.yard.processes), 2)

    def test_stop(self) -> None:
        """It is told to drain, and is not started again once it has ended."""
        self.process.far.answer([])
        done = self.worker.stop()
        self.assertEqual(self.process.far.asked(), [("stop", {})])
        self.assertNoResult(done)
        self.worker.hurry()
        self.assertEqual(self.process.far.asked(), [("hurry", {})])
        self.worker.kill()
        self.assertEqual(self.process.signals, ["KILL"])
        self.process.end(9)
        self.successResultOf(done)
        self.assertEqual(self.yard.getDelayedCalls(), [])

    def test_abort(self) -> None:
        """One that hangs is asked to say where, and killed where it can't even do that."""
        self.process.far.answer([])
        self.worker.abort()
        self.assertEqual(self.process.signals, [signal.SIGABRT])
        self.yard.advance(2.1)
        self.assertEqual(self.process.signals, [signal.SIGABRT, "KILL"])
        self.process.end(9)
        self.yard.advance(0.11)
        self.worker.abort()
        self.process.end(6)
        self.yard.advance(2.1)
        self.assertEqual(self.yard.processes[-1].signals, [])

    def test_stopBetween(self) -> None:
        """Nor is one that has just ended."""
        self.process.end(9)
        self.successResultOf(self.worker.stop())
        self.worker.kill()
        self.assertEqual(self.yard.getDelayedCalls(), [])

    def test_log(self) -> None:
        """What it logs stands in the parent's log with its level, and so does what it prints."""
        event = {"level": "warn", "namespace": "x.y", "message": "hot", "section": None}
        self.process.far.say(ask="log", arguments={"event": event})
        self.assertEqual(self.events[-1]["log_level"].name, "warn")
        self.assertEqual(self.events[-1]["log_namespace"], "x.y")
        self.process.protocol.errReceived(b"Fatal Python ")
        self.process.protocol.errReceived(b"error: x\nabo")
        self.process.end(6)
        lines = [line.partition("worker 2: ")[2] for line in self.said()]
        self.assertEqual(lines[:3], ["hot", "Fatal Python error: x", "abo"])
