"""L{PendingQueries}, and what an upstream does when there is no more room."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.resolver import NoAnswer
from dotchain.upstreams.forward import Forward
from dotchain.upstreams.pendingqueries import PendingQueries
from dotchain.wire.codes import EDE_OTHER

from .forwardcase import ONE, ForwardCase
from .upstreamcommon import Outcome, asked, pending, pendingQueries


class PendingQueriesTests(SynchronousTestCase):
    """Bounds in number and in octets."""

    def make(self, most: int, mostOctets: int) -> PendingQueries:
        """None of them is late, so none is ended."""
        return PendingQueries(most, mostOctets, lambda pending, error: self.fail(f"{pending} {error}"))

    def test_number(self) -> None:
        """So many, and one more when one is finished."""
        held = self.make(2, 1000)
        first, second, third = pendingQueries(3)
        self.assertEqual([held.add(each, 0.0) for each in (first, second, third)], [True, True, False])
        self.assertEqual((len(held), held.shed), (2, 1))
        self.assertTrue(held.finish(first))
        self.assertTrue(held.add(third, 0.0))
        self.assertEqual((len(held), held.shed), (2, 1))

    def test_octets(self) -> None:
        """So many octets, all of which are given back."""
        one = pending()
        held = self.make(1000, 2 * len(one.query.wire))
        both = [one, pending()]
        self.assertEqual([held.add(each, 0.0) for each in (*both, pending())], [True, True, False])
        for each in both:
            held.finish(each)
        self.assertEqual((held.octets, len(held)), (0, 0))

    def test_once(self) -> None:
        """What is finished, or was never held, is not finished again."""
        held = self.make(2, 1000)
        one = pending()
        held.add(one, 0.0)
        self.assertEqual([held.finish(one), held.finish(one), held.finish(pending())], [True, False, False])
        self.assertEqual(held.octets, 0)

    def test_due(self) -> None:
        """Those are due whose time has come, the oldest first, until they are finished or wait for longer."""
        held = self.make(10, 1000)
        first, second, third = pendingQueries(3)
        for each, at in ((first, 1.0), (second, 1.2), (third, 3.0)):
            held.add(each, 0.0)
            each.moveAt = at
        self.assertEqual(held.due(0.5), [])
        self.assertEqual(held.due(1.5), [first, second])
        first.moveAt = 2.5
        held.finish(second)
        self.assertEqual(held.due(1.6), [])
        self.assertEqual(held.due(3.0), [first, third])

    def test_reschedule(self) -> None:
        """One that must be moved on earlier than it was to is due then; one that is finished never."""
        held = self.make(10, 1000)
        first, second = pendingQueries(2)
        for each in (first, second):
            held.add(each, 0.0)
            each.moveAt = 3.0
        self.assertEqual(held.due(0.5), [])
        held.finish(second)
        for each in (first, second):
            each.moveAt = 1.0
            held.reschedule(each)
        self.assertEqual(held.due(1.0), [first])


class FullTests(ForwardCase):
    """An upstream that is silent while more and more is asked (A6)."""

    def assertFull(self, upstream: Forward, outcome: Outcome) -> None:
        """It fails at once, for a reason of our own, and is counted."""
        self.assertEqual(outcome.error.code, EDE_OTHER)
        self.assertIn("too many queries in flight", outcome.error.text)
        self.assertEqual(upstream.pendingQueries.shed, 1)

    def test_queries(self) -> None:
        """One query more than may be in flight fails at once."""
        upstream = self.make(ONE, max_in_flight=10)
        self.assertFull(upstream, asked(upstream, 11)[-1])

    def test_octets(self) -> None:
        """So does one that would take too many octets."""
        upstream = self.make(ONE, max_octets=200)
        outcomes = asked(upstream, 10)
        failed = [each for each in outcomes if each.results]
        self.assertEqual(failed, outcomes[-len(failed) :])
        self.assertEqual(
            (upstream.pendingQueries.shed, upstream.pendingQueries.octets <= 200), (len(failed), True)
        )

    def test_lateGoFirst(self) -> None:
        """Names that are never answered, while others are, make room, the oldest first (EDE 22)."""
        upstream = self.make(ONE, max_in_flight=10)
        silent = asked(upstream, 8)
        peer = self.open()
        peer.queries()
        self.network.pass_(0.2)
        for _ in range(20):
            asked(upstream)
            self.network.advance(0)
            peer.replyAll()
        others = asked(upstream, 5)
        self.network.advance(0)
        self.assertEqual(peer.replyAll(), 5)
        self.assertEqual([each.answer.rcode for each in others], [0] * 5)
        self.assertEqual([len(each.results) for each in silent], [1, 1, 1, 0, 0, 0, 0, 0])
        self.assertIsInstance(silent[0].error, NoAnswer)

    def test_nobodyIsLate(self) -> None:
        """Where nothing is answered, those that came first stay."""
        upstream = self.make(ONE, max_in_flight=10)
        first = asked(upstream, 10)
        self.open().queries()
        self.network.pass_(0.5)
        self.assertFull(upstream, asked(upstream)[0])
        self.assertEqual([each.results for each in first], [[]] * 10)
