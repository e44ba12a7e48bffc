"""What is to be paid for an answer that a front remembers."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.client import Client
from dotchain.toll import Both, Passage

from .tolls import Purse

CLIENT = Client("192.0.2.1", "udp")


class TollTests(SynchronousTestCase):
    """L{Both} and L{Passage}."""

    def test_both(self) -> None:
        """Of two tolls both are paid, until one of them can't be; then the other is not paid either."""
        first, second = Purse(5), Purse(2)
        both = Both(first, second)
        self.assertEqual([both.pays(CLIENT, 0.0) for _ in range(3)], [True, True, False])
        self.assertEqual((first.left, second.left), (3, 0))
        self.assertFalse(both.affords(CLIENT, 0.0))

    def test_free(self) -> None:
        """An answer that no stage asks anything for is free."""
        passage = Passage()
        passage.begin()
        self.assertIsNone(passage.toll)

    def test_asked(self) -> None:
        """What several stages ask for is to be paid together, and is forgotten with the next query."""
        passage, purses = Passage(), [Purse(3), Purse(2), Purse(1)]
        for each in purses:
            passage.ask(each)
        assert passage.toll is not None
        self.assertEqual([passage.toll.pays(CLIENT, 0.0) for _ in range(2)], [True, False])
        self.assertEqual([each.left for each in purses], [2, 1, 0])
        passage.begin()
        self.assertIsNone(passage.toll)
