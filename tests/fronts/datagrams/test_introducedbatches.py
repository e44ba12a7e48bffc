"""UDP behind balancers, who say by a PROXY header for whom they ask."""

from __future__ import annotations

import socket
from typing import Any

import dns.rcode

from dotchain.client import Client, Origin
from dotchain.fronts.access import AccessList
from dotchain.fronts.datagrams.introducedbatches import IntroducedBatches
from dotchain.fronts.datagrams.onemsg import SingleSocket
from dotchain.fronts.datagrams.port import batches
from dotchain.fronts.introductions import Introductions
from dotchain.networks import networks
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.wire import Query
from dotchain.wire.proxyheader import LOCAL, ProxyHeader, encrypted, proxied

from .portcase import UdpCase
from .sockets import bound, received

ANSWER = makeAnswer(makeQuery(), "foo.example.org. 300 IN A 192.0.2.1")
WIRE = makeQuery().wire


def of(source: str, port: int = 4711) -> bytes:
    """The header of a client."""
    local = "2001:db8::53" if ":" in source else "10.0.0.53"
    return proxied(ProxyHeader(source, port, local, 53), True)


class BalancedCase(UdpCase):
    """A front behind balancers at 127.0.0.2."""

    def setUp(self) -> None:
        """Nothing served yet."""
        super().setUp()
        self.clients: list[Client] = []
        self.introduce()

    def introduce(self, listed: str = "127.0.0.2", origins: bool = False, believed: str = "") -> None:
        """Believe these."""
        access = AccessList(networks(listed), ())
        self.introductions = Introductions(
            "lan", "udp", access, origins, self.loop.seconds, frozenset(believed.split())
        )
        name = self.sock.getsockname()
        self.io = IntroducedBatches(batches(self.sock, False), self.introductions, (name[0], name[1]))

    def noting(self, replays: bool = False, later: bool = False) -> Scripted:
        """A resolver that notes who asks."""

        def answer(query: Query) -> Any:
            self.clients.append(query.client)
            return ANSWER

        return Scripted(answer, replays=replays, later=later)

    def through(self, *datagrams: bytes, host: str = "127.0.0.2") -> list[bytes]:
        """What a balancer hears."""
        self.balancer = client = self.client(host)
        for each in datagrams:
            client.send(each)
        self.loop.settle()
        return received(client)


class DemandedTests(BalancedCase):
    """Headers of balancers are demanded, and are told by nobody else."""

    def test_client(self) -> None:
        """The client in the header asks, whatever his family, and the answer goes back without one."""
        self.serve(self.noting())
        responses = self.through(of("192.168.7.7") + WIRE, of("fd00::7") + WIRE)
        self.assertEqual([octets[:2] for octets in responses], [WIRE[:2]] * 2)
        self.assertEqual([each.address for each in self.clients], ["192.168.7.7", "fd00::7"])
        self.assertEqual({each.origin for each in self.clients}, {None})
        self.assertEqual(self.introductions.counts, {"taken": 2})

    def named(self, believed: str) -> list[tuple[str, str]]:
        """The names of who asks, for whom a balancer is believed this; and of another behind his address."""
        self.introduce(believed=believed)
        self.serve(self.noting())
        tlvs = encrypted("TLSv1.3", "X", "", "dns.example", "laptop")
        whom = ProxyHeader("10.0.0.1", 1, "10.0.0.53", 53)
        self.through(proxied(whom, True, tlvs) + WIRE, proxied(whom, True) + WIRE)
        return [(each.sni, each.identity) for each in self.clients]

    def test_named(self) -> None:
        """A balancer that is believed tells the names of his clients' TLS; two names are two clients."""
        self.assertEqual(self.named("sni identity"), [("dns.example", "laptop"), ("", "")])

    def test_half(self) -> None:
        """He is believed no more than that."""
        self.assertEqual(self.named("identity"), [("", "laptop"), ("", "")])

    def test_unbelieved(self) -> None:
        """By default nothing."""
        self.assertEqual(self.named(""), [("", ""), ("", "")])

    def test_local(self) -> None:
        """What a balancer asks for himself counts as his own."""
        self.serve(self.noting())
        self.assertEqual(len(self.through(LOCAL + WIRE)), 1)
        self.assertEqual([each.address for each in self.clients], ["127.0.0.2"])
        self.assertEqual(self.introductions.counts, {"taken": 1, "local": 1})

    def test_permitted(self) -> None:
        """The front's lists are about the client in the header."""
        self.serve(self.noting(), deny="192.168.7.0/24")
        found = self.through(of("192.168.7.7") + WIRE, of("192.168.8.8") + WIRE, of("8.8.8.8") + WIRE)
        self.assertEqual([octets[3] & 15 for octets in found], [dns.rcode.REFUSED, 0, dns.rcode.REFUSED])

    def test_missing(self) -> None:
        """A balancer without a header that can be taken is not answered, and the log names no address."""
        self.serve(self.noting())
        self.assertEqual(self.through(WIRE, of("192.168.7.7")[:-1], b"PROXY TCP4 1.2.3.4"), [])
        self.assertEqual(
            self.introductions.counts,
            {"no PROXY header": 1, "PROXY header is cut off": 1, "PROXY version 1": 1},
        )
        lines = [event["log_format"].format(**event) for event in self.events]
        self.assertEqual(len(lines), 3)
        self.assertIn("front lan (udp): refused: no PROXY header", lines)
        self.assertFalse([line for line in lines if "127.0.0" in line or "192.168" in line])

    def test_nothing(self) -> None:
        """A header with less than a query behind it brings nothing, and nobody else down."""
        self.serve(self.noting())
        self.assertEqual(len(self.through(of("192.168.7.7"), of("192.168.7.7") + b"x", LOCAL + WIRE)), 1)

    def test_others(self) -> None:
        """Who is no balancer is served as ever, and may not say that he is somebody else."""
        self.serve(self.noting())
        found = self.through(of("192.168.7.7") + WIRE, b"PROXY TCP4 1.2.3.4", WIRE, host="127.0.0.1")
        self.assertEqual((len(found), [each.address for each in self.clients]), (1, ["127.0.0.1"]))
        self.assertEqual(self.introductions.counts, {"header of an address that is not listed": 2})

    def test_remembered(self) -> None:
        """What the front remembers is for all clients that may ask, and for no other."""
        self.serve(self.noting(replays=True), deny="192.168.7.0/24")
        self.through(of("192.168.8.8") + WIRE)
        found = self.through(of("192.168.8.8") + WIRE, of("192.168.7.7") + b"xy" + WIRE[2:])
        self.assertEqual([(octets[:2], octets[3] & 15) for octets in found], [(WIRE[:2], 0), (b"xy", 5)])
        self.assertEqual((len(self.clients), self.responder.counts.remembered), (1, 1))

    def test_sameOctets(self) -> None:
        """Two clients of one balancer who wait for the same are two, and one who repeats is one."""
        self.serve(chain := Scripted(ANSWER, later=True))
        clients = ("10.0.0.1", "10.0.0.2", "10.0.0.1")
        self.assertEqual(self.through(*(of(each) + WIRE for each in clients)), [])
        self.assertEqual((len(chain.asked), self.responder.counts.repeated), (2, 1))
        chain.fireAll()
        self.loop.settle()
        self.assertEqual(len(received(self.balancer)), 2)

    def test_many(self) -> None:
        """A batch of balancer and others: each answer goes where its query came from."""
        self.serve(Scripted(ANSWER))
        balancer, other = self.client("127.0.0.2"), self.client()
        for number in range(40):
            octets = number.to_bytes(2, "big") + WIRE[2:]
            (balancer if number % 2 else other).send(of("10.0.0.1") + octets if number % 2 else octets)
        self.loop.settle()
        for client, odd in ((balancer, 1), (other, 0)):
            numbers = sorted(int.from_bytes(octets[:2], "big") for octets in received(client))
            self.assertEqual(numbers, list(range(odd, 40, 2)))


class OriginTests(BalancedCase):
    """What upstreams are told of clients."""

    def test_introduced(self) -> None:
        """Behind a balancer: what his header says, each port by itself."""
        self.introduce(origins=True)
        self.serve(self.noting())
        self.through(of("10.0.0.1", 1) + WIRE, of("10.0.0.1", 2) + WIRE, LOCAL + WIRE)
        own = Origin(self.balancer.getsockname()[1], *self.sock.getsockname())
        self.assertEqual(
            [each.origin for each in self.clients],
            [Origin(1, "10.0.0.53", 53), Origin(2, "10.0.0.53", 53), own],
        )

    def test_direct(self) -> None:
        """Without one: the client's own port, and the address that he asked."""
        self.introduce("", origins=True)
        self.serve(self.noting())
        self.through(WIRE)
        port = self.balancer.getsockname()[1]
        self.assertEqual([each.origin for each in self.clients], [Origin(port, *self.sock.getsockname())])

    def test_anyAddress(self) -> None:
        """On all addresses, the one that was asked is told by each datagram."""
        for batched in (True, False):
            for host, asked in (("0.0.0.0", "127.0.0.3"), ("::", "::1")):
                self.sock = bound(self, host)
                io = batches(self.sock, True) if batched else self.single()
                name = self.sock.getsockname()
                found = IntroducedBatches(io, Introductions("lan", "udp", AccessList((), ()), True), name[:2])
                client = socket.socket(self.sock.family, socket.SOCK_DGRAM)
                self.addCleanup(client.close)
                client.sendto(WIRE, (asked, name[1]))
                rests, sources = found.receive()
                self.assertEqual(
                    (rests, sources[0].local, sources[0].localPort), ([WIRE[2:]], asked, name[1])
                )
                found.reply(0, found.prepare(b"response"))
                found.flush()
                client.settimeout(5)
                self.assertEqual(client.recvfrom(100)[0], WIRE[:2] + b"response")

    def single(self) -> Any:
        """A socket that is read one datagram at a time."""
        return SingleSocket(self.sock, True)
