"""Lists at URLs: how often they are asked for, and what is told."""

from __future__ import annotations

from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from zope.interface import implementer

from dotchain.stages.block.reading import NotUsable
from dotchain.stages.block.refreshing import Refreshing

from .remotecase import RemoteCase


@implementer(ILogObserver)
class Lines:
    """Keeps what is told."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def __call__(self, event: LogEvent) -> None:
        """See L{ILogObserver}."""
        if "line" in event:
            self._lines.append(event["line"])


class RefreshingTests(RemoteCase):
    """L{Refreshing}."""

    DAY = 86400.0

    def setUp(self) -> None:
        super().setUp()
        self.lines: list[str] = []
        self.changes: list[object] = []
        observer = Lines(self.lines)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        self.refreshing = self.begun()

    def begun(self) -> Refreshing:
        """Keep the list up to date."""
        made = Refreshing(self.remote, self.DAY, self.clock, lambda: self.changes.append(self.remote.listed))
        made.section = "stage ads"
        made.start()
        self.addCleanup(made.stop)
        return made

    def wait(self) -> float:
        """Seconds until the next fetch."""
        (call,) = self.clock.getDelayedCalls()
        return call.getTime() - self.clock.seconds()

    def due(self) -> None:
        """Let it begin."""
        self.clock.advance(self.wait())

    def test_start(self) -> None:
        """Without a list it is fetched at once, and then once a day, give or take a tenth."""
        self.assertLessEqual(self.wait(), 1)
        self.due()
        self.server.send(b"ads.example\n")
        self.turn()
        self.assertEqual(len(self.changes), 1)
        self.assertApproximates(self.wait(), self.DAY, self.DAY / 10 + 60)
        self.assertEqual(self.lines, ["[stage ads] lists.example.org: 1 name"])

    def test_failing(self) -> None:
        """It is tried soon, and ever later, up to an hour; the log is told once."""
        waits = []
        for _ in range(14):
            self.due()
            self.server.fail(NotUsable("its server answers 503"))
            waits.append(self.wait())
        self.assertApproximates(waits[0], 5, 0.5)
        self.assertApproximates(waits[1], 10, 1)
        self.assertApproximates(waits[-1], 3600, 360)
        self.assertEqual(self.refreshing.failures, 14)
        self.assertEqual(
            self.lines, ["[stage ads] lists.example.org: its server answers 503; nothing is on it yet"]
        )

    def test_afterFailure(self) -> None:
        """Once it has worked the next failure is told, and tried again as soon."""
        self.due()
        self.server.fail(NotUsable("its server answers 503"))
        self.due()
        self.server.send(b"ads.example\n")
        self.turn()
        self.due()
        self.server.fail(NotUsable("its server answers 503"))
        self.assertApproximates(self.wait(), 5, 0.5)
        self.assertIn("; the list of before stays in use", self.lines[-1])

    def test_hurry(self) -> None:
        """A reload has it fetched now, but not twice at a time."""
        self.due()
        self.refreshing.hurry()
        self.server.send(b"ads.example\n")
        self.turn()
        self.refreshing.hurry()
        self.clock.advance(0)
        self.assertEqual(len(self.server.asked), 2)

    def test_stop(self) -> None:
        """At the end nothing is fetched any more, and nothing left behind."""
        self.due()
        self.refreshing.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_stopWhileReading(self) -> None:
        """Nor is what has come read to its end."""
        self.due()
        self.server.send(b"ads.example\n" * 3000)
        self.refreshing.stop()
        self.assertEqual((self.clock.getDelayedCalls(), list(self.folder.iterdir())), ([], []))

    def test_fresh(self) -> None:
        """With a copy that is fresh, a start fetches nothing before its time."""
        self.due()
        self.server.send(b"ads.example\n")
        self.turn()
        self.refreshing.stop()
        self.wall += 1000
        self.remote = self.made(self.folder)
        self.remote.load()
        self.begun()
        self.assertApproximates(self.wait(), self.DAY - 1000, 31)

    def test_bug(self) -> None:
        """A bug is told with a traceback, and the list is tried again."""
        self.due()
        self.server.fail(KeyError("x"))
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)
        self.assertGreater(self.wait(), 3000)
