"""Tests of rates."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.status.interval import Interval

from .figures import front, process, stats

PATH = ("fronts", "lan", "udp", "queries")


def lan(queries: int, uptime: float, **more: object) -> dict[str, object]:
    """A daemon whose front had so many queries by then."""
    return stats({"lan": {"udp": front(queries)}}, uptime=uptime, **more)


class IntervalTests(SynchronousTestCase):
    """What two looks at counters say of the time between them."""

    def test_growth(self) -> None:
        """A rate is what a counter grew, by the seconds that the daemon counts itself."""
        interval = Interval(lan(100, 60.0), lan(400, 62.0))
        self.assertEqual((interval.seconds, interval.rate(*PATH), interval.grown(*PATH)), (2.0, 150.0, 300.0))

    def test_first(self) -> None:
        """Of one look alone no rate is known, which is not the same as none."""
        interval = Interval(None, lan(100, 60.0))
        self.assertEqual((interval.seconds, interval.rate(*PATH)), (0.0, None))

    def test_restarted(self) -> None:
        """A daemon that was started anew counts from its start: nothing is known of the time between."""
        interval = Interval(lan(100, 60.0), lan(400, 90.0, pid=4712))
        self.assertEqual((interval.seconds, interval.rate(*PATH)), (0.0, None))

    def test_samePid(self) -> None:
        """So it is where the new process has the old one's number, as in a container."""
        self.assertIsNone(Interval(lan(100, 60.0), lan(400, 1.0)).rate(*PATH))

    def test_workerReplaced(self) -> None:
        """A worker that was replaced takes its part of the sums with it, so that they tell nothing."""
        workers = [{"1": process(pid=10), "2": process(pid=pid)} for pid in (11, 12)]
        before, now = lan(100, 60.0, workers=workers[0]), lan(400, 62.0, workers=workers[1])
        self.assertIsNone(Interval(before, now).rate(*PATH))
        again = lan(600, 64.0, workers=workers[1])
        self.assertEqual(Interval(now, again).rate(*PATH), 100.0)

    def test_reset(self) -> None:
        """A counter that a reload began anew has no rate, and never a negative one; others go on."""
        before = stats(stages={"cache": {"hits": 90, "misses": 5}}, uptime=60.0)
        now = stats(stages={"cache": {"hits": 3, "misses": 7}}, uptime=62.0)
        self.assertEqual(Interval(before, now).rates("stages", "cache"), {"misses": 1.0})

    def test_new(self) -> None:
        """A section that was not there before has no rate yet."""
        now = stats(stages={"cache": {"hits": 3}}, uptime=62.0)
        self.assertEqual(Interval(stats(uptime=60.0), now).rates("stages", "cache"), {})

    def test_noNumbers(self) -> None:
        """What is no number has no rate; what can't be read neither."""
        before = stats(stages={"own": {"a": None, "b": True, "c": 1}}, uptime=60.0)
        now = stats(stages={"own": {"a": 4, "b": True, "c": None}}, uptime=62.0)
        self.assertEqual(Interval(before, now).rates("stages", "own"), {})

    def test_nowhere(self) -> None:
        """A path that leads nowhere has no rate."""
        self.assertIsNone(Interval(lan(1, 60.0), lan(2, 62.0)).rate("fronts", "lan", "tls", "queries"))
