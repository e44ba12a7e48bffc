"""Who has the most."""

from __future__ import annotations

import random
from collections import Counter

from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.ranking import Ranking


class RankingTests(SynchronousTestCase):
    """L{Ranking}."""

    def test_nobody(self) -> None:
        """Where nobody has any, nobody is first."""
        ranking: Ranking[str] = Ranking()
        self.assertEqual(ranking.most, 0)
        self.assertRaises(KeyError, lambda: ranking.first)

    def test_likeCounting(self) -> None:
        """Whatever is gained and lost in whatever order, the first one is who has the most."""
        dice, ranking, counts = random.Random(1), Ranking[str](), Counter[str]()
        for _ in range(5000):
            who = dice.choice("abcdefgh")
            if counts[who] and dice.random() < 0.5:
                counts[who] -= 1
                ranking.lose(who, counts[who])
            else:
                counts[who] += 1
                ranking.gain(who, counts[who])
            self.assertEqual(ranking.most, max(counts.values()))
            if ranking.most:
                self.assertEqual(counts[ranking.first], ranking.most)
