"""NOTIFY, UPDATE and zone transfers by way of a group."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.resolver import ResolveError
from dotchain.testing import Scripted
from dotchain.upstreams.groups.failover import Failover
from dotchain.upstreams.groups.health import SUSPECT

from ...fronts.relays import CLIENT, Relayed


class GroupRelayTests(SynchronousTestCase):
    """Which member gets them."""

    def group(self, *members: Any) -> Any:
        """A group over these."""
        self.clock = Clock()
        named = {f"m{index}": each for index, each in enumerate(members)}
        return Failover(
            self.clock,
            over=named,
            next_on=frozenset(),
            patience=1.0,
            timeout=4.0,
            now=self.clock.seconds,
            random=lambda: 0.0,
        )

    def member(self, *script: Any, relays: bool = True) -> Any:
        """One that passes messages on, or does not."""
        made: Any = Scripted(*script or ("",))
        made.relay = Relayed() if relays else None
        return made

    def test_first(self) -> None:
        """The first that can passes a message on, and no other gets it."""
        plain, one, two = self.member(relays=False), self.member(), self.member()
        group = self.group(plain, one, two)
        group.relay.converse(b"message", object(), CLIENT)
        self.assertEqual([len(each.relay.transactions) for each in (one, two)], [1, 0])

    def test_works(self) -> None:
        """One that fails queries is passed over, as long as there is a better one."""
        bad, good = self.member(ResolveError("down")), self.member()
        group = self.group(bad, good)
        group.members[0].health.state = SUSPECT
        group.relay.converse(b"message", object(), CLIENT)
        self.assertEqual([len(each.relay.transactions) for each in (bad, good)], [0, 1])

    def test_nobody(self) -> None:
        """Where no member passes anything on, neither does the group."""
        self.assertIsNone(self.group(self.member(relays=False), self.member(relays=False)).relay)

    def test_nested(self) -> None:
        """A group within a group passes on by its own members."""
        inner = self.member()
        self.group(self.group(inner)).relay.converse(b"message", object(), CLIENT)
        self.assertEqual(len(inner.relay.transactions), 1)
