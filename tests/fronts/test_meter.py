"""Answers of a chain by RCODE, and how long they took."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.contract.stopwatch import Stopwatch
from dotchain.fronts.meter import Meter
from dotchain.node import Later, Node
from dotchain.resolver import NoAnswer
from dotchain.wire import DROP, Answer, Query, ask
from dotchain.wire.codes import NOERROR, NXDOMAIN, REFUSED


class Said(Node):
    """Gives these answers, one after the other."""

    def __init__(self, *answers: Answer | Later) -> None:
        self.answers = list(answers)

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        return self.answers.pop(0)


class MeterTests(SynchronousTestCase):
    """L{Meter}."""

    def setUp(self) -> None:
        """A question."""
        self.clock = Clock()
        self.query = Query(ask("example.org", "A").wire)

    def meter(self, *answers: Answer | Later) -> Meter:
        """What stands before these answers, all of which are asked for."""
        made = Meter(Said(*answers), self.clock.seconds, Stopwatch(self.clock.seconds))
        for _ in answers:
            made.resolve(self.query)
        return made

    def test_rcodes(self) -> None:
        """Answers are counted by RCODE; one that no name is known of with others such."""
        meter = self.meter(*map(Answer.bare, (NOERROR, NXDOMAIN, NXDOMAIN, REFUSED, 4000, 100)))
        self.assertEqual(
            {rcode: count for rcode, count in enumerate(meter.rcodes) if count},
            {NOERROR: 1, NXDOMAIN: 2, REFUSED: 1, Meter.NAMED: 2},
        )

    def test_none(self) -> None:
        """What gets no answer, or fails, which the front counts, is no answer."""
        later = Later(self.query)
        meter = self.meter(DROP, later)
        later.land(NoAnswer("nobody answers"))
        self.assertEqual(sum(meter.rcodes), 0)

    def test_later(self) -> None:
        """An answer that comes later is counted when it comes."""
        later = Later(self.query)
        meter = self.meter(later)
        self.assertEqual(sum(meter.rcodes), 0)
        self.clock.advance(0.3)
        later.land(Answer.bare(NXDOMAIN))
        self.assertEqual((meter.rcodes[NXDOMAIN], meter.latencies.sum), (1, 0.3))

    def test_oneIn(self) -> None:
        """The first query is measured, and then one in 64."""
        for asked, measured in ((1, 1), (64, 1), (65, 2), (129, 3)):
            meter = self.meter(*[Answer.bare(NOERROR)] * asked)
            self.assertEqual(sum(meter.latencies.counts), measured, asked)
