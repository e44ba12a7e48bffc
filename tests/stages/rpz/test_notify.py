"""NOTIFY for a policy zone, and what is none."""

from __future__ import annotations

from typing import Any

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.tsig
from twisted.trial.unittest import SynchronousTestCase

from dotchain.client import Client
from dotchain.fronts.access import AccessList
from dotchain.fronts.relaypolicy import RelayPolicy
from dotchain.options import OptionError
from dotchain.resolver import ResolveError
from dotchain.stages.routerelay import RouteRelay
from dotchain.stages.rpz.notify import NotifiedRelay

from ...fronts.relays import CLIENT, Relayed
from .primary import KEY, ORIGIN

PRIMARY = Client("192.0.2.53", "udp", "lan")


def notify(name: str = "policy.example", key: dns.tsig.Key | None = None) -> Any:
    """The message, not yet octets."""
    made = dns.message.make_query(name, "SOA")
    made.set_opcode(dns.opcode.NOTIFY)
    made.flags |= dns.flags.AA
    if key is not None:
        made.use_tsig(key, key.name)
    return made


class NotifyTests(SynchronousTestCase):
    """Messages that come to a front."""

    def setUp(self) -> None:
        self.heard = 0
        self.behind = Relayed()

    def hear(self) -> None:
        """The primary has told of a change."""
        self.heard += 1

    def policy(
        self, key: dns.tsig.Key | None = None, behind: Any = None, sorts: frozenset[str] = frozenset()
    ) -> RelayPolicy:
        """What a front does before such a stage."""
        relay = NotifiedRelay(lambda: behind, ORIGIN, PRIMARY.address, key, self.hear)
        resolver: Any = type("Resolver", (), {"relay": relay})()
        return RelayPolicy.of(resolver, sorts, AccessList((), ()), 1)

    def test_heard(self) -> None:
        """It is answered, with its ID, without the front's relay naming it."""
        told = notify()
        wire = self.policy().message(told.to_wire(), PRIMARY)
        assert isinstance(wire, bytes)
        response = dns.message.from_wire(wire)
        self.assertEqual((response.id, response.opcode(), response.rcode()), (told.id, dns.opcode.NOTIFY, 0))
        self.assertEqual((response.question, response.flags & dns.flags.QR), (told.question, dns.flags.QR))
        self.assertEqual(self.heard, 1)

    def test_others(self) -> None:
        """Other zones, other senders and other messages are for others; without these nothing is said."""
        relayed = self.policy(behind=self.behind, sorts=frozenset(("notify", "update")))
        update = dns.message.make_query("policy.example", "SOA")
        update.set_opcode(dns.opcode.UPDATE)
        for wire, client in (
            (notify("other.example").to_wire(), PRIMARY),
            (notify().to_wire(), CLIENT),
            (update.to_wire(), PRIMARY),
            (notify().to_wire()[:-1], PRIMARY),
        ):
            self.assertIsNone(self.policy().message(wire, client))
            relayed.message(wire, client)
        self.assertIsNone(self.policy().message(notify().to_wire(), None))
        self.assertEqual(self.heard, 0)

    def test_passedOn(self) -> None:
        """What is for others goes on to the upstream, where a front's relay says so."""
        relay = NotifiedRelay(lambda: self.behind, ORIGIN, PRIMARY.address, None, self.hear)
        relay.converse(notify().to_wire(), object(), PRIMARY)  # type: ignore[arg-type]
        self.assertEqual(len(self.behind.transactions), 1)
        alone = NotifiedRelay(lambda: None, ORIGIN, PRIMARY.address, None, self.hear)
        self.failureResultOf(alone.converse(b"x", object(), PRIMARY), ResolveError)  # type: ignore[arg-type]
        self.assertRaises(OptionError, self.policy, sorts=frozenset(("notify",)))

    def test_signed(self) -> None:
        """A signature must be good, and the response has one, too; without one the address is enough."""
        told = notify(key=KEY)
        wire = self.policy(KEY).message(told.to_wire(), PRIMARY)
        assert isinstance(wire, bytes)
        response = dns.message.from_wire(wire, keyring={KEY.name: KEY}, request_mac=told.mac or b"")
        self.assertEqual((response.rcode(), response.had_tsig), (0, True))
        wire = self.policy(KEY).message(notify().to_wire(), PRIMARY)
        assert isinstance(wire, bytes)
        self.assertEqual((dns.message.from_wire(wire).rcode(), self.heard), (0, 2))

    def test_trailing(self) -> None:
        """What stands behind it counts for nothing, be it signed with an unknown key or not at all."""
        for key, rcode in ((None, 0), (KEY, dns.rcode.NOTAUTH)):
            wire = self.policy().message(notify(key=key).to_wire() + b"more", PRIMARY)
            assert isinstance(wire, bytes)
            self.assertEqual(dns.message.from_wire(wire).rcode(), rcode)

    def test_forged(self) -> None:
        """One with another key, or another secret, is answered NOTAUTH, and nothing is asked for."""
        another = dns.tsig.Key("transfers.", b"another", dns.tsig.HMAC_SHA256)
        for mine, key in ((KEY, another), (KEY, dns.tsig.Key("x.", b"x")), (None, KEY)):
            wire = self.policy(mine).message(notify(key=key).to_wire(), PRIMARY)
            assert isinstance(wire, bytes)
            self.assertEqual(dns.message.from_wire(wire).rcode(), dns.rcode.NOTAUTH)
        self.assertEqual(self.heard, 0)

    def test_behindOthers(self) -> None:
        """It is heard behind another stage of the kind, and on each way of a route."""
        mine = NotifiedRelay(lambda: None, ORIGIN, PRIMARY.address, None, self.hear)
        first = NotifiedRelay(lambda: mine, ORIGIN.parent(), "192.0.2.1", None, self.fail)
        ways: Any = [type("Way", (), {"relay": relay})() for relay in (None, Relayed(), first)]
        route = RouteRelay(lambda query: ways[0], ways)
        self.assertTrue(route.passesOn)
        self.assertIsNotNone(route.notified(notify().to_wire(), PRIMARY.address))
        self.assertEqual(self.heard, 1)
        self.assertFalse(RouteRelay(lambda query: ways[2], ways[2:]).passesOn)
