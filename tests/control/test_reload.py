"""The command reload."""

from __future__ import annotations

from dotchain.control.reload import reload

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

    def test_nothing(self) -> None:
        """Where nothing has to be read anew, that is no error."""
        self.assertEqual(self.result(reload(self.running())), {"parts": {}})
