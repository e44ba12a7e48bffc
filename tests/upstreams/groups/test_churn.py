"""Groups of every kind, and all that their members, clients and operators do, in any order."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from twisted.internet.task import Clock

from dotchain.contract.guard import Guard
from dotchain.upstreams.groups.failover import Failover
from dotchain.upstreams.groups.fastest import Fastest
from dotchain.upstreams.groups.group import Group
from dotchain.upstreams.groups.hashed import Hash
from dotchain.upstreams.groups.hedge import Hedge
from dotchain.upstreams.groups.least import Least
from dotchain.upstreams.groups.lottery import Random
from dotchain.upstreams.groups.race import Race
from dotchain.upstreams.groups.roundrobin import RoundRobin
from dotchain.upstreams.groups.spread import Spread
from dotchain.upstreams.streams.livenessquery import LIVENESS_QUERY

from ...churn import NUMBERS, SAYS, Authored, Ledger, Next, chosen, often
from .groupcase import valuesOf

KINDS: list[type[Group]] = [Failover, Fastest, Hash, Hedge, Least, Race, Random, RoundRobin, Spread]
TIMEOUT = 4.5


class GroupChurn(RuleBasedStateMachine):
    """Each query has one outcome within its time, and what is told of a member is what is so."""

    @initialize(kind=st.sampled_from(KINDS), authored=st.booleans(), count=st.integers(1, 4))
    def make(self, kind: type[Group], authored: bool, count: int) -> None:
        """A group of this kind, whose last member may be one that an operator wrote."""
        self.clock = Clock()
        self.clock.advance(1000)
        self.nodes = [Next() for _ in range(count)]
        over: dict[str, Any] = {f"member{number}": node for number, node in enumerate(self.nodes)}
        self.guard: Guard | None = None
        if authored:
            own = Authored()
            self.nodes[-1] = own.node
            over[f"member{count - 1}"] = self.guard = Guard(own, "upstream own")
        self.group = kind(self.clock, over=over, **valuesOf(kind), now=self.clock.seconds, random=lambda: 0.5)
        self.ledger = Ledger(self.clock.seconds, TIMEOUT)

    @rule(count=st.sampled_from([1, 1, 1, 3, 10]))
    def ask(self, count: int) -> None:
        """Clients ask."""
        for _ in range(count):
            self.ledger.ask(self.group.core)

    @rule(number=NUMBERS)
    def cancel(self, number: int) -> None:
        """A client waits no more."""
        for asked in chosen(self.ledger.waiting, number):
            asked.cancel()

    @rule(
        member=NUMBERS, number=NUMBERS, says=st.sampled_from(sorted(SAYS)), count=st.sampled_from([1, 1, 5])
    )
    def answer(self, member: int, number: int, says: str, count: int) -> None:
        """A member answers, in any order."""
        for node in chosen(self.nodes, member):
            for _ in range(count):
                node.answer(number, SAYS[says])

    @rule(member=NUMBERS, says=st.sampled_from([*sorted(SAYS), "later", "later", "later"]))
    def turn(self, member: int, says: str) -> None:
        """From now on a member answers at once, and always the same, or later."""
        for node in chosen(self.nodes, member):
            node.atOnce = SAYS.get(says)

    @rule(member=NUMBERS, drained=st.booleans())
    def operate(self, member: int, drained: bool) -> None:
        """An operator drains a member, or wants it back."""
        for each in chosen(self.group.members, member):
            (each.health.drain if drained else each.health.undrain)()

    @rule(seconds=st.sampled_from([0.01, 0.1, 0.5, 1.5, 1.5, 4.5, 31.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.clock.pump([seconds / 16] * 16)

    @invariant()
    def told(self) -> None:
        """Nobody was told twice, and each member has out what it has to answer."""
        if not hasattr(self, "group"):
            return
        self.ledger.check()
        assert len(self.clock.getDelayedCalls()) <= 1
        for node, member in zip(self.nodes, self.group.members, strict=True):
            probes = [each for each in node.open if each.query is LIVENESS_QUERY]
            assert len(probes) == member.probing
            assert len(node.open) - len(probes) == member.out
            assert member.won + member.failed + member.out <= member.asked

    def teardown(self) -> None:
        """In the end everybody has his outcome, and nothing runs any more."""
        if not hasattr(self, "group"):
            return
        self.clock.pump([TIMEOUT / 4] * 5)
        self.ledger.check()
        assert not self.ledger.waiting
        assert self.guard is None or not self.guard.waiting
        assert self.clock.getDelayedCalls() == []
        for node in self.nodes:
            for _ in range(len(node.open)):
                node.answer(0, SAYS["right"])
        assert [each.out for each in self.group.members] == [0] * len(self.nodes)


GroupChurnTests = GroupChurn.TestCase
GroupChurnTests.settings = often(120)
