"""Queries of a connection that others overtake."""

from __future__ import annotations

from random import Random

from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.streams.overtaken import OvertakenQueries


class OvertakenQueriesTests(SynchronousTestCase):
    """L{OvertakenQueries}."""

    def setUp(self) -> None:
        """200 may be in flight."""
        self.order = OvertakenQueries(200)

    def test_inOrder(self) -> None:
        """Where answers come in the order of their queries, however late, nobody is overtaken."""
        waiting = [self.order.enter() for _ in range(150)]
        for _ in range(1000):
            self.order.leave(waiting.pop(0))
            waiting.append(self.order.enter())
            self.assertEqual(self.order.late, 0)

    def test_silent(self) -> None:
        """Of two names one is never answered: all but the last few of those don't count."""
        for number in range(1, 1001):
            self.order.enter()
            self.order.leave(self.order.enter())
            self.assertLessEqual(number - self.order.late, 40)

    def test_answeredAfterAll(self) -> None:
        """One that is answered after all is late no more."""
        slow = [self.order.enter() for _ in range(3)]
        for _ in range(50):
            self.order.leave(self.order.enter())
        self.assertEqual(self.order.late, 3)
        for each in slow:
            self.order.leave(each)
        self.assertEqual(self.order.late, 0)

    def test_fewAllowed(self) -> None:
        """Where few may be in flight, few must have come in between."""
        order = OvertakenQueries(4)
        order.enter()
        for _ in range(4):
            order.leave(order.enter())
        self.assertEqual(order.late, 1)

    def test_anyOrder(self) -> None:
        """In whatever order answers come, no more are late than are in flight, and in the end none."""
        random = Random(1)
        waiting: list[int] = []
        for _ in range(5000):
            if waiting and random.random() < 0.5:
                self.order.leave(waiting.pop(random.randrange(len(waiting))))
            else:
                waiting.append(self.order.enter())
            self.assertTrue(0 <= self.order.late <= len(waiting))
        for each in waiting:
            self.order.leave(each)
        self.assertEqual(self.order.late, 0)
