"""What lists take."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.lists import LINES, measured, names, read, wire


class ListsTests(SynchronousTestCase):
    """C{measure.bench.lists}."""

    def test_lines(self) -> None:
        """A line for each format says how many names were read, and what they took."""
        for kind in LINES:
            words = measured(kind, 200).split()
            self.assertEqual(words[:2], [kind, "200"])
            self.assertEqual(len(words), 8)

    def test_names(self) -> None:
        """The names that are asked for are in the list, and the others are not."""
        found = read("hosts", 200)[0].names
        self.assertTrue(all(found.find(wire(name)) for name in names(200)))
        self.assertFalse(any(found.find(wire(name)) for name in names(200, first=200)))
