"""Whom the system ends where memory is short."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.workers.outofmemory import goFirst

from ..folders import written


class GoFirstTests(SynchronousTestCase):
    """What a worker says to the system."""

    def test_more(self) -> None:
        """It counts for more than its parent, of which it has what the operator has set; 1000 is the most."""
        for before, after in ((0, 20), (-900, -880), (990, 1000), (1000, 1000)):
            place = written(self, f"{before}\n", "oom_score_adj")
            goFirst(place)
            self.assertEqual(place.read_text(), str(after))

    def test_elsewhere(self) -> None:
        """A system without that, or that forbids it, is left alone."""
        goFirst(Path(self.mktemp()) / "oom_score_adj")
        place = written(self, "no number", "oom_score_adj")
        goFirst(place)
        self.assertEqual(place.read_text(), "no number")
