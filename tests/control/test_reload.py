"""The command reload."""

from __future__ import annotations

from twisted.internet.defer import ensureDeferred

from dotchain.control.reload import reload
from dotchain.control.running import CommandError

from .controlcase import ControlCase


class ReloadTests(ControlCase):
    """L{reload}."""

    def test_outcomes(self) -> None:
        """Each part tells how it went; of two of one name the one that failed."""
        self.outcomes = [
            ("stage list", "no such file"),
            ("front lan", None),
            ("stage list", None),
        ]
        self.assertEqual(
            self.result(reload(self.running())),
            {"parts": {"front lan": "reloaded", "stage list": "no such file"}},
        )

    def test_ending(self) -> None:
        """During the drain nothing is reloaded, and that is told."""
        self.failureResultOf(ensureDeferred(reload(self.running())), CommandError)
