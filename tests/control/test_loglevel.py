"""The command log-level."""

from __future__ import annotations

from dotchain.control.loglevel import logLevel
from dotchain.control.running import CommandError
from dotchain.daemon.logthreshold import LogThreshold

from .controlcase import ControlCase


class LogLevelTests(ControlCase):
    """L{logLevel}."""

    def setUp(self) -> None:
        super().setUp()
        self.threshold = LogThreshold()
        self.addCleanup(self.threshold.reset)
        self.daemon = self.running()._replace(threshold=lambda: self.threshold)

    def test_set(self) -> None:
        """The level holds from now on, and is told; without one, only that."""
        self.assertEqual(logLevel(self.daemon), {"level": "info"})
        self.assertEqual(logLevel(self.daemon, "warn"), {"level": "warn"})
        self.assertEqual((self.threshold.level, logLevel(self.daemon)), ("warn", {"level": "warn"}))

    def test_unknown(self) -> None:
        """Any other is none."""
        error = self.assertRaises(CommandError, logLevel, self.daemon, "loud")
        self.assertEqual(str(error), "level is none of debug, info, warn, error")

    def test_elsewhere(self) -> None:
        """Where twistd logs to what it was told of, nothing can be held back."""
        error = self.assertRaises(CommandError, logLevel, self.running(), "warn")
        self.assertIn("--syslog or --logger", str(error))
