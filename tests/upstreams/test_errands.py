"""L{Errands}, and what an upstream does when there is no more room."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.upstreams.errands import Errands
from dotchain.upstreams.forward import Forward
from dotchain.wire.codes import EDE_OTHER

from .forwardcase import ONE, ForwardCase
from .surroundings import Outcome, asked, errand, errands


class ErrandsTests(SynchronousTestCase):
    """Bounds in number and in octets."""

    def test_number(self) -> None:
        """So many, and one more when one is finished."""
        held = Errands(2, 1000)
        first, second, third = errands(3)
        self.assertEqual([held.add(each) for each in (first, second, third)], [True, True, False])
        self.assertEqual((len(held), held.shed), (2, 1))
        self.assertTrue(held.finish(first))
        self.assertTrue(held.add(third))
        self.assertEqual((len(held), held.shed), (2, 1))

    def test_octets(self) -> None:
        """So many octets, all of which are given back."""
        one = errand()
        held = Errands(1000, 2 * len(one.query.wire))
        both = [one, errand()]
        self.assertEqual([held.add(each) for each in (*both, errand())], [True, True, False])
        for each in both:
            held.finish(each)
        self.assertEqual((held.octets, len(held)), (0, 0))

    def test_once(self) -> None:
        """What is finished, or was never held, is not finished again."""
        held = Errands(2, 1000)
        one = errand()
        held.add(one)
        self.assertEqual([held.finish(one), held.finish(one), held.finish(errand())], [True, False, False])
        self.assertEqual(held.octets, 0)


class FullTests(ForwardCase):
    """An upstream that is silent while more and more is asked (A6)."""

    def assertFull(self, upstream: Forward, outcome: Outcome) -> None:
        """It fails at once, for a reason of our own, and is counted."""
        self.assertEqual(outcome.error.code, EDE_OTHER)
        self.assertIn("too many queries in flight", outcome.error.text)
        self.assertEqual(upstream.errands.shed, 1)

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
        self.assertEqual((upstream.errands.shed, upstream.errands.octets <= 200), (len(failed), True))
