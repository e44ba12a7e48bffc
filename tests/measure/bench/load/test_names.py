"""Which names are asked for, and how often."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.load.names import Known, Ranked, Unique

from ....folders import folder


def lines(file: Path) -> list[str]:
    """What a file has."""
    return file.read_text().splitlines()


class NamesTests(SynchronousTestCase):
    """Sources of names."""

    def test_known(self) -> None:
        """A run asks for what was asked for before."""
        known = Known(folder(self), 3)
        asked = ["n0.example.org A", "n1.example.org A", "n2.example.org A"]
        self.assertEqual(lines(known.warm), asked)
        self.assertEqual(lines(known.file(1, 0)), asked)

    def test_ranked(self) -> None:
        """The first of 1,000 names is asked for about ten times as often as the tenth, and all are known."""
        ranked = Ranked(folder(self), 1000)
        asked = Counter(lines(ranked.file(1, 0)))
        self.assertLessEqual(set(asked), set(lines(ranked.warm)))
        self.assertGreater(asked["z0.example.org A"], 5 * asked["z9.example.org A"])
        self.assertGreater(len(asked), 300)

    def test_unique(self) -> None:
        """No name of a run was asked for before, and there are enough for its rate."""
        unique = Unique(folder(self), 5)
        asked = [*lines(unique.warm), *lines(unique.file(2, 10)), *lines(unique.file(2, 10))]
        self.assertEqual(len(set(asked)), len(asked))
        self.assertGreaterEqual(len(asked), 45)
