"""Samples of several parts and several workers, as one."""

from __future__ import annotations

import json

from twisted.trial.unittest import SynchronousTestCase

from dotchain.control.metrics.family import COUNTER, GAUGE, HISTOGRAM, MAX, MIN, Family, together, told

ASKED = Family("dotchain_asked", COUNTER, "Queries.", ("front",))
LEAST = Family("dotchain_least", GAUGE, "The least.", (), MIN)
MOST = Family("dotchain_most", GAUGE, "The most.", (), MAX)
TOOK = Family("dotchain_took_seconds", HISTOGRAM, "Seconds.")
FAMILIES = {each.name: each for each in (ASKED, LEAST, MOST, TOOK)}


class FamilyTests(SynchronousTestCase):
    """L{told} and L{together}."""

    def test_exported(self) -> None:
        """Counters end with C{_total}, as OpenMetrics demands it; others with their unit."""
        self.assertEqual((ASKED.exported, TOOK.exported), ("dotchain_asked_total", "dotchain_took_seconds"))

    def test_uses(self) -> None:
        """A section that is used twice has one sample, the sum of both; what is not known has none."""
        found = told([(ASKED, ("lan",), 3), (ASKED, ("wan",), 1), (ASKED, ("lan",), 4), (MOST, (), None)])
        self.assertEqual(found, {"dotchain_asked": [(["lan"], 7), (["wan"], 1)]})

    def test_workers(self) -> None:
        """Counters of workers are added, the rest is as its family says; it comes over a channel, as JSON."""
        each = [
            json.loads(json.dumps(told([(ASKED, ("lan",), number), (LEAST, (), number), (MOST, (), number)])))
            for number in (2, 5)
        ]
        self.assertEqual(
            together(each, FAMILIES),
            {"dotchain_asked": [(["lan"], 7)], "dotchain_least": [([], 2)], "dotchain_most": [([], 5)]},
        )

    def test_histograms(self) -> None:
        """Histograms are added range by range, so that quantiles are those of all workers."""
        one, two = (
            told([(TOOK, (), {"counts": [1, 2], "sum": 0.5})]),
            told([(TOOK, (), {"counts": [10, 0], "sum": 0.25})]),
        )
        self.assertEqual(
            together([one, two], FAMILIES),
            {"dotchain_took_seconds": [([], {"counts": [11, 2], "sum": 0.75})]},
        )

    def test_unknown(self) -> None:
        """What a worker of another version tells is left out, and fails no scrape."""
        self.assertEqual(together([{"dotchain_new": [([], 1)]}], FAMILIES), {})
