"""What has become of the INI file since the start."""

from __future__ import annotations

import os
from pathlib import Path

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.changed import changed
from dotchain.config.source import NOWHERE, source

from ..configs import GOOD
from ..folders import folder, written


class ChangedTests(SynchronousTestCase):
    """L{changed}."""

    def setUp(self) -> None:
        """A daemon was started with a good file."""
        self.file = written(self, GOOD)
        self.started = source(str(self.file))

    def found(self) -> list[str]:
        """What is told."""
        return changed(self.started, MemoryReactorClock())

    def test_same(self) -> None:
        """Nothing where it is what it was, be it written anew."""
        self.file.write_text(GOOD)
        self.assertEqual(self.found(), [])

    def test_good(self) -> None:
        """A good one is told, as it is not taken."""
        self.file.write_text(GOOD + "; more\n")
        self.assertEqual(self.found(), ["it has changed and is good, but only a restart takes it"])

    def test_wrong(self) -> None:
        """Of a wrong one all errors are told, as check tells them."""
        self.file.write_text(GOOD + "wrod = x\n[stage idle]\nkind = cache\n")
        first, *errors = self.found()
        self.assertEqual(first, "no daemon would start with it as it is now")
        self.assertEqual([line.split(": ")[0] for line in errors], [f"{self.file}:15", f"{self.file}:16"])

    def test_gone(self) -> None:
        """So is one that can't be read."""
        self.file.unlink()
        self.assertEqual(self.found()[1:], [f"{self.file}:1: cannot be read: No such file or directory"])

    def test_elsewhere(self) -> None:
        """A relative name means what it meant at the start, wherever the process has gone since."""
        self.addCleanup(os.chdir, Path.cwd())
        os.chdir(self.file.parent.parent)
        self.started = source(f"{self.file.parent.name}/{self.file.name}")
        os.chdir(folder(self))
        self.assertEqual(self.found(), [])

    def test_makesNothing(self) -> None:
        """A front that has become self-signed gets its files at a restart, and not by a look."""
        more = "[front dot]\nlisten = tls://127.0.0.1:8853\nchain = home\nself-signed = localhost\n"
        self.file.write_text(GOOD + more + "certificate = a.crt\nkey = a.key\n")
        self.assertEqual(len(self.found()), 1)
        self.assertEqual([each.name for each in self.file.parent.iterdir()], ["f.ini"])

    def test_included(self) -> None:
        """A file that it includes is a part of it: one that has changed, that came or that went is named."""
        self.file.write_text(GOOD + "[dotchain]\ninclude = *.ini\n")
        self.started = source(str(self.file))
        self.assertEqual(self.found(), [])
        other = self.file.with_name("more.ini")
        other.write_text("; nothing\n")
        told = "more.ini has changed and is good, but only a restart takes it"
        self.assertEqual(self.found(), [told])
        self.started = source(str(self.file))
        self.assertEqual(self.found(), [])
        other.write_text("wrong\n")
        self.assertIn(f"{other}:1: 'wrong' is neither [role name] nor key = value", self.found())
        other.unlink()
        self.assertEqual(self.found(), [told])

    def test_nowhere(self) -> None:
        """What was not made of a file has none."""
        self.assertEqual(changed(NOWHERE, MemoryReactorClock()), [])
