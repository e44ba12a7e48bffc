"""C{cache coalesce}, and all that clients, upstreams, time and operators do to them, in any order."""

from __future__ import annotations

from math import inf
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dotchain.stages.cache.stage import Cache
from dotchain.stages.coalesce import Coalesce
from dotchain.testing import VirtualReactor

from ...churn import NUMBERS, SAYS, Ledger, Next, chosen, often

# Longer than what nobody waits for may take.
END = 120.0


class CacheChurn(RuleBasedStateMachine):
    """
    Each has one outcome, that of his own question, as soon as the upstream has none left to answer; and that
    is asked one thing once at a time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualReactor()
        self.clock.advance(1000)
        self.next = Next()
        beyond: Any = self.next
        self.coalesce = Coalesce(beyond, self.clock)
        self.cache = Cache(self.coalesce, self.clock, self.clock.seconds, stale=600.0, size=20_000)
        self.ledger = Ledger(self.clock.seconds, inf)

    @rule(name=st.integers(1, 4), count=st.sampled_from([1, 1, 2, 9]))
    def ask(self, name: int, count: int) -> None:
        """Clients ask the same."""
        for _ in range(count):
            self.ledger.ask(self.cache.core, name)

    @rule()
    def askMuch(self) -> None:
        """More is asked than the cache has room for."""
        for name in range(100, 140):
            self.ledger.ask(self.cache.core, name)

    @rule(number=NUMBERS)
    def cancel(self, number: int) -> None:
        """A client waits no more."""
        for asked in chosen(self.ledger.waiting, number):
            asked.cancel()

    @rule(number=NUMBERS, says=st.sampled_from(sorted(SAYS)), count=st.sampled_from([1, 1, 40]))
    def answer(self, number: int, says: str, count: int) -> None:
        """The upstream answers, in any order."""
        for _ in range(count):
            self.next.answer(number, SAYS[says])

    @rule(says=st.sampled_from([*sorted(SAYS), *["later"] * 12]))
    def turn(self, says: str) -> None:
        """From now on the upstream answers at once, and always the same, or later."""
        self.next.atOnce = SAYS.get(says)

    @rule(seconds=st.sampled_from([0.0, 0.3, 1.0, 1.0, 1.0, 2.0, 7.0, 30.0, 270.0, 601.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.clock.pump([seconds / 8] * 8)

    @rule(name=st.integers(1, 4))
    def flush(self, name: int) -> None:
        """An operator has a name forgotten; of none, all."""
        self.cache.flush(f"q{name}.example." if name > 1 else None)

    @invariant()
    def asked(self) -> None:
        """The upstream has no question twice, and what is in flight is what it has to answer."""
        self.ledger.check()
        keys = [each.query.key for each in self.next.open]
        assert sorted(keys) == sorted(self.coalesce.core.flights)
        if not keys:
            assert not self.ledger.waiting
        # The end of the turn, those who wait for an old answer, and what nobody waits for.
        assert len(self.clock.getDelayedCalls()) <= 3

    def teardown(self) -> None:
        """In the end nobody waits, nothing is in flight, and nothing runs."""
        for _ in range(len(self.next.open)):
            self.next.answer(0, SAYS["right"])
        self.ledger.check()
        assert not self.ledger.waiting
        self.clock.pump([END / 100] * 100)
        assert not self.coalesce.core.flights
        assert self.clock.getDelayedCalls() == []


CacheChurnTests = CacheChurn.TestCase
CacheChurnTests.settings = often(100)
