"""Tests of the stage local: files that change."""

from __future__ import annotations

import os
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import globalLogPublisher

from dotchain.api import NOERROR, NXDOMAIN, OptionError
from dotchain.stages.local.stage import Local
from dotchain.testing import StageCase

from ...folders import written


class ChangeTests(StageCase):
    """What a file says by now is what is answered, unless it says nothing."""

    def setUp(self) -> None:
        """A stage that looks after a hosts file."""
        self.file = written(self, "192.0.2.1 old.home\n", "hosts")
        self.stage = self.made(Local, "NXDOMAIN", hosts=str(self.file))
        self.stage.section = "stage local"
        self.stage.startService()
        self.addCleanup(self.stage.stopService)
        self.lines: list[str] = []
        observer: Any = self._observe
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)

    def _observe(self, event: Any) -> None:
        if event.get("section") == "stage local":
            self.lines.append(str(event.get("why", "")))

    def rcode(self, name: str) -> int:
        """What a name is answered."""
        return self.answered(self.stage, f"{name} A").rcode

    def test_written(self) -> None:
        """A file that is written anew is read within a second or so."""
        self.file.write_text("192.0.2.1 new.home\n")
        self.clock.pump([0.5] * 3)
        self.assertEqual((self.rcode("new.home"), self.rcode("old.home")), (NOERROR, NXDOMAIN))
        self.assertEqual(self.lines, [""])

    def test_replaced(self) -> None:
        """So is one that another file takes the place of, of the same size and time."""
        before = self.file.stat()
        other = self.file.with_name("other")
        other.write_text("192.0.2.1 new.home\n")
        os.utime(other, ns=(before.st_mtime_ns, before.st_mtime_ns))
        other.replace(self.file)
        self.clock.pump([0.5] * 3)
        self.assertEqual(self.rcode("new.home"), NOERROR)

    def test_broken(self) -> None:
        """A file that is broken by now changes nothing; one line names file and line, once."""
        self.file.write_text("192.0.2.2 old.home\nbroken\n")
        self.clock.pump([0.5] * 10)
        self.assertEqual(self.rcode("old.home"), NOERROR)
        (line,) = self.lines
        self.assertIn(f"{self.file}:2: ", line)

    def test_gone(self) -> None:
        """A file that is gone changes nothing, and is found again when it is back."""
        self.file.unlink()
        self.clock.pump([0.5] * 3)
        self.assertEqual(self.rcode("old.home"), NOERROR)
        self.file.write_text("192.0.2.1 new.home\n")
        self.clock.pump([0.5] * 3)
        self.assertEqual(self.rcode("new.home"), NOERROR)

    def test_reload(self) -> None:
        """A reload reads at once, and the look that follows has nothing to do."""
        self.file.write_text("192.0.2.1 new.home\n")
        self.successResultOf(self.stage.reload())
        self.assertEqual(self.rcode("new.home"), NOERROR)
        self.clock.pump([0.5] * 3)
        self.assertEqual(self.lines, [])

    def test_reloadList(self) -> None:
        """A reload reads the list of a match, too."""
        names = written(self, "new.home", "names")
        stage = self.made(Local, "NXDOMAIN", hosts=str(self.file), match=f"list:{names}")
        names.write_text("old.home", "utf-8")
        read = stage.reload()
        self.clock.advance(0)
        self.successResultOf(read)
        self.assertEqual(self.answered(stage, "old.home A").rcode, NOERROR)

    def test_reloadFails(self) -> None:
        """A reload that can't be done tells why, and keeps the old state."""
        self.file.write_text("broken\n")
        self.failureResultOf(self.stage.reload(), OptionError)
        self.assertEqual(self.rcode("old.home"), NOERROR)

    def test_overtaken(self) -> None:
        """Of two reads the one that was begun last counts, whichever ends first."""
        ends: list[tuple[Deferred[object], object]] = []

        def slow(_: object, make: object, *args: object) -> Deferred[object]:
            later: Deferred[object] = Deferred()
            ends.append((later, make(*args)))  # type: ignore[operator]
            return later

        self.patch(__import__(Local.__module__, fromlist=["aside"]), "aside", slow)
        self.stage.reload()
        self.file.write_text("192.0.2.1 new.home\n")
        self.stage.reload()
        for later, made in reversed(ends):
            later.callback(made)
        self.assertEqual(self.rcode("new.home"), NOERROR)

    def test_stopped(self) -> None:
        """A stage that has stopped looks no more, and leaves no call behind."""
        self.stage.stopService()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.stage.startService()
