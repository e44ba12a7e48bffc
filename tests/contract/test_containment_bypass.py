"""Stages that keep failing are passed by for a while."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError

from dotchain.api import Query, ResolveError

from .containmentcase import (
    ContainmentCase,
    passing,
    raising,
    silent,
)


class BypassTests(ContainmentCase):
    """A stage that keeps failing is left out where on-error = pass."""

    def several(self, contained: Any, count: int) -> None:
        """Some queries."""
        for _ in range(count):
            self.ended(self.asking(contained))

    def test_opens(self) -> None:
        """After five failures in a row it is not asked for a second; then one query sees."""
        contained = self.contain(raising(ResolveError("down")))
        self.several(contained, 8)
        self.assertEqual((self.counts(), contained.bypassing), ((5, 0, 3), True))
        self.clock.advance(1.1)
        self.several(contained, 3)
        self.assertEqual(self.counts(), (6, 0, 5))
        self.clock.advance(1.1)
        self.several(contained, 1)
        self.assertEqual(self.counts(), (6, 0, 6))
        self.clock.advance(1.0)
        self.several(contained, 2)
        self.assertEqual(self.counts(), (7, 0, 7))

    def test_closes(self) -> None:
        """One good answer, and it has all queries again."""
        contained = self.contain(raising(ResolveError("down")))
        self.several(contained, 5)
        self.stage.act = passing
        self.clock.advance(1.1)
        self.several(contained, 5)
        self.assertEqual((self.counts(), contained.bypassing), ((5, 0, 0), False))

    def test_inARow(self) -> None:
        """A good answer between failures starts the count anew."""
        contained = self.contain(raising(ResolveError("down")))
        for _ in range(3):
            self.stage.act = raising(ResolveError("down"))
            self.several(contained, 4)
            self.stage.act = passing
            self.several(contained, 1)
        self.assertEqual(self.counts(), (12, 0, 0))

    def test_oneProbe(self) -> None:
        """While one query sees whether it works the others go past; one that is cancelled makes room."""
        contained = self.contain(raising(ResolveError("down")))
        self.several(contained, 5)
        self.stage.act = silent
        self.clock.advance(1.1)
        probe = self.asking(contained)
        self.several(contained, 3)
        self.assertNoResult(probe)
        self.assertEqual(self.counts(), (5, 0, 3))
        probe.cancel()
        self.failureResultOf(probe, CancelledError)
        self.stage.act = passing
        self.several(contained, 1)
        self.assertFalse(contained.bypassing)

    def test_sleeper(self) -> None:
        """One that keeps all others waiting is left out, too."""

        def act(stage: Any, query: Query) -> Any:
            self.clock.rightNow += 0.2
            return stage.next(query)

        contained = self.contain(act, budget=0.1)
        self.several(contained, 7)
        self.assertEqual(self.counts(), (0, 5, 2))

    def test_longest(self) -> None:
        """It is tried again at least once a minute."""
        contained = self.contain(raising(ResolveError("down")))
        self.several(contained, 5)
        for _ in range(30):
            self.clock.advance(60.5)
            before = contained.errors
            self.several(contained, 1)
            self.assertEqual(contained.errors, before + 1)

    def test_others(self) -> None:
        """Where on-error says otherwise, it is asked each time."""
        contained = self.contain(raising(ResolveError("down")), on="refuse")
        self.several(contained, 20)
        self.assertEqual(self.counts(), (20, 0, 0))
