"""What a release consists of."""

from __future__ import annotations

import subprocess
from types import SimpleNamespace

from twisted.trial.unittest import SynchronousTestCase

from building.__main__ import main


class ReleaseTests(SynchronousTestCase):
    """L{main}, with nothing run."""

    def setUp(self) -> None:
        self.statuses = [0, 0]
        self.runs: list[tuple[str, list[str]]] = []
        self.patch(subprocess, "run", self.run_)

    def run_(self, command: list[str], env: dict[str, str], check: bool) -> SimpleNamespace:
        """Note what is run, and with which wish."""
        self.runs.append((env["DOTCHAIN_COMPILE"], command[3:]))
        return SimpleNamespace(returncode=self.statuses.pop(0))

    def test_both(self) -> None:
        """An archive with the wheel of it that must be compiled, then one that must not."""
        self.assertEqual(main([]), 0)
        expected = [("1", ["--outdir", "dist"]), ("0", ["--outdir", "dist", "--wheel"])]
        self.assertEqual(self.runs, expected)

    def test_folder(self) -> None:
        """They are put where whoever asks has said."""
        main(["elsewhere"])
        self.assertEqual({command[1] for _, command in self.runs}, {"elsewhere"})

    def test_failed(self) -> None:
        """Without the compiled wheel there is no release."""
        self.statuses = [3]
        self.assertEqual(main([]), 3)
        self.assertEqual(len(self.runs), 1)
