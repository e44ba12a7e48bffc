"""What twistd runs."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from twisted.application.service import IServiceMaker
from twisted.internet.testing import MemoryReactorClock
from twisted.plugin import getPlugins
from twisted.python import usage
from twisted.trial.unittest import SynchronousTestCase

from dotchain.daemon.service import Daemon
from dotchain.tap import Options, makeService

from .configs import GOOD
from .folders import written


def options(file: Path | str) -> Options:
    """As C{--config FILE} gives them."""
    made = Options()
    made.parseOptions(["--config", str(file)])
    return made


class OptionsTests(SynchronousTestCase):
    """L{Options}."""

    def test_config(self) -> None:
        """C{--config} has a short form."""
        made = Options()
        made.parseOptions(["-c", "x.ini"])
        self.assertEqual(made["config"], "x.ini")

    def test_missing(self) -> None:
        """Without it, the message names the option and the examples."""
        text = str(self.assertRaises(usage.UsageError, Options().parseOptions, []))
        for word in (
            "--config",
            "etc/lab.ini",
            "etc/agg.ini",
            "etc/server.ini",
            "etc/forwarder.ini",
            "etc/home.ini",
        ):
            self.assertIn(word, text)

    def test_plugin(self) -> None:
        """twistd finds the plugin, and what it names."""
        found: list[Any] = list(getPlugins(IServiceMaker))
        (maker,) = [each for each in found if each.tapname == "dotchain"]
        self.assertEqual((maker.module, maker.options), ("dotchain.tap", Options))


class MakeServiceTests(SynchronousTestCase):
    """L{makeService}."""

    def refusal(self, file: Path | str) -> str:
        """What stands on stderr when no service is made."""
        stderr = io.StringIO()
        self.patch(sys, "stderr", stderr)
        error = self.assertRaises(SystemExit, makeService, options(file), MemoryReactorClock())
        self.assertEqual(error.code, 1)
        return stderr.getvalue()

    def test_daemon(self) -> None:
        """A right file becomes a daemon; nothing is bound yet."""
        reactor = MemoryReactorClock()
        daemon = makeService(options(written(self, GOOD)), reactor)
        self.assertIsInstance(daemon, Daemon)
        self.assertEqual([front.thing.ports for front in daemon.tree.fronts], [[]])

    def test_imports(self) -> None:
        """What the file asks for is imported and not what it might have, which would take longer to start."""
        code = "import sys; from dotchain.tap import makeService, Options; made = Options(); "
        code += "made.parseOptions(sys.argv[1:]); makeService(made); print(*sys.modules)"
        command = [sys.executable, "-c", code, "--config", str(written(self, GOOD))]
        there = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=there)
        modules = done.stdout.split()
        self.assertIn("dotchain.daemon.service", modules)
        for spared in ("treq", "dotchain.stages.block.stage", "dotchain.workers.parent"):
            self.assertNotIn(spared, modules)

    def test_wrong(self) -> None:
        """A wrong file is one line an error, and nothing else."""
        file = written(self, GOOD + "wrod = x\n[stage idle]\nkind = cache\n")
        lines = self.refusal(file).splitlines()
        self.assertEqual(len(lines), 2)
        self.assertTrue(lines[0].startswith(f"{file}:15: [upstream end] wrod: unknown key"))
        self.assertEqual(
            lines[1], f"{file}:16: [stage idle]: no front leads here; name it in a path, or remove it"
        )

    def test_unreadable(self) -> None:
        """So is a file that is not there."""
        self.assertEqual(
            self.refusal("/nonexistent.ini"),
            "/nonexistent.ini:1: cannot be read: No such file or directory\n",
        )
