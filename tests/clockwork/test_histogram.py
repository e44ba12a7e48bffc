"""Counts in ranges."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.histogram import BOUNDS, Histogram


class HistogramTests(SynchronousTestCase):
    """L{Histogram}."""

    def test_ranges(self) -> None:
        """A range ends with its bound, which belongs to it, as Prometheus has it (le)."""
        histogram = Histogram()
        for seconds in (0.0, BOUNDS[0], BOUNDS[0] * 1.01, BOUNDS[-1], BOUNDS[-1] * 2):
            histogram.observe(seconds)
        told = histogram.tell()
        self.assertEqual((told["counts"][0], told["counts"][1], told["counts"][-2:]), (2, 1, [1, 1]))
        self.assertEqual(sum(told["counts"]), 5)

    def test_add(self) -> None:
        """Two that were kept apart become one."""
        one, other = Histogram(), Histogram()
        for each in (one, other, other):
            each.observe(0.2)
        one.add(other)
        self.assertEqual((one.counts[10], sum(one.counts)), (3, 3))
        self.assertAlmostEqual(one.sum, 0.6)
