"""Sums over workers that come and go."""

from __future__ import annotations

import json
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.control.metrics.family import COUNTER, GAUGE, HISTOGRAM, Family, Value, together, told
from dotchain.control.metrics.tally import Tally

ASKED = Family("dotchain_asked", COUNTER, "Queries.", ("front",))
TOOK = Family("dotchain_took_seconds", HISTOGRAM, "Seconds.")
OPEN = Family("dotchain_open", GAUGE, "Files.")
FAMILIES = {each.name: each for each in (ASKED, TOOK, OPEN)}


class TallyTests(SynchronousTestCase):
    """L{Tally}."""

    def setUp(self) -> None:
        """Two workers have counted 100 and 5."""
        self.tally = Tally(FAMILIES)
        self.take(1, 0.0, lan=100)
        self.take(2, 0.0, lan=5)

    def take(self, number: int, startedAt: float, took: Value | None = None, **asked: int) -> None:
        """A worker has counted so much, as it comes over the channel."""
        samples = [(ASKED, (front,), count) for front, count in asked.items()]
        made = told([*samples, (TOOK, (), took), (OPEN, (), 7)])
        self.tally.take(number, startedAt, json.loads(json.dumps(made)))

    def found(self, name: str = "dotchain_asked") -> list[tuple[list[str], Any]]:
        """The sums."""
        return together(self.tally.sums(), FAMILIES).get(name, [])

    def test_missing(self) -> None:
        """What a worker has counted holds while it does not answer."""
        self.take(1, 0.0, lan=110)
        self.assertEqual(self.found(), [(["lan"], 115)])

    def test_another(self) -> None:
        """A process that takes the place of one that has ended goes on, though it has overtaken it."""
        self.take(1, 9.0, lan=120)
        self.assertEqual(self.found(), [(["lan"], 225)])
        self.take(1, 9.0, lan=121)
        self.assertEqual(self.found(), [(["lan"], 226)])

    def test_anew(self) -> None:
        """A section that a reload has changed begins anew in one worker after the other; the sum goes on."""
        self.take(1, 0.0, lan=3)
        self.assertEqual(self.found(), [(["lan"], 108)])
        self.take(2, 0.0, lan=1)
        self.assertEqual(self.found(), [(["lan"], 109)])

    def test_notYet(self) -> None:
        """What the next process has not met with yet remains, as long as another one knows of it."""
        self.take(1, 9.0)
        self.assertEqual(self.found(), [(["lan"], 105)])

    def test_gone(self) -> None:
        """A section that no worker has any more is no longer told, and begins at 0 where it comes back."""
        self.take(1, 0.0, wan=1)
        self.assertEqual(self.found(), [(["lan"], 105), (["wan"], 1)])
        self.take(2, 0.0, wan=1)
        self.assertEqual(self.found(), [(["wan"], 2)])
        self.take(1, 0.0, wan=1, lan=1)
        self.assertEqual(self.found(), [(["wan"], 2), (["lan"], 1)])

    def test_histograms(self) -> None:
        """Histograms are kept range by range."""
        self.take(1, 0.0, {"counts": [4, 2], "sum": 0.5})
        self.take(2, 0.0, {"counts": [1, 0], "sum": 0.25})
        self.take(1, 0.0, {"counts": [0, 1], "sum": 1.0})
        self.assertEqual(self.found("dotchain_took_seconds"), [([], {"counts": [5, 3], "sum": 1.75})])

    def test_gauges(self) -> None:
        """What is so now is not kept."""
        self.assertEqual(self.found("dotchain_open"), [])
