"""The group C{fastest}: pace, exploration, silence."""

from __future__ import annotations

from dotchain.options import OptionError
from dotchain.upstreams.groups.fastest import Fastest

from .groupcase import DOWN, GOOD, OTHER, QUERY, GroupCase, later, now


class FastestTests(GroupCase):
    """L{Fastest}; the random numbers drawn are 0.5, so that nothing is explored."""

    def setUp(self) -> None:
        """Two that answer when they are told to."""
        super().setUp()
        self.group = self.over(Fastest, later(GOOD), later(OTHER))

    def one(self, first: float, second: float) -> int:
        """Ask, and let whoever is asked take so long; who it was."""
        before = self.asked()
        result = self.group.resolve(QUERY)
        index = [after - was for after, was in zip(self.asked(), before, strict=True)].index(1)
        self.clock.advance((first, second)[index])
        self.upstreams[index].fireAll()
        self.answer(result)
        return index

    def test_learns(self) -> None:
        """Each is asked once, as nothing is known; then it is the faster one."""
        self.assertEqual([self.one(0.03, 0.01) for _ in range(6)], [0, 1, 1, 1, 1, 1])
        self.assertQuiet()

    def test_changes(self) -> None:
        """Who becomes slower than the other loses its place, after some answers and not after one."""
        self.test_learns()
        places = [self.one(0.03, 0.1) for _ in range(10)]
        self.assertEqual(places[0], 1)
        self.assertEqual(places[-1], 0)
        self.assertIn(places.index(0), range(2, 5))

    def test_explores(self) -> None:
        """Five queries in a hundred go to another one, which so can win its place back."""
        self.test_learns()
        self.drawn = [0.05, 0.049, 0.5, 0.5]
        self.assertEqual([self.one(0.03, 0.01) for _ in range(3)], [1, 0, 1])
        self.drawn = [0.01]
        for _ in range(30):
            self.one(0.001, 0.01)
        self.drawn = [0.5]
        self.assertEqual([self.one(0.001, 0.01) for _ in range(5)], [0] * 5)

    def test_silence(self) -> None:
        """One that falls silent loses its place within the time that the other would have taken."""
        self.test_learns()
        lost = self.group.resolve(QUERY)
        self.clock.advance(0.031)
        self.assertEqual([self.one(0.03, 0.01) for _ in range(20)], [0] * 20)
        self.clock.advance(1.5)
        self.upstreams[0].fireAll()
        self.assertIs(self.answer(lost), GOOD)

    def test_failures(self) -> None:
        """A failure counts as an answer that took all the patience."""
        self.group = self.over(Fastest, now(DOWN), later(OTHER))
        results = []
        for _ in range(10):
            results.append(self.group.resolve(QUERY))
            self.clock.advance(0.2)
            self.upstreams[1].fireAll()
        self.assertEqual([self.answer(result) for result in results], [OTHER] * 10)
        self.assertEqual(self.asked(), [1, 10])

    def test_alone(self) -> None:
        """With one member there is nothing to explore."""
        group = self.over(Fastest, now(GOOD))
        self.drawn = [0.0]
        self.assertIs(self.answer(group.resolve(QUERY)), GOOD)

    def test_percent(self) -> None:
        """More than all can't be explored."""
        error = self.assertRaises(OptionError, self.over, Fastest, now(GOOD), explore="101")
        self.assertEqual(error.key, "explore")
