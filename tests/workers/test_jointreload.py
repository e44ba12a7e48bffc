"""A reload of several workers, in two phases."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable
from typing import Any

from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.load import load
from dotchain.workers.jointreload import JointReload
from dotchain.workers.parent import Parent

from ..daemons import Kept
from ..folders import written
from .test_parent import TEXT
from .yard import Far, Yard

CHANGED = TEXT.replace("path = up", "path = any up")


class JointReloadTests(SynchronousTestCase):
    """L{JointReload}, in a parent."""

    def setUp(self) -> None:
        """Three workers that serve."""
        self.patch(resource, "setrlimit", lambda which, limits: None)
        self.yard = Yard()
        self.signals: dict[int, Callable[..., None]] = {}
        self.log: list[str] = []
        observer = Kept(self.log)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        self.file = written(self, TEXT)
        self.parent = Parent(load(str(self.file), self.yard), self.yard, self.signals.__setitem__)
        self.addCleanup(self.parent.tree.fronts[0].thing.abort)
        self.parent.privilegedStartService()
        self.parent.startService()
        self.yard.run()
        self.ends: list[Far] = [process.far for process in self.yard.processes]
        for end in self.ends:
            end.answer([])
        self.heard()
        self.log.clear()

    def heard(self) -> list[list[str]]:
        """What each has been asked since."""
        return [[name for name, _ in end.asked()] for end in self.ends]

    def become(self, text: str) -> None:
        """The file changes, and HUP comes."""
        self.file.write_text(text)
        self.signals[signal.SIGHUP](signal.SIGHUP, None)
        self.yard.turn()

    def next(self) -> dict[str, Any]:
        """What the next worker is told that is started."""
        self.yard.advance(0.2)
        told: dict[str, Any] = self.yard.processes[-1].far.take()[0]["arguments"]
        return told

    def test_phases(self) -> None:
        """None takes the new tree before all are ready; who is started later begins with it."""
        self.become(CHANGED)
        for end in self.ends[:2]:
            asked = end.answer([["front lan", None]])
            self.assertEqual((asked["ask"], asked["arguments"]["source"][2]), ("prepare", CHANGED))
        self.assertEqual([end.take() for end in self.ends[:2]], [[], []])
        self.ends[2].answer([["front lan", None]])
        self.assertEqual([end.answer()["ask"] for end in self.ends], ["open"] * 3)
        self.assertEqual([end.answer([])["ask"] for end in self.ends], ["take"] * 3)
        self.assertEqual(self.log, ["dotchain reloaded: 1 parts"])
        self.yard.processes[1].end(9)
        self.assertEqual(self.next()["source"][2], CHANGED)
        self.assertIn("stage any", self.parent.tree.identities)

    def test_age(self) -> None:
        """One that was just started makes anew what others have from before: each part is told once."""
        self.become(CHANGED)
        for end, parts in zip(self.ends, (["front lan", "stage any"], ["front lan"], []), strict=True):
            end.answer([[part, None] for part in parts])
        for _ in ("open", "take"):
            for end in self.ends:
                end.answer([])
        self.assertEqual(self.log, ["dotchain reloaded: 2 parts"])

    def refused(self) -> None:
        """All have abandoned it, and who is started later has the old one."""
        for asked in self.heard()[:2]:
            self.assertIn("abandon", asked)
        self.assertNotIn("stage any", self.parent.tree.identities)
        self.yard.processes[2].end(9)
        self.assertEqual(self.next()["source"][2], TEXT)

    def test_declined(self) -> None:
        """Where one can't, all abandon it, and its reason is told with file and line."""
        self.become(CHANGED)
        for end in self.ends[:2]:
            end.answer([])
        self.ends[2].answer(error="f.ini:5: [front lan] key: can't be read")
        self.assertEqual(
            self.log[:2],
            [
                "f.ini:5: [front lan] key: can't be read",
                f"{self.file}: keeps the old state: worker 3 can't take it",
            ],
        )
        self.refused()

    def test_unread(self) -> None:
        """Where one can't read what stays, all abandon it."""
        self.become(CHANGED)
        for end, why in zip(self.ends, (None, None, "no such file"), strict=True):
            end.answer([["front lan", why]])
        self.assertIn(f"{self.file}: keeps the old state: what it names can't be read", self.log)
        self.refused()

    def test_late(self) -> None:
        """Where one is not ready in time, all abandon it."""
        self.become(CHANGED)
        for end in self.ends[:2]:
            end.answer([])
        self.yard.advance(JointReload.READY + 0.1)
        self.assertIn(f"{self.file}: keeps the old state: worker 3 was not ready within 22 s", self.log)
        self.refused()

    def test_dies(self) -> None:
        """Where one ends meanwhile, all abandon it."""
        self.become(CHANGED)
        for end in self.ends[:2]:
            end.answer([])
        self.ends[2].end()
        self.assertIn(f"{self.file}: keeps the old state: worker 3 has ended meanwhile", self.log)
        self.refused()

    def test_starting(self) -> None:
        """One that was just starting with the old tree is replaced, and the others take the new one."""
        self.yard.processes[2].end(9)
        self.yard.advance(0.2)
        self.ends[2] = self.yard.processes[3].far
        self.heard()
        self.become(CHANGED)
        for _ in ("prepare", "open"):
            for end in self.ends[:2]:
                end.answer([])
        self.assertEqual(self.heard(), [["take"], ["take"], ["stop"]])

    def test_notTaken(self) -> None:
        """One that could not take it after all is replaced."""
        self.become(CHANGED)
        for _ in ("prepare", "open"):
            for end in self.ends:
                end.answer([])
        self.ends[0].answer([])
        self.ends[1].answer([])
        self.ends[2].answer(error="bug")
        self.assertIn("worker 3 could not take the new tree", self.log)
        self.assertEqual(self.heard(), [[], [], ["stop"]])

    def test_notOpen(self) -> None:
        """Where one does not have the sockets in time, all abandon it."""
        self.become(CHANGED)
        for end in self.ends:
            end.answer([])
        self.ends[0].answer()
        self.yard.advance(JointReload.TAKEN + 0.1)
        self.assertIn(f"{self.file}: keeps the old state: worker 2 was not ready within 2 s", self.log)
        self.refused()

    def test_hangs(self) -> None:
        """Files that one worker does not read keep nobody waiting for ever."""
        self.signals[signal.SIGHUP](signal.SIGHUP, None)
        self.yard.turn()
        for end in self.ends[:2]:
            end.answer([["front lan", None]])
        self.assertEqual(self.log, [])
        self.yard.advance(JointReload.READY + 0.1)
        self.assertEqual(self.log, ["dotchain reloaded: 1 parts"])

    def test_untakeable(self) -> None:
        """No worker is asked where the file is broken, or wants what only a restart gives."""
        for text, why in (
            (TEXT.replace("drain = 4s", "wrod = 4s"), "[dotchain] wrod: unknown key"),
            (TEXT.replace("workers = 3", "workers = 2"), "[dotchain] workers: has changed"),
        ):
            self.become(text)
            self.assertIn(why, self.log[0])
            self.log.clear()
            self.assertEqual(self.heard(), [[]] * 3)

    def test_notGiven(self) -> None:
        """Where a worker can't be given the sockets of new addresses, these close, and all abandon it."""
        before = self.parent.tree.fronts[0].thing.ports
        self.become(CHANGED.replace("tcp://127.0.0.1:0", "tcp://127.0.0.2:0"))
        for end in self.ends:
            end.answer([])
        self.assertIn("it can't be given sockets", "".join(self.log))
        self.assertEqual(self.parent.tree.fronts[0].thing.ports, before)
        self.refused()
