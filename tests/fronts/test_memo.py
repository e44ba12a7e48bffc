"""Responses remembered for the rest of one second."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.memo import Memo


class MemoTests(SynchronousTestCase):
    """L{Memo}."""

    def setUp(self) -> None:
        """A memo in the middle of a second."""
        self.clock = Clock()
        self.clock.advance(7.25)
        self.memo: Memo[str] = Memo(self.clock.seconds)
        self.memo.tick()

    def test_oneSecond(self) -> None:
        """What is kept is known until the second is over, not for a second."""
        self.memo.keep(b"q", b"a", "r")
        self.clock.advance(0.5)
        self.memo.tick()
        self.assertEqual(self.memo.known, {b"q": "r"})
        self.clock.advance(0.25)
        self.memo.tick()
        self.assertEqual(self.memo.known, {})

    def test_bounded(self) -> None:
        """However many different queries come in a second, a bounded number is kept."""
        for number in range(Memo.LIMIT + 10):
            self.memo.keep(b"%d" % number, b"a", "r")
        self.assertEqual(len(self.memo.known), Memo.LIMIT)
        self.assertEqual(self.memo.known[b"0"], "r")

    def test_large(self) -> None:
        """Nor do large queries and responses fill the memory: they are asked for again."""
        self.memo.keep(bytes(Memo.LARGEST - 1), b"a", "r")
        self.memo.keep(bytes(Memo.LARGEST), b"a", "r")
        self.memo.keep(b"q", bytes(Memo.LARGEST), "r")
        self.assertEqual(list(self.memo.known), [bytes(Memo.LARGEST - 1)])
