"""What a front passes on besides questions, and for whom."""

from __future__ import annotations

from asyncio import CancelledError

from twisted.internet.defer import Deferred, fail
from twisted.trial.unittest import SynchronousTestCase

from dotchain.client import Client
from dotchain.fronts.relaypolicy import TRANSFER, RelayPolicy
from dotchain.wire import Query

from ..wire.test_transfer import a, axfr, ixfr
from ..wire.vectors import QUESTION, TSIG, header, opt
from .relays import CLIENT, Relayed, relayPolicy

NOTIFY = header(0x2400, 1) + QUESTION
UPDATE = header(0x2800, 1, 0, 1) + QUESTION[:-4] + b"\0\6\0\1" + a(1)
SIGNED = header(0x2800, 1, 0, 1, 1) + UPDATE[12:] + TSIG
STRANGER = Client("192.0.2.8", "tcp", "lan")
REFUSED, SERVFAIL = 5, 2


class MessageTests(SynchronousTestCase):
    """NOTIFY and UPDATE."""

    def setUp(self) -> None:
        self.relay = Relayed()
        self.rules = relayPolicy(self.relay)

    def rcode(self, wire: bytes, client: Client | None = CLIENT, rules: RelayPolicy | None = None) -> int:
        """The RCODE of a response that is known at once, which is one header."""
        response = (rules or self.rules).message(wire, client)
        assert isinstance(response, bytes)
        self.assertEqual((len(response), response[:2]), (12, wire[:2]))
        self.assertEqual(response[2] & 0xF8, 0x80 | wire[2] & 0x78)
        return response[3] & 15

    def later(self, wire: bytes, client: Client = CLIENT) -> Deferred[bytes]:
        """What comes when the upstream has answered."""
        response = self.rules.message(wire, client)
        assert isinstance(response, Deferred)
        return response

    def test_passed(self) -> None:
        """They go octet for octet, and the response comes back under the client's ID."""
        for wire in (NOTIFY, UPDATE, SIGNED):
            response = self.later(wire)
            transaction = self.relay.transactions[-1]
            self.assertEqual(transaction.message, wire)
            said = bytes((0, 0, wire[2] | 0x80, 9)) + bytes(8)
            transaction.say(said)
            transaction.end()
            self.assertEqual(self.successResultOf(response), wire[:2] + said[2:])
        self.assertEqual(self.rules.messages, 0)

    def test_trailing(self) -> None:
        """Octets behind the last record stay here; what is less than a message goes nowhere."""
        for wire in (NOTIFY, UPDATE, SIGNED):
            self.later(wire + bytes(99))
            self.assertEqual(self.relay.transactions[-1].message, wire)
            self.assertEqual(self.rcode(wire[:-1]), 1)

    def test_failed(self) -> None:
        """Where the upstream does not answer it is SERVFAIL."""
        response = self.later(UPDATE)
        self.relay.transactions[0].fail()
        found = self.successResultOf(response)
        self.assertEqual((found[:2], found[2] & 0x78, found[3] & 15), (UPDATE[:2], 0x28, SERVFAIL))

    def test_bug(self) -> None:
        """Where whoever passes it on fails in another way it is SERVFAIL all the same, and logged."""

        def raising(message: bytes, consumer: object, client: object) -> Deferred[None]:
            raise CancelledError

        for converse in (raising, lambda message, consumer, client: fail(CancelledError())):
            self.patch(self.relay, "converse", converse)
            found = self.successResultOf(self.later(UPDATE))
            self.assertEqual((found[:2], found[3] & 15), (UPDATE[:2], SERVFAIL))
        self.assertEqual((self.rules.messages, len(self.flushLoggedErrors(CancelledError))), (0, 1))

    def test_unknown(self) -> None:
        """What is not wanted, and other opcodes, are as unknown as ever: somebody else says NOTIMP."""
        for sorts, wires in (
            ("", (NOTIFY, UPDATE)),
            ("notify", (UPDATE,)),
            ("transfers update", (NOTIFY,)),
            ("notify update transfers", (header(0x3000), header(0x7800), header(0x1000))),
        ):
            for wire in wires:
                self.assertIsNone(relayPolicy(self.relay, sorts).message(wire, CLIENT))
        self.assertEqual(self.relay.transactions, [])

    def test_strangers(self) -> None:
        """Whoever is not on the list is refused, and whoever may not even ask."""
        for wire in (NOTIFY, UPDATE, SIGNED):
            self.assertEqual([self.rcode(wire, each) for each in (STRANGER, None)], [REFUSED] * 2)
        self.assertEqual(self.relay.transactions, [])

    def test_datagrams(self) -> None:
        """Addresses of datagrams can be forged: an UPDATE over UDP must be signed."""
        client = CLIENT._replace(transport="udp")
        self.assertEqual(self.rcode(UPDATE, client), REFUSED)
        for wire in (NOTIFY, SIGNED):
            self.later(wire, client)
        self.assertEqual([transaction.message for transaction in self.relay.transactions], [NOTIFY, SIGNED])
        for wire in (UPDATE[:-3], UPDATE[:14], header(0x2800)):
            self.assertEqual(self.rcode(wire, client), 1)

    def test_tooLarge(self) -> None:
        """A response that does not fit into a datagram is its header with TC."""
        client = CLIENT._replace(transport="udp")
        wide = header(0x2400, 1, 0, 0, 1) + QUESTION + opt(size=1000)
        for wire, octets, fits in (
            (NOTIFY, 512, True),
            (NOTIFY, 513, False),
            (wide, 1000, True),
            (wide, 1001, False),
        ):
            response = self.later(wire, client)
            self.relay.transactions[-1].say(b"\0\0\xa4\0" + bytes(octets - 4))
            self.relay.transactions[-1].end()
            found = self.successResultOf(response)
            self.assertEqual((len(found), bool(found[2] & 2)), (octets, False) if fits else (12, True))

    def test_tooMany(self) -> None:
        """Each holds a connection, so they have a limit."""
        self.patch(RelayPolicy, "MOST", 2)
        self.later(NOTIFY)
        self.later(NOTIFY)
        self.assertEqual(self.rcode(NOTIFY), SERVFAIL)
        self.relay.transactions[0].fail()
        self.later(NOTIFY)


class TransferTests(SynchronousTestCase):
    """What is said to a request for a zone."""

    def said(
        self, wire: bytes, client: Client = CLIENT, sorts: str = "transfers"
    ) -> tuple[int, list[int], bool]:
        """RCODE, extended errors, and whether it is truncated."""
        answer = relayPolicy(Relayed(), sorts).transfer(Query(wire, client))
        self.assertIsNot(answer, TRANSFER)
        return answer.rcode, [code for code, _ in answer.errors], bool(answer.flags & 0x0200)

    def test_refused(self) -> None:
        """Unless it is wanted, with EDE 21 (RFC 9103 section 7.8); strangers with EDE 18."""
        for wire in (axfr(), ixfr(7)):
            self.assertEqual(self.said(wire, sorts="notify update"), (REFUSED, [21], False))
            self.assertEqual(self.said(wire, STRANGER), (REFUSED, [18], False))
            self.assertIs(relayPolicy(Relayed()).transfer(Query(wire, CLIENT)), TRANSFER)

    def test_datagrams(self) -> None:
        """Differences are asked for again over TCP (RFC 1995 section 2), a whole zone never goes over UDP."""
        client = CLIENT._replace(transport="udp")
        self.assertEqual(self.said(ixfr(7), client), (0, [], True))
        self.assertEqual(self.said(axfr(), client), (REFUSED, [21], False))

    def test_tooMany(self) -> None:
        """There is a limit to those under way."""
        relay = Relayed()
        rules = relayPolicy(relay, most=2)
        query = Query(axfr(), CLIENT)
        for _ in range(2):
            self.assertIs(rules.transfer(query), TRANSFER)
            rules.start(query, None)  # type: ignore[arg-type]
        self.assertEqual(rules.transfer(query).rcode, SERVFAIL)
        relay.transactions[0].done.callback(None)
        self.assertIs(rules.transfer(query), TRANSFER)
        relay.transactions[1].done.addErrback(lambda _: None)
