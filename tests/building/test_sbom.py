"""What a release brings along."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from building.sbom import main

from ..folders import folder


class SbomTests(SynchronousTestCase):
    """L{main}, with nothing run."""

    def setUp(self) -> None:
        """A folder with a release."""
        self.folder = folder(self)
        self.wheel = self.folder / "dotchain-1.2.3-py3-none-any.whl"
        self.wheel.touch()
        (self.folder / "dotchain-1.2.3-cp311-cp311-linux_x86_64.whl").touch()
        self.statuses = [0] * 4
        self.runs: list[list[str]] = []
        self.patch(subprocess, "run", self.run_)

    def run_(self, command: list[str], **options: Any) -> SimpleNamespace:
        """Note it."""
        self.runs.append(command)
        return SimpleNamespace(returncode=self.statuses.pop(0))

    def test_all(self) -> None:
        """The wheel for all platforms is installed apart from all else, and the list of that is beside it."""
        self.assertEqual(main([str(self.folder)]), 0)
        made, installed, cleaned, listed = self.runs
        python = str(Path(made[-1], "bin", "python"))
        self.assertEqual(made[:4], [sys.executable, "-m", "venv", "--without-pip"])
        self.assertEqual((installed[4], installed[-1]), (python, str(self.wheel)))
        self.assertEqual(cleaned[0], python)
        self.assertEqual(listed[-2:], [str(self.folder / "dotchain-1.2.3.cdx.json"), python])
        self.assertFalse(Path(made[-1]).exists())

    def test_failed(self) -> None:
        """What can't be installed is not listed."""
        self.statuses = [0, 2]
        self.assertEqual(main([str(self.folder)]), 2)
        self.assertEqual(len(self.runs), 2)

    def test_noRelease(self) -> None:
        """Where the folder has no such wheel, it says so."""
        self.wheel.unlink()
        self.assertEqual(main([str(self.folder)]), 1)
        self.assertEqual(self.runs, [])
