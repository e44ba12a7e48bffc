"""Figures and tables for people."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.commands.table import counted, lasting, mega, some, table


class TableTests(SynchronousTestCase):
    """L{table} and the figures in it."""

    def test_aligned(self) -> None:
        """Text stands on the left, numbers on the right; nothing hangs over the end."""
        self.assertEqual(
            table(["NAME", "", "N"], [["a", "udp", 5], ["longer", "tcp", 12345]], 2),
            ["NAME             N", "a       udp      5", "longer  tcp  12345"],
        )

    def test_empty(self) -> None:
        """Without rows there is no head."""
        self.assertEqual(table(["A"], []), [])

    def test_cells(self) -> None:
        """What is not known is a dash."""
        self.assertEqual(counted({"hits": 3, "wrong": None, "share": 0.123}), "hits 3, wrong -, share 0.1")

    def test_lasting(self) -> None:
        """Durations in the unit that is easiest to read."""
        self.assertEqual(
            [lasting(each) for each in (0.25, 90, 150, 7200, 864000)],
            ["0.2 s", "90.0 s", "2.5 min", "2.0 h", "10.0 d"],
        )

    def test_numbers(self) -> None:
        """One of a thing, and several."""
        self.assertEqual(
            [some(1, "query"), some(2, "query"), some(0, "record")], ["1 query", "2 queries", "0 records"]
        )
        self.assertEqual(mega(64 << 20), "64.0 MB")
