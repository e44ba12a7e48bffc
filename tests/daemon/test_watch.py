"""Files that change while the daemon runs."""

from __future__ import annotations

from pathlib import Path

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.tree import Tree
from dotchain.control.reloads import Reloaded
from dotchain.daemon.watch import Watch

from ..daemons import Kept
from ..folders import folder

DOT = "front dot"


class WatchTests(SynchronousTestCase):
    """L{Watch}."""

    def setUp(self) -> None:
        """One front, with a certificate that does or does not fit its key."""
        self.file = Path(folder(self)) / "front.crt"
        self.file.write_text("first")
        self.tree = Tree("f.ini", files={DOT: (self.file,)})
        self.clock = Clock()
        self.why: str | None = None
        self.reloads = 0
        self.counted: list[bool] = []
        self.log: list[str] = []
        observer = Kept(self.log)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        self.watch = Watch(self.tree, self.clock, self.reload, self.count)
        self.watch.update()

    def reload(self, title: str) -> Deferred[Reloaded]:
        """In place of the daemon's."""
        self.reloads += 1
        return succeed([(title, self.why)])

    def count(self, outcomes: Reloaded) -> None:
        """Likewise."""
        self.counted.append(all(why is None for _, why in outcomes))

    def change(self, text: str) -> None:
        """Write the file, and wait until that is seen."""
        self.file.write_text(text)
        self.pass_(1.5)

    def pass_(self, seconds: float) -> None:
        """Let time go by."""
        self.clock.pump([0.25] * int(seconds * 4))

    def test_half(self) -> None:
        """A certificate before its key is told to nobody, and counted as no failure; then both serve."""
        self.why = "does not fit"
        self.change("second")
        self.assertEqual((self.reloads, self.counted, self.log), (1, [], []))
        self.why = None
        self.change("second one")
        self.assertEqual(self.counted, [True])
        self.pass_(10)
        self.assertEqual(self.reloads, 2)
        self.assertEqual(self.log, ["[front dot] files have changed, and are read anew"])

    def test_staysWrong(self) -> None:
        """What fits no better after some seconds is told, and counted, once."""
        self.why = "has expired"
        self.change("second")
        self.pass_(20)
        self.assertEqual((self.reloads, self.counted), (2, [False]))
        self.assertEqual(self.log, ["[front dot] keeps the old state: has expired"])

    def test_gone(self) -> None:
        """A section that is gone meanwhile is not tried again, and nothing is said of it."""
        self.why = "does not fit"
        self.change("second")
        self.tree.files = {}
        self.watch.update()
        self.pass_(20)
        self.assertEqual((self.reloads, self.log), (1, []))

    def test_stopped(self) -> None:
        """Nothing is left to be done at the end."""
        self.why = "does not fit"
        self.change("second")
        self.watch.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])
