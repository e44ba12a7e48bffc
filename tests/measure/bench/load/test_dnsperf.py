"""What is asked of dnsperf, and read from it."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.load.dnsperf import PATIENCE, Answers, Load, LoadError, latencies, quantile, read

_PRINTED = """
Statistics:

  Queries sent:         1010
  Queries completed:    1000 (99.01%)
  Queries lost:         10 (0.99%)

  Response codes:       NOERROR 990 (99.00%), SERVFAIL 10 (1.00%)
  Average packet size:  request 32, response 48
  Run time (s):         0.500000
  Queries per second:   2000.000000
"""


class ReadTests(SynchronousTestCase):
    """Figures in text."""

    def test_figures(self) -> None:
        """What came, losses, answers that are not NOERROR; rate and cost are of those that are."""
        found = read(_PRINTED, 0.0495)
        self.assertEqual(found, Answers(1000, 10, 10, 1980.0, 50.0))
        self.assertEqual(found.answered, 990)
        self.assertTrue(found.good)

    def test_shedding(self) -> None:
        """Whoever tells errors fast has no higher rate by it, no cheaper answers, and doesn't do the work."""
        text = _PRINTED.replace("NOERROR 990 (99.00%), SERVFAIL 10", "NOERROR 250 (25.00%), SERVFAIL 750")
        found = read(text, 0.05)
        self.assertEqual((found.rate, found.cpu, found.good), (500.0, 200.0, False))

    def test_asked(self) -> None:
        """Those that were answered, and those that weren't."""
        self.assertEqual(read(_PRINTED).asked, 1010)

    def test_noNoerror(self) -> None:
        """Where no answer is NOERROR, all have failed, and there is no rate."""
        found = read(_PRINTED.replace("NOERROR 990 (99.00%), ", ""), 0.5)
        self.assertEqual(found, Answers(1000, 10, 1000, 0.0, 500000.0))

    def test_noAnswer(self) -> None:
        """Where dnsperf has no answer it prints no response codes, and an answer costs what all did."""
        text = _PRINTED.replace("completed:    1000", "completed:    0").partition("  Response")[0]
        result = read(text + "  Queries per second:   0.000000\n", 0.5)
        self.assertEqual(result, Answers(0, 10, 0, 0.0, 500000.0))

    def test_noFigures(self) -> None:
        """An error message of dnsperf becomes one of ours."""
        error = self.assertRaises(LoadError, read, "Error: unable to connect", 0)
        self.assertIn("unable to connect", str(error))


_EACH = """
> NOERROR n0.example.org A 0.002500
> T n1.example.org A
> SERVFAIL n2.example.org A 0.000100
> I n3.example.org A
"""


class LatencyTests(SynchronousTestCase):
    """Each query's time."""

    def test_order(self) -> None:
        """
        The least first; what is lost or failed took all of the patience, what dnsperf ended before
        doesn't count.
        """
        self.assertEqual(latencies(_EACH), [0.0025, PATIENCE, PATIENCE])

    def test_none(self) -> None:
        """An error message of dnsperf becomes one of ours."""
        self.assertRaises(LoadError, latencies, "Error: unable to connect")

    def test_quantile(self) -> None:
        """Of 1,000 values the 500th and the 990th from below, and of few the highest."""
        values = [float(number) for number in range(1000)]
        self.assertEqual([quantile(values, share) for share in (0.5, 0.99)], [500.0, 990.0])
        self.assertEqual(quantile([1.0, 2.0], 0.999), 2.0)


class LoadTests(SynchronousTestCase):
    """dnsperf's options."""

    def test_inFlight(self) -> None:
        """Very many connections have two queries in flight each, few share 400."""
        self.assertIn("2000", Load("dot", 1000).options)
        self.assertIn("400", Load("dot", 20).options)
        self.assertIn("9000", Load("udp", 8, flight=9000).options)

    def test_threads(self) -> None:
        """There are no more threads than connections, which dnsperf refuses."""
        options = Load("udp", 2, 4).options
        self.assertEqual(options[options.index("-T") + 1], "2")
