"""Orders that hold for later workers."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.trial.unittest import SynchronousTestCase

from dotchain.workers.channel import Declined, Gone
from dotchain.workers.standing import StandingOrders


class Worker:
    """Notes what it is asked."""

    def __init__(self, *outcomes: Exception) -> None:
        self.outcomes = list(outcomes)
        self.lines: list[str] = []

    def ask(self, what: str, **arguments: Any) -> Deferred[object]:
        """See L{Worker<dotchain.workers.worker.Worker>}."""
        self.lines.append(arguments["line"])
        return fail(self.outcomes.pop(0)) if self.outcomes else succeed(None)


class StandingOrdersTests(SynchronousTestCase):
    """L{StandingOrders}."""

    def test_last(self) -> None:
        """Of each sort the last one is given, in the order in which they came."""
        orders, worker = StandingOrders(), Worker()
        for sort, line in (("a", b"1"), ("b", b"2"), ("a", b"3"), ("c", b"4")):
            orders.note(sort, line)
        orders.forget("c")
        orders.forget("nothing")
        orders.give(worker)
        self.assertEqual(worker.lines, ["2", "3"])

    def test_notCarriedOut(self) -> None:
        """That a worker has ended again, or can't do it, is nobody's trouble."""
        orders, worker = StandingOrders(), Worker(Gone(), Declined("no"))
        orders.note("a", b"1")
        orders.note("b", b"2")
        orders.give(worker)
        self.assertEqual(self.flushLoggedErrors(), [])
