"""Tests of how long things took."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.histogram import Histogram
from dotchain.status.durations import FRONT, NOTHING, durations, sinceStart

LAN = ("lan", "udp")


def metrics(*seconds: float) -> dict[str, Any]:
    """What a front tells that took so long for its queries."""
    histogram = Histogram()
    for each in seconds:
        histogram.observe(each)
    return {FRONT: [[[*LAN], histogram.tell()]]}


class DurationsTests(SynchronousTestCase):
    """Durations of late."""

    def test_lately(self) -> None:
        """Only what was between two looks counts, so that a slow minute is over when it is over."""
        found = durations(FRONT, metrics(5.0, 5.0), metrics(5.0, 5.0, 0.001, 0.003))[LAN]
        self.assertAlmostEqual(found.mean or 0, 0.002)
        self.assertEqual(found.quantile(0.99), 0.005)

    def test_none(self) -> None:
        """Where nothing was, nothing is told; nor at the first look."""
        found = durations(FRONT, metrics(5.0), metrics(5.0))[LAN]
        self.assertEqual((found.mean, found.quantile(0.99)), (None, None))
        self.assertEqual(durations(FRONT, None, metrics(5.0)), {})
        self.assertIsNone(NOTHING.mean)

    def test_reset(self) -> None:
        """What a reload has begun anew counts from there."""
        found = durations(FRONT, metrics(5.0, 5.0), metrics(0.002))[LAN]
        self.assertAlmostEqual(found.mean or 0, 0.002)

    def test_slowest(self) -> None:
        """One slow query in fifty is seen at 99 of a hundred, not at half; beyond all ranges is no end."""
        found = sinceStart(FRONT, metrics(*[0.001] * 49, 2.0))[LAN]
        self.assertEqual((found.quantile(0.5), found.quantile(0.99)), (0.001, 2.5))
        self.assertIsNone(sinceStart(FRONT, metrics(60.0))[LAN].quantile(0.99))
