"""NOTIFY, UPDATE and zone transfers by way of the stage route."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.api import Client, ResolveError, Value, routes
from dotchain.match.reading import match
from dotchain.stages.route import Route
from dotchain.testing import Scripted

from ..fronts.relays import CLIENT, Relayed
from ..wire.test_transfer import a, axfr
from ..wire.vectors import QUESTION, header

NOTIFY = header(0x2400, 1) + QUESTION
UPDATE = header(0x2800, 1, 0, 1) + QUESTION[:-4] + b"\0\6\0\1" + a(1)


class RouteRelayTests(SynchronousTestCase):
    """Whom a message is passed on to."""

    def setUp(self) -> None:
        self.next, self.branch = self.relaying(), self.relaying()

    def relaying(self) -> Any:
        """A resolver that passes messages on."""
        made: Any = Scripted("")
        made.relay = Relayed()
        return made

    def route(self, rules: str, **options: Any) -> Any:
        """A stage with one branch."""
        found = routes.through(routes(Value(rules)), lambda name: self.branch)
        return Route(self.next, Clock(), rules=found, **options)

    def passed(self, rules: str, client: Client = CLIENT, **options: Any) -> list[int]:
        """How many messages of three sorts the branch and the next one got."""
        self.setUp()
        stage = self.route(rules, **options)
        for message in (NOTIFY, UPDATE, axfr()):
            stage.relay.converse(message, object(), client)
        return [len(each.relay.transactions) for each in (self.branch, self.next)]

    def test_zone(self) -> None:
        """They go where a question for the zone's name would go."""
        self.assertEqual(self.passed("t -> office"), [3, 0])
        self.assertEqual(self.passed("example.net -> office"), [0, 3])

    def test_type(self) -> None:
        """To rules a message is a question for its name with its own type."""
        self.assertEqual(self.passed("type:AXFR -> office"), [1, 2])

    def test_client(self) -> None:
        """Rules look at the client who sent it."""
        self.assertEqual(self.passed(f"client:{CLIENT.address} -> office"), [3, 0])
        self.assertEqual(self.passed("client:192.0.2.250 -> office"), [0, 3])

    def test_notApplied(self) -> None:
        """Observed, and where match does not hold, all goes to the next."""
        self.assertEqual(self.passed(". -> office", mode="observe"), [0, 3])
        self.assertEqual(self.passed(". -> office", match=match("example.net")), [0, 3])

    def test_nobody(self) -> None:
        """Where the branch passes nothing on it fails, and the next one gets nothing."""
        self.branch.relay = None
        relay = self.route("t -> office").relay
        self.failureResultOf(relay.converse(NOTIFY, object(), CLIENT), ResolveError)
        self.assertEqual(self.next.relay.transactions, [])
        self.next.relay = None
        self.assertIsNone(self.route("t -> office").relay)

    def test_malformed(self) -> None:
        """What has no question fails as well."""
        relay = self.route("t -> office").relay
        for message in (NOTIFY[:14], NOTIFY[:12]):
            self.failureResultOf(relay.converse(message, object(), CLIENT), ResolveError)
