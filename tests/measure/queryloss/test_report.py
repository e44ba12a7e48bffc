"""What is counted, and how it is shown."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.roles import FORWARDING
from measure.queryloss.failurerun import Tally, tally
from measure.queryloss.failures import FAILURES
from measure.queryloss.report import report


class Past:
    """A load that is over."""

    def __init__(self, sent: int, took: dict[int, float], *failed: int) -> None:
        self.sent = dict.fromkeys(range(1, sent + 1), 0.0)
        self.took = took
        self.rcodes = {number: "SERVFAIL" if number in failed else "NOERROR" for number in took}


class TallyTests(SynchronousTestCase):
    """Counting."""

    def test_counts(self) -> None:
        """An answer after five seconds is as lost as one that never came."""
        past = Past(5, {1: 0.5, 2: 0.1, 3: 5.1, 4: 0.2}, 3, 4)
        self.assertEqual(tally(past), Tally(sent=5, lost=2, failed=1, slowest=0.5, late=0.5))

    def test_nothing(self) -> None:
        """Where nothing came, all is lost."""
        self.assertEqual(tally(Past(4, {})), Tally(4, 4, 0, 0.0, 0.0))


class ReportTests(SynchronousTestCase):
    """Tables."""

    def test_table(self) -> None:
        """A line for each failure, a column for each forwarder; who is missing has a dash."""
        text = report({"killed": {"dotchain": Tally(100, 0, 2, 1.25, 0.5)}}, ["dotchain", "stubby"])
        self.assertIn("killed   100      0 / 2     -\n", text)
        self.assertIn("killed   100      1.25 / 0.50  -\n", text)

    def test_everyone(self) -> None:
        """Nobody's column is forgotten, and dotchain's is there."""
        text = report({name: {} for name in FAILURES}, list(FORWARDING))
        for name in (*FAILURES, *FORWARDING):
            self.assertIn(name, text)
