"""Memory that goes back to the system."""

from __future__ import annotations

import ctypes

from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.heap import HeapReturn, trim


class HeapReturnTests(SynchronousTestCase):
    """L{HeapReturn}."""

    def trims(self, *there: int) -> list[int]:
        """At which of these looks memory was given back."""
        found: list[int] = []
        looks: list[int] = []
        heap = HeapReturn(lambda: found.append(len(looks)))
        for each in there:
            heap.look(each)
            looks.append(each)
        return found

    def test_crowd(self) -> None:
        """Once when a crowd has gone, however slowly, and once more after the next."""
        self.assertEqual(self.trims(0, 3000, 3000, 2000, 1400, 100, 0, 0, 0, 700, 1, 1, 1), [7, 11])

    def test_comingAndGoing(self) -> None:
        """Never where few come and go, or many of whom most stay."""
        self.assertEqual(self.trims(*([499, 0] * 50)), [])
        self.assertEqual(self.trims(*([5000, 4000] * 50)), [])

    def test_noGlibc(self) -> None:
        """A C library without such a call keeps what it has, and nobody is told."""
        asked: list[object] = []

        def another(name: object) -> object:
            asked.append(name)
            return object()

        self.patch(ctypes, "CDLL", another)
        trim()
        self.assertEqual(asked, [None])
