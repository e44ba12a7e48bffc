"""Queries in flight, and how many may be."""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.client import Client
from dotchain.contract.answertimeouts import AnswerTimeouts
from dotchain.fronts.queryslots import OVERTAKEN, QuerySlots, TotalSlots
from dotchain.testing import makeQuery
from dotchain.wire import Query, ask, edns


def by(address: str) -> Query:
    """A query of this client's."""
    return makeQuery(client=Client(address, "udp", "lan"))


def waits(query: Query, slots: QuerySlots, timeouts: AnswerTimeouts, ended: list[str]) -> None:
    """Have a query wait; whose it was is told once it has been given up."""

    def reply(answer: object, query: Query) -> None:
        assert answer is OVERTAKEN
        slots.leave(query)
        ended.append(query.client.address)

    slots.enter(query)
    waited: Deferred[None] = Deferred()
    waited.addErrback(lambda failure: failure.trap(CancelledError) and None)
    timeouts.young[query] = waited, reply, (query,)


class QuerySlotsTests(SynchronousTestCase):
    """L{QuerySlots}."""

    def test_client(self) -> None:
        """A client at its cap gets no slot, and another does; an answer makes room."""
        slots = QuerySlots(3)
        for _ in range(3):
            self.assertFalse(slots.full(by("192.0.2.1")))
            slots.enter(by("192.0.2.1"))
        self.assertEqual([slots.full(by(f"192.0.2.{n}")) for n in (1, 2)], [True, False])
        slots.leave(by("192.0.2.1"))
        self.assertFalse(slots.full(by("192.0.2.1")))

    def test_site(self) -> None:
        """Addresses of one IPv6 /64 count as one client, whatever their zone; others don't."""
        slots = QuerySlots(2)
        for address in ("2001:db8:0:12::1", "2001:db8:0:12::2"):
            slots.enter(by(address))
        found = [slots.full(by(address)) for address in ("2001:db8:0:12::3", "2001:db8:0:13::1", "::1")]
        self.assertEqual(found, [True, False, False])
        for _ in range(2):
            slots.enter(by("fe80::1%lo"))
        self.assertTrue(slots.full(by("fe80::1%lo")))

    def test_network(self) -> None:
        """Clients of one IPv4 /24 or IPv6 /56 have a cap together, though none of them is at his own."""
        for inside, outside in (
            (("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"), "192.0.3.4"),
            (("2001:db8::1", "2001:db8:0:1::1", "2001:db8:0:fe::1", "2001:db8:0:ff::"), "2001:db8:0:100::"),
        ):
            slots = QuerySlots(2, None, 3)
            for address in inside[:3]:
                self.assertFalse(slots.full(by(address)))
                slots.enter(by(address))
            self.assertEqual((slots.full(by(inside[3])), slots.full(by(outside))), (True, False))
            self.assertEqual((slots.limit(by(inside[3])), slots.limit(by(outside))), ("network", ""))
            slots.leave(by(inside[0]))
            self.assertFalse(slots.full(by(inside[3])))

    def test_makeRoomInNetwork(self) -> None:
        """At the cap of a network those of its clients go that others have overtaken, and nobody else's."""
        clock, ended = Clock(), list[str]()
        slots, timeouts = QuerySlots(10, None, 2), AnswerTimeouts(clock, 5.0, lambda key: None)
        slots.join(timeouts)
        for address in ("198.51.100.1", "192.0.2.1", "192.0.2.2"):
            waits(by(address), slots, timeouts, ended)
        timeouts.wake()
        clock.pump([0.1] * 10)
        timeouts.quick = True
        asked = by("192.0.2.3")
        self.assertEqual((slots.makeRoom(asked, 0.0), slots.full(asked)), (2, False))
        self.assertEqual(ended, ["192.0.2.1", "192.0.2.2"])

    def test_total(self) -> None:
        """The cap of all fronts together holds for clients that have nothing in flight, too."""
        total = TotalSlots(4)
        one, other = QuerySlots(10, total), QuerySlots(10, total)
        for number in range(4):
            (one, other)[number % 2].enter(by(f"192.0.2.{number}"))
        self.assertEqual([each.full(by("192.0.2.9")) for each in (one, other)], [True, True])
        other.leave(by("192.0.2.1"))
        self.assertFalse(one.full(by("192.0.2.9")))

    def test_everyFront(self) -> None:
        """The cap of a client is that of one front."""
        total = TotalSlots(100)
        one, other = QuerySlots(1, total), QuerySlots(1, total)
        one.enter(by("192.0.2.1"))
        self.assertEqual([each.full(by("192.0.2.1")) for each in (one, other)], [True, False])

    def test_large(self) -> None:
        """A query takes a slot for each 1024 octets, so that 64 kB of padding are no way around the cap."""
        large = ask("foo.example.org", edns=edns.record(False, options=edns.option(12, bytes(60_000))))
        slots = QuerySlots(50)
        slots.enter(large)
        self.assertTrue(slots.full(large))
        slots.leave(large)
        self.assertFalse(slots.full(large))

    def test_makeRoom(self) -> None:
        """
        At a client's cap those of his go that others have overtaken, at the cap of all anybody's; and
        nobody where nobody was.
        """
        for most, allOfThem, gone in ((3, 100, ["192.0.2.1"] * 2), (100, 4, ["192.0.2.1", "192.0.2.2"] * 2)):
            clock, total = Clock(), TotalSlots(allOfThem)
            slots = QuerySlots(most, total)
            ended: list[str] = []
            timeouts = AnswerTimeouts(clock, 5.0, lambda key: None)
            slots.join(timeouts)
            for address in ("192.0.2.1", "192.0.2.2") * 2:
                waits(by(address), slots, timeouts, ended)
            for address in ("192.0.2.1",) * (most == 3):
                slots.enter(by(address))
            timeouts.wake()
            clock.pump([0.1] * 10)
            asked = by("192.0.2.1")
            self.assertEqual((slots.full(asked), slots.makeRoom(asked, 0.0), ended), (True, 0, []))
            timeouts.quick = True
            self.assertEqual(slots.makeRoom(asked, 0.05), 0, "looked anew at once")
            self.assertEqual(slots.makeRoom(asked, 1.0), len(gone))
            self.assertEqual((ended, slots.full(asked)), (gone, False))

    def test_nothingLeft(self) -> None:
        """When all is answered nothing is counted of anybody."""
        total = TotalSlots()
        slots = QuerySlots(5000, total)
        queries = [by(f"2001:db8:{number:x}::1") for number in range(100)] * 2
        for query in queries:
            slots.enter(query)
        known = slots._prefixes.known.values()
        self.assertEqual((total.taken, [each.slots for each in known]), (200, [2] * 100))
        for query in queries:
            slots.leave(query)
        self.assertEqual((total.taken, {each.slots + each.network.slots for each in known}), (0, {0}))
