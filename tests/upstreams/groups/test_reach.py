"""Groups over upstreams of the network that can't be reached."""

from __future__ import annotations

from typing import Any

from zope.interface.verify import verifyObject

from dotchain.interfaces import IPromptResolver
from dotchain.upstreams.forward import Forward
from dotchain.upstreams.groups.failover import Failover
from dotchain.upstreams.groups.group import Group
from dotchain.upstreams.groups.race import Race

from ..forwardcase import ONE, TWO, ForwardCase
from ..upstreamcommon import asked


class ReachCase(ForwardCase):
    """Makes groups over single addresses."""

    def setUp(self) -> None:
        super().setUp()
        self.made: list[Forward] = []

    def make(self, where: str, **options: Any) -> Forward:
        """One of several upstreams."""
        made = super().make(where, **options)
        self.made.append(made)
        return made

    def nothingLeft(self, upstream: Forward) -> None:
        """All are stopped first, as they share the network."""
        for each in self.made:
            each.stopService()
        super().nothingLeft(upstream)

    def over(self, kind: type[Group] = Failover, **upstreams: Any) -> Group:
        """A group with the usual times."""
        options: dict[str, Any] = {} if kind is Race else {"patience": 1.5}
        return kind(
            self.network,
            over=upstreams,
            next_on=frozenset((2,)),
            timeout=4.5,
            now=self.network.seconds,
            **options,
        )

    def two(self, kind: type[Group] = Failover) -> Group:
        """One over two addresses."""
        return self.over(kind, one=self.make(ONE), two=self.make(TWO))

    def refuse(self, host: str) -> None:
        """The last dial to this host fails."""
        self.to(host)[-1].refuse()


class ReachTests(ReachCase):
    """L{Failover} over L{Forward<dotchain.upstreams.forward.Forward>}."""

    def test_interface(self) -> None:
        """Both are resolvers that tell at once when they can't be asked."""
        for each in (self.make(ONE), self.two()):
            verifyObject(IPromptResolver, each)

    def test_refused(self) -> None:
        """Where a member is refused the next one is asked at once, also while it is not dialled again."""
        group = self.two()
        (outcome,) = asked(group)
        self.refuse("192.0.2.1")
        two = self.open("192.0.2.2")
        self.assertEqual(two.replyAll(), 1)
        self.assertEqual(outcome.answer.rcode, 0)
        (outcome,) = asked(group)
        self.network.advance(0)
        self.assertEqual(two.replyAll(), 1)
        self.assertEqual(outcome.answer.rcode, 0)
        self.assertEqual(len(self.to("192.0.2.1")), 1)

    def test_nested(self) -> None:
        """So it is where the member is a group, all of whose members are refused."""
        group = self.over(inner=self.over(one=self.make(ONE)), two=self.make(TWO))
        (outcome,) = asked(group)
        self.refuse("192.0.2.1")
        self.assertEqual(self.open("192.0.2.2").replyAll(), 1)
        self.assertEqual(outcome.answer.rcode, 0)

    def test_allRefused(self) -> None:
        """Where all are, the first is waited for, as long as the query has time; that may save it."""
        nested = self.over(inner=self.over(one=self.make(ONE)), two=self.make(TWO))
        for group in (self.two(), self.two(Race), nested):
            (outcome,) = asked(group)
            self.refuse("192.0.2.1")
            self.refuse("192.0.2.2")
            self.assertEqual(outcome.results, [])
            self.network.pass_(0.4)
            self.assertEqual(self.open("192.0.2.1").replyAll(), 1)
            self.assertEqual(outcome.answer.rcode, 0)

    def test_notSentAgain(self) -> None:
        """A query that was sent three times is not sent once more (RFC 9520 section 3.1)."""
        (outcome,) = asked(self.over(one=self.make(ONE)))
        for _ in range(3):
            peer = self.open()
            self.assertEqual(len(peer.queries()), 1)
            peer.close()
            self.network.advance(0)
        self.assertEqual(
            outcome.error.text, "connection closed with the query in flight, 3 times; 1 upstream asked"
        )
        self.assertEqual(len(self.network.attempts), 3)

    def test_allDownForLong(self) -> None:
        """Where none can be reached in time the query fails at once, and the client is told why."""
        one, two = self.make(ONE), self.make(TWO)
        for endpoint in one.endpoints + two.endpoints:
            endpoint.complain("connect", "connection failed: refused")
            endpoint.retryAt = self.network.seconds() + 5
        (outcome,) = asked(self.over(one=one, two=two))
        self.assertEqual(
            outcome.error.text, "not tried again yet: connection failed: refused; 2 upstreams asked"
        )
        self.assertEqual(self.network.attempts, [])

    def test_otherAddress(self) -> None:
        """A member with another address that may still answer is waited for."""
        (outcome,) = asked(self.over(one=self.make(f"{ONE} {TWO}"), spare=self.make("tcp://192.0.2.3")))
        self.refuse("192.0.2.1")
        self.network.advance(1)
        self.assertEqual(self.to("192.0.2.3"), [])
        self.assertEqual(self.open("192.0.2.2").replyAll(), 1)
        self.assertEqual(outcome.answer.rcode, 0)

    def test_sharedPath(self) -> None:
        """The same upstream at the end of a path of its own still waits until it can be reached."""
        one = self.make(ONE)
        group = self.over(one=one, two=self.make(TWO))
        grouped, alone = asked(group) + asked(one)
        self.refuse("192.0.2.1")
        self.assertEqual(self.open("192.0.2.2").replyAll(), 1)
        self.assertEqual((grouped.answer.rcode, alone.results), (0, []))
        self.network.pass_(0.4)
        self.assertEqual(self.open("192.0.2.1").replyAll(), 1)
        self.assertEqual(alone.answer.rcode, 0)
