"""Tests of looking after files."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.filewatch import FileWatch

from ..folders import written


class FileWatchTests(SynchronousTestCase):
    """Changes are told once each, and not before they are complete."""

    def setUp(self) -> None:
        """A file that is looked after."""
        self.file = written(self, "a")
        self.clock = Clock()
        self.told: list[str] = []
        self.watch = FileWatch(self.clock, [self.file], lambda: self.told.append(self.file.read_text()))
        self.watch.start()
        self.addCleanup(self.watch.stop)

    def pass_(self, looks: int) -> None:
        """Let so many looks pass."""
        self.clock.pump([FileWatch.EVERY] * looks)

    def test_nothing(self) -> None:
        """Where nothing changes nothing is told."""
        self.pass_(5)
        self.assertEqual(self.told, [])

    def test_change(self) -> None:
        """A change is told once, at the second look that sees it."""
        self.file.write_text("bb")
        self.pass_(1)
        self.assertEqual(self.told, [])
        self.pass_(5)
        self.assertEqual(self.told, ["bb"])

    def test_inTheMaking(self) -> None:
        """As long as a file grows nothing is told."""
        for count in range(2, 6):
            self.file.write_text("b" * count)
            self.pass_(1)
        self.assertEqual(self.told, [])
        self.pass_(2)
        self.assertEqual(self.told, ["bbbbb"])

    def test_taken(self) -> None:
        """What its owner reads by himself is not told."""
        self.file.write_text("bb")
        self.watch.taken()
        self.pass_(3)
        self.assertEqual(self.told, [])

    def test_noFiles(self) -> None:
        """Where there is nothing to look after nothing is waited for."""
        clock = Clock()
        FileWatch(clock, [], self.fail).start()
        self.assertEqual(clock.getDelayedCalls(), [])
