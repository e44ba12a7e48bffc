"""The UDP front when much is in flight: clients that repeat themselves, and too many queries."""

from __future__ import annotations

import dns.message
import dns.rcode

from dotchain.testing import Scripted, makeQuery

from ..streams.portcase import ANSWER
from .portcase import UdpCase
from .sockets import bound, received


class RepeatTests(UdpCase):
    """Datagrams sent again (UD07)."""

    def test_absorbed(self) -> None:
        """The same octets from the same port, while the first wait, are asked once and answered once."""
        self.serve(chain := Scripted(ANSWER, later=True))
        client = self.client()
        for _ in range(3):
            client.send(makeQuery(identity=7).wire)
            self.loop.settle()
        self.assertEqual((len(chain.asked), self.reader.inFlight, self.responder.counts.repeated), (1, 1, 2))
        chain.fireAll()
        self.loop.settle()
        self.assertEqual([octets[:2] for octets in received(client)], [b"\0\7"])
        self.assertEqual(self.reader.inFlight, 0)

    def test_trailing(self) -> None:
        """Octets behind the query's end don't make another query of it."""
        self.serve(chain := Scripted(ANSWER, later=True))
        client = self.client()
        for behind in (bytes(99), bytes(99), b"", b"junk"):
            client.send(makeQuery(identity=7).wire + behind)
            self.loop.settle()
        self.assertEqual((len(chain.asked), self.reader.inFlight, self.responder.counts.repeated), (1, 1, 3))
        chain.fireAll()
        self.loop.settle()
        self.assertEqual((len(received(client)), self.reader._waiting), (1, {}))

    def test_askedAgain(self) -> None:
        """After the answer the same is a new query: the answer may have been lost."""
        self.serve(chain := Scripted(ANSWER, later=True))
        client = self.client()
        for asked in (1, 2):
            client.send(makeQuery().wire)
            self.loop.settle()
            chain.fireAll()
            self.loop.settle()
            self.assertEqual((len(chain.asked), len(received(client))), (asked, 1))

    def test_others(self) -> None:
        """Another ID, another question, other flags, another port and another address are others."""
        self.serve(chain := Scripted(ANSWER, later=True))
        client, otherPort, otherAddress = self.client(), self.client(), self.client("127.0.0.2")
        queries = [
            makeQuery(identity=1),
            makeQuery(identity=2),
            makeQuery("bar.example.org.", identity=1),
            makeQuery(identity=1, do=True),
        ]
        for query in queries:
            client.send(query.wire)
        otherPort.send(queries[0].wire)
        otherAddress.send(queries[0].wire)
        self.loop.settle()
        self.assertEqual((len(chain.asked), self.responder.counts.repeated), (6, 0))
        chain.fireAll()
        self.loop.settle()
        found = [len(received(each)) for each in (client, otherPort, otherAddress)]
        self.assertEqual((found, self.reader.inFlight, self.reader._waiting), ([4, 1, 1], 0, {}))

    def test_atTheCap(self) -> None:
        """A repeated query takes no slot, and the answer comes also where there is none left."""
        self.serve(chain := Scripted(ANSWER, later=True), most=1)
        client = self.client()
        for _ in range(3):
            client.send(makeQuery().wire)
        self.loop.settle()
        chain.fireAll()
        self.loop.settle()
        codes = [dns.message.from_wire(octets).rcode() for octets in received(client)]
        self.assertEqual((codes, self.responder.counts.shed), ([dns.rcode.NOERROR], 0))


class CapTests(UdpCase):
    """Too many queries in flight (A6, OP02)."""

    def test_shed(self) -> None:
        """Those over a client's cap get SERVFAIL at once, those under it their answer, all of them one."""
        self.serve(chain := Scripted(ANSWER, later=True), most=4)
        client = self.client()
        for number in range(10):
            client.send(makeQuery(identity=number).wire)
        self.loop.settle()
        early = [dns.message.from_wire(octets) for octets in received(client)]
        self.assertEqual([(each.id, each.rcode()) for each in early], [(n, 2) for n in range(4, 10)])
        self.assertEqual((len(chain.asked), self.responder.counts.shed), (4, 6))
        chain.fireAll()
        self.loop.settle()
        late = [dns.message.from_wire(octets) for octets in received(client)]
        self.assertEqual([(each.id, each.rcode()) for each in late], [(n, 0) for n in range(4)])
        client.send(makeQuery(identity=11).wire)
        self.loop.settle()
        self.assertEqual(len(chain.asked), 5)

    def test_notRemembered(self) -> None:
        """That there was no room a moment ago is told to nobody else in this second."""
        self.serve(chain := Scripted(ANSWER, later=True), most=1)
        crowding, other = self.client(), self.client("127.0.0.2")
        for wire in (makeQuery("bar.example.org.").wire, makeQuery().wire):
            crowding.send(wire)
        self.loop.settle()
        other.send(makeQuery().wire)
        self.loop.settle()
        self.assertEqual((len(received(crowding)), len(chain.asked)), (1, 2))

    def test_sockets(self) -> None:
        """A client has no more room for asking from many ports."""
        self.serve(chain := Scripted(ANSWER, later=True), most=3)
        for _ in range(5):
            client = bound(self, "127.0.0.9")
            client.sendto(makeQuery().wire, self.sock.getsockname())
        self.loop.settle()
        self.assertEqual((len(chain.asked), self.responder.counts.shed), (3, 2))


class SingleRepeatTests(RepeatTests):
    """The same without the batched calls."""

    batched = False


class SingleCapTests(CapTests):
    """The same without the batched calls."""

    batched = False
