"""What a release consists of."""

from __future__ import annotations

import os
import subprocess
from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from building.__main__ import main


class ReleaseTests(SynchronousTestCase):
    """L{main}, with nothing run."""

    def setUp(self) -> None:
        """Of git the commit's time is known, of the environment none."""
        self.statuses = [0, 0, 0]
        self.committed = "1790000000\n"
        self.runs: list[tuple[str, list[str]]] = []
        self.times: list[str | None] = []
        self.patch(subprocess, "run", self.run_)
        self.patch(os, "environ", {"PATH": "/bin"})

    def run_(self, command: list[str], check: bool, **options: Any) -> SimpleNamespace:
        """Note what is run, and with which wish and time."""
        if command[0] == "git":
            return SimpleNamespace(stdout=self.committed)
        self.runs.append((options["env"]["DOTCHAIN_COMPILE"], command[2:]))
        self.times.append(options["env"].get("SOURCE_DATE_EPOCH"))
        return SimpleNamespace(returncode=self.statuses.pop(0))

    def test_all(self) -> None:
        """An archive with its wheel that must be compiled, one that must not, and what that brings along."""
        self.assertEqual(main([]), 0)
        expected = [
            ("1", ["build", "--outdir", "dist"]),
            ("0", ["build", "--outdir", "dist", "--wheel"]),
            ("0", ["building.sbom", "dist"]),
        ]
        self.assertEqual(self.runs, expected)

    def test_folder(self) -> None:
        """They are put where whoever asks has said."""
        main(["elsewhere"])
        self.assertTrue(all("elsewhere" in command for _, command in self.runs))

    def test_failed(self) -> None:
        """Without the compiled wheel there is no release."""
        self.statuses = [3]
        self.assertEqual(main([]), 3)
        self.assertEqual(len(self.runs), 1)

    def test_time(self) -> None:
        """Files have the time of the commit, so that the same commit gives the same wheels."""
        main([])
        self.assertEqual(self.times, ["1790000000"] * 3)

    def test_otherTime(self) -> None:
        """Or that which whoever packages it wants; or, without git, their own."""
        os.environ["SOURCE_DATE_EPOCH"] = "5"
        main([])
        self.assertEqual(self.times, ["5"] * 3)
        del os.environ["SOURCE_DATE_EPOCH"]
        self.statuses, self.committed = [0, 0, 0], ""
        main([])
        self.assertEqual(self.times[3:], [None] * 3)
