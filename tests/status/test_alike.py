"""Findings of one sort."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.status.alike import alike
from dotchain.status.finding import ERROR, WARNING, Finding

DOWN = [Finding(ERROR, f"upstream {name}", "does not answer", "look", f"{name} is down") for name in "abc"]
LATE = Finding(WARNING, "worker 1", "is late")


class AlikeTests(SynchronousTestCase):
    """L{alike}."""

    def test_many(self) -> None:
        """Three upstreams that don't answer are one thing, in the place of the first, with all details."""
        (one, other) = alike([*DOWN, LATE])
        self.assertEqual(str(one), "upstream a and 2 more: does not answer")
        self.assertEqual(one.detail, "a is down; upstream b: b is down; upstream c: c is down")
        self.assertEqual((one.remedy, other), ("look", LATE))

    def test_few(self) -> None:
        """Two are told each for itself."""
        self.assertEqual(alike([*DOWN[:2], LATE]), [*DOWN[:2], LATE])

    def test_noDetails(self) -> None:
        """Where nothing more is known the others' names are the details."""
        found = alike([each._replace(detail="") for each in DOWN])
        self.assertEqual([each.detail for each in found], ["upstream b; upstream c"])
