"""A rule's line, cut at its arrow."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.match.ruleline import sides


class SidesTests(SynchronousTestCase):
    """L{sides}."""

    def test_sides(self) -> None:
        """What stands on them, without blanks; a mark within a word is none of an arrow."""
        self.assertEqual(sides(" a>b c -> d "), ("a>b c", "d"))

    def test_otherArrows(self) -> None:
        """One that is written otherwise is told."""
        for line, arrow in (("a => b", "=>"), ("a --> b", "-->"), ("a - > b", "- >"), ("a > b -> c", ">")):
            error = self.assertRaises(ValueError, sides, line)
            self.assertIn(f"the arrow is '->', and not '{arrow}'", str(error))

    def test_long(self) -> None:
        """Long lines take no time that grows with their square."""
        many = 200_000
        self.assertRaises(ValueError, sides, "-" * many)
        self.assertRaises(ValueError, sides, "=" * many)
        self.assertEqual(sides("a>" * many + "a -> b")[1], "b")
