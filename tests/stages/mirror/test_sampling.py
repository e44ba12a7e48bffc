"""Which queries are of a sample."""

from __future__ import annotations

import random

from twisted.trial.unittest import SynchronousTestCase

from dotchain.client import NOBODY
from dotchain.stages.mirror.sampling import Sampling


class SamplingTests(SynchronousTestCase):
    """L{Sampling}."""

    def test_all(self) -> None:
        """A sample of all takes each, and lets no front give one again."""
        sampling = Sampling(1.0, random.Random(1).random)
        self.assertEqual([sampling.takes() for _ in range(5)], [True] * 5)
        self.assertEqual((sampling.pays(NOBODY, 0.0), sampling.affords(NOBODY, 0.0)), (False, False))

    def test_part(self) -> None:
        """Of many about that part is taken, whether they come to the stage or are given again by a front."""
        sampling, taken = Sampling(0.05, random.Random(2).random), 0
        for number in range(20_000):
            if number % 3 and sampling.affords(NOBODY, 0.0):
                self.assertTrue(sampling.pays(NOBODY, 0.0))
            else:
                taken += sampling.takes()
        self.assertTrue(900 < taken < 1100, taken)

    def test_turn(self) -> None:
        """Where it is the turn of one that a front would give again the chain is asked, until it was."""
        sampling = Sampling(0.5, iter([0.8, 0.8, 0.0]).__next__)
        paid = [sampling.pays(NOBODY, 0.0) for _ in range(4)]
        self.assertEqual(paid, [True, True, False, False])
        self.assertTrue(sampling.takes())
        self.assertTrue(sampling.pays(NOBODY, 0.0))

    def test_noPattern(self) -> None:
        """It is not every second: who asks for A and AAAA in turn is seen to ask for both."""
        sampling = Sampling(0.5, random.Random(3).random)
        taken = [number for number in range(1000) if sampling.takes()]
        self.assertEqual({number % 2 for number in taken}, {0, 1})
