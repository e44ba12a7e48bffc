"""A client's query that has no answer yet."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.access import AccessList
from dotchain.fronts.queryslots import QuerySlots
from dotchain.fronts.responder import Responder
from dotchain.fronts.waitingquery import WaitingQuery
from dotchain.networks import ANYONE
from dotchain.node import Later
from dotchain.resolver import NoAnswer
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.wire import Answer, Query
from dotchain.wire.codes import SERVFAIL

from .loop import Loop

_ANSWER = makeAnswer(makeQuery())


class WaitingQueryTests(SynchronousTestCase):
    """L{WaitingQuery}, of a front where each waits for five seconds."""

    def setUp(self) -> None:
        """One waits."""
        self.loop = Loop()
        self.slots = QuerySlots(1)
        access = AccessList(ANYONE, ())
        chain = Scripted(_ANSWER)
        self.responder = Responder(
            "lan", "tls", chain, access, False, Clock().seconds, self.slots, reactor=self.loop, within=5.0
        )
        self.said: list[Answer] = []
        self.query = makeQuery()
        self.later = Later(self.query)
        Told(self.said, self.responder, self.query, self.later).wait()

    def test_answered(self) -> None:
        """It takes a slot until it has its answer, and then nobody gives it another one."""
        self.assertTrue(self.slots.full(self.query))
        self.later.land(_ANSWER)
        self.loop.pump([0.25] * 30)
        self.assertEqual((self.said, self.slots.full(self.query)), ([_ANSWER], False))

    def test_failed(self) -> None:
        """What can't be resolved is answered SERVFAIL, and counted."""
        self.later.land(NoAnswer("nobody there"))
        self.assertEqual([answer.rcode for answer in self.said], [SERVFAIL])
        self.assertEqual((self.responder.counts.failed, self.slots.full(self.query)), (1, False))

    def test_late(self) -> None:
        """Who has waited for too long is told so, once: what comes after that is nobody's."""
        self.loop.pump([0.25] * 30)
        self.later.land(_ANSWER)
        self.assertEqual([answer.rcode for answer in self.said], [SERVFAIL])
        self.assertEqual((self.responder.counts.failed, self.slots.full(self.query)), (1, False))


class Told(WaitingQuery):
    """One that notes what it is told."""

    def __init__(self, said: list[Answer], responder: Responder, query: Query, later: Later) -> None:
        self.responder = responder
        self.query = query
        self.waited = later
        self.said = said

    def respond(self, answer: Answer) -> None:
        """See L{WaitingQuery.respond}."""
        self.said.append(answer)
