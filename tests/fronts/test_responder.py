"""The chain as one front sees it."""

from __future__ import annotations

from typing import Any

import dns.edns
import dns.message
import dns.rcode
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.client import Client
from dotchain.fronts.access import AccessList
from dotchain.fronts.queryslots import QuerySlots
from dotchain.fronts.responder import Responder
from dotchain.networks import networks
from dotchain.node import Later
from dotchain.resolver import NoAnswer, ResolveError
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.wire import Answer, FormatError, Query
from dotchain.wire.codes import SERVFAIL

from .loop import logged


class ResponderTests(SynchronousTestCase):
    """L{Responder}."""

    def setUp(self) -> None:
        """For all of 192.0.2.0/24 but one."""
        self.clock = Clock()
        self.chain = Scripted(makeAnswer(makeQuery()))
        access = AccessList(networks("192.0.2.0/24"), networks("192.0.2.9"))
        self.responder = Responder("lan", "udp", self.chain, access, False, self.clock.seconds)

    def ede(self, answer: Answer) -> list[int]:
        """The extended errors of an answer."""
        return [code for code, _ in answer.errors]

    def test_meet(self) -> None:
        """Each client is judged once, and remembered with its transport and front, or as False."""
        self.assertEqual(self.responder.meet(1, "192.0.2.1"), Client("192.0.2.1", "udp", "lan"))
        self.assertIs(self.responder.meet(2, "192.0.2.9"), False)
        self.assertEqual(self.responder.clients, {1: Client("192.0.2.1", "udp", "lan"), 2: False})

    def test_bounded(self) -> None:
        """However many clients come, a bounded number is remembered."""
        self.patch(Responder, "_LIMIT", 10)
        for key in range(25):
            self.responder.meet(key, "192.0.2.1")
            self.assertLessEqual(len(self.responder.clients), 10)
            self.assertIn(key, self.responder.clients)

    def test_shed(self) -> None:
        """Over a cap SERVFAIL with EDE 0 comes at once, the chain is not asked, and it is counted (A6)."""
        self.responder.querySlots = QuerySlots(1)
        self.responder.querySlots.enter(makeQuery())
        answer = self.responder.resolve(makeQuery())
        assert isinstance(answer, Answer)
        self.assertEqual((answer.rcode, answer.errors), (SERVFAIL, ((0, "too many queries in flight"),)))
        self.assertEqual((self.chain.asked, self.responder.counts.shed), ([], 1))
        self.responder.querySlots.leave(makeQuery())
        self.assertIsNot(self.responder.resolve(makeQuery()), answer)

    def test_refuse(self) -> None:
        """A client that may not ask gets REFUSED with EDE 18 (RFC 8914 section 4.19), and is counted."""
        answer = self.responder.refuse(makeQuery())
        self.assertEqual((answer.rcode, self.ede(answer), self.responder.counts.refused), (5, [18], 1))

    def test_failed(self) -> None:
        """An upstream's failure becomes SERVFAIL with its extended error, and no line of log."""
        events = logged(self)
        for error, code in ((NoAnswer("late"), 22), (ResolveError("net"), 23), (ResolveError("x", 7), 7)):
            answer = self.responder.failed(error)
            self.assertEqual((answer.rcode, self.ede(answer)), (SERVFAIL, [code]))
        self.assertEqual((self.responder.counts.failed, events), (3, []))

    def test_bugs(self) -> None:
        """What a stage raises is SERVFAIL, and one line of log for each sort and minute."""

        def fail(query: Query) -> Any:
            raise ZeroDivisionError

        responder = Responder("lan", "udp", Scripted(fail), AccessList((), ()), False, self.clock.seconds)
        for _ in range(20):
            error = self.bug(responder)
            answer = responder.failed(error)
            self.assertEqual((answer.rcode, self.ede(answer)), (SERVFAIL, [0]))
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        responder.failed(KeyError())
        self.clock.advance(61)
        responder.failed(error)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError, KeyError)), 2)
        self.assertEqual(responder.counts.failed, 22)

    def bug(self, responder: Responder) -> ZeroDivisionError:
        """What the chain comes to."""
        asked = responder.resolve(makeQuery())
        assert isinstance(asked, Later)
        assert isinstance(asked.outcome, ZeroDivisionError)
        return asked.outcome

    def test_noAnswer(self) -> None:
        """What is no answer at all is a bug that the client is told as SERVFAIL."""
        events = logged(self)
        wire = makeQuery(do=False)
        for _ in range(3):
            response = dns.message.from_wire(wire.wire[:2] + self.responder.render(wire, None))
            self.assertEqual(response.rcode(), dns.rcode.SERVFAIL)
        self.assertEqual([event["violation"] for event in events], ["the chain returned None, not an answer"])

    def test_unserved(self) -> None:
        """Zone transfers and NXNAME never reach the chain (RFC 5936, RFC 9824 section 3.5)."""
        for kind, rcode, code in (("AXFR", 5, 21), ("IXFR", 5, 21), ("TYPE128", 1, 30)):
            result = self.responder.resolve(makeQuery(kind=kind))
            answer = result if isinstance(result, Answer) else result.outcome
            assert isinstance(answer, Answer)
            self.assertEqual((answer.rcode, self.ede(answer)), (rcode, [code]))
        self.assertEqual(self.chain.asked, [])

    def test_through(self) -> None:
        """The same front may ask another chain, without counting for its own."""
        other = Scripted(ResolveError("no route"))
        responder = self.responder.through(other)
        self.assertFalse(responder.permits("192.0.2.9"))
        result = responder.resolve(makeQuery())
        assert isinstance(result, Later)
        assert isinstance(result.outcome, ResolveError)
        responder.failed(result.outcome)
        self.assertEqual((len(other.asked), self.chain.asked), (1, []))
        self.assertEqual((responder.counts.failed, self.responder.counts.failed), (1, 0))

    def test_rebuffed(self) -> None:
        """An error with an RCODE is answered; one without is not; both are counted apart."""
        wire = makeQuery().wire
        response = self.responder.errorResponseTo(wire, FormatError("bad", 4))
        assert response is not None
        self.assertEqual(dns.message.from_wire(response).rcode(), dns.rcode.NOTIMP)
        self.assertIsNone(self.responder.errorResponseTo(wire, FormatError("response", None)))
        self.assertEqual((self.responder.counts.malformed, self.responder.counts.dropped), (1, 1))
