"""The counters that a part declares."""

from __future__ import annotations

from typing import Any, ClassVar

from twisted.trial.unittest import SynchronousTestCase

from dotchain.control.counters import counters, faults

from ..badkinds import Uncounted


class Counting:
    """A part with counters, of which some are wrong."""

    counters = ("seen", "staleAnswers", "in_flight", "broken", "word", "missing", "lists")
    seen, staleAnswers, in_flight, word = 3, 4, 5.5, "many"
    lists: ClassVar[dict[str, int]] = {"ads.txt": 12}

    @property
    def broken(self) -> int:
        """Raises."""
        raise RuntimeError("a bug of the operator's")


class CountersTests(SynchronousTestCase):
    """L{counters}."""

    def test_declared(self) -> None:
        """The attributes that C{counters} names, in one spelling; what is no number does no harm."""
        self.assertEqual(
            counters(Counting()),
            {"seen": 3, "stale-answers": 4, "in-flight": 5.5, "lists": {"ads.txt": 12}}
            | {"broken": None, "word": None, "missing": None},
        )

    def test_faults(self) -> None:
        """What raises is known by its name, be it a counter or what names them."""
        found = faults(Counting())
        self.assertEqual([what for what, _ in found], ["its counter broken", "its counter missing"])
        self.assertIsInstance(found[0][1], RuntimeError)
        wrong: Any = Uncounted
        self.assertEqual([what for what, _ in faults(wrong)], ["counters"])
        self.assertEqual(counters(wrong), {})

    def test_none(self) -> None:
        """A part need not declare any."""
        self.assertEqual(counters(object()), {})
