"""L{IntroducingPool}: connections of which each is one client's."""

from __future__ import annotations

from dotchain.address import address
from dotchain.client import NOBODY, Client, Origin
from dotchain.testing import makeQuery
from dotchain.tls.client import UpstreamIdentity
from dotchain.upstreams.introduction import Introducing, introduction
from dotchain.upstreams.streams.introducingpool import IntroducingPool
from dotchain.upstreams.streams.pool import Pool
from dotchain.wire.proxyheader import LOCAL

from ..network import Peer, TLSPeer
from ..upstreamcommon import pending
from .poolcase import PoolCase
from .test_pool_tls import TLSCase


def client(port: int = 4711, host: str = "192.0.2.7") -> Client:
    """Somebody who asks from this port."""
    return Client(host, "tcp", "lan", origin=Origin(port, "192.0.2.53", 53))


class IntroducingPoolTests(PoolCase):
    """One pool of an address."""

    pool: IntroducingPool

    def make(self, connections: int = 1, perConnection: int = 4096) -> IntroducingPool:
        """A pool that introduces clients."""
        return IntroducingPool(address("tcp://192.0.2.1:53"), self.all.common, connections=connections)

    def ask(self, *askers: Client) -> None:
        """A query of each."""
        for each in askers:
            self.pool.submit(pending(query=makeQuery(client=each)))
        self.network.advance(0)

    def accept(self, asker: Client) -> Peer:
        """The other end of the connection dialled last, which must begin with this client's header."""
        peer = self.connect()
        header = introduction(asker)
        heard = peer.heard()
        self.assertEqual(heard[: len(header)], header)
        peer._read = heard[len(header) :]
        return peer

    def only(self, places: int) -> None:
        """A pool with room for so many clients."""
        settings = self.all.common.settings
        self.all.common.settings = settings._replace(introduces=Introducing(connections=places))
        self.pool = self.make()

    def count(self, what: str) -> int:
        """What all together have counted."""
        return sum(getattr(each, what) for each in (self.pool, *self.pool.sidePools))

    def test_apart(self) -> None:
        """Two clients never share a connection; one has one for all its queries, with one header."""
        first, second = client(1), client(2)
        self.ask(first, first)
        one = self.accept(first)
        self.ask(second)
        two = self.accept(second)
        self.assertEqual((one.replyAll(), two.replyAll()), (2, 1))
        self.ask(first)
        self.assertEqual((one.replyAll(), len(self.network.attempts)), (1, 2))
        self.assertEqual(len(self.all.answered), 4)

    def test_own(self) -> None:
        """What dotchain asks for itself says LOCAL, over a connection that no client's query takes."""
        self.ask(NOBODY)
        peer = self.accept(NOBODY)
        self.assertEqual(introduction(NOBODY), LOCAL)
        self.ask(client())
        self.accept(client())
        self.assertEqual((peer.replyAll(), len(self.network.attempts)), (1, 2))

    def test_again(self) -> None:
        """A query whose connection ends is asked again behind its own header."""
        self.ask(client())
        self.accept(client()).close()
        self.network.advance(0)
        self.sweep()
        self.assertEqual(self.accept(client()).replyAll(), 1)
        self.assertEqual(len(self.all.answered), 1)

    def test_alone(self) -> None:
        """So is one that goes alone, since connections have ended under it twice."""
        self.ask(client())
        for _ in range(2):
            self.accept(client()).close()
            self.network.advance(0)
            self.sweep()
        self.assertEqual(self.accept(client()).replyAll(), 1)

    def test_down(self) -> None:
        """Where one client's connection fails the address is left alone for all, until it answers."""
        self.ask(client())
        self.network.dial().refuse()
        self.assertEqual(self.reasons(), ["connection failed: Connection refused"])
        self.assertFalse(self.pool.usable)
        self.ask(client(2))
        self.accept(client(2)).replyAll()
        self.assertTrue(self.pool.usable)
        self.assertEqual((self.count("answers"), self.pool.failures), (1, 0))

    def test_idle(self) -> None:
        """A client that asks no more is forgotten with its connection, and none is kept ready for it."""
        self.all.common.settings = self.all.common.settings._replace(warm=60.0)
        self.ask(client())
        self.accept(client()).replyAll()
        self.wait(9)
        self.assertTrue(self.pool.nothingOpen)
        self.wait(3)
        self.assertEqual(len(self.network.attempts), 1)

    def test_many(self) -> None:
        """Of many clients the one unused longest makes room, as soon as its connection has ended."""
        self.only(2)
        one, two, three = (client(4711, f"192.0.2.{number}") for number in range(3))
        peers = []
        for each in (one, two):
            self.ask(each)
            peers.append(self.accept(each))
            peers[-1].replyAll()
        self.ask(one)
        peers[0].replyAll()
        self.ask(three)
        self.assertEqual([each.disconnecting for each in peers], [False, True])
        self.network.advance(0)
        self.assertEqual(self.accept(three).replyAll(), 1)
        self.assertEqual((self.reasons(), self.count("answers"), self.count("dials")), ([], 4, 3))

    def test_crowd(self) -> None:
        """Who finds no room waits for the answer of another one, and brings all his queries along."""
        self.only(1)
        one, two = client(4711, "192.0.2.1"), client(4711, "192.0.2.2")
        self.ask(one)
        peer = self.accept(one)
        self.ask(two, two)
        self.assertEqual((peer.disconnecting, len(self.network.attempts)), (False, 1))
        peer.replyAll()
        self.network.advance(0)
        self.network.advance(0)
        self.assertEqual(self.accept(two).replyAll(), 2)
        self.assertEqual((len(self.all.answered), self.reasons()), (3, []))

    def test_part(self) -> None:
        """One site never has all places: others are let in before it, though it has waited longer."""
        self.only(8)
        self.ask(*(client(port) for port in range(5)))
        self.assertEqual((len(self.pool.clients), len(self.pool.crowd)), (2, 3))
        self.ask(*(client(4711, f"198.51.100.{number}") for number in range(6)))
        self.assertEqual((len(self.pool.clients), len(self.pool.crowd)), (8, 3))

    def test_gone(self) -> None:
        """Queries that were answered elsewhere meanwhile wait for no place any more."""
        self.only(1)
        self.ask(client(1, "192.0.2.1"))
        self.accept(client(1, "192.0.2.1"))
        waiting = pending(query=makeQuery(client=client(2, "192.0.2.2")))
        self.pool.submit(waiting)
        waiting.done = True
        self.sweep()
        self.assertFalse(self.pool.crowd)

    def test_oneFails(self) -> None:
        """While others are served, a connection that can't be had is no failure of the address."""
        self.ask(client(1))
        peer = self.accept(client(1))
        self.ask(client(2))
        self.network.dial().refuse()
        self.assertEqual((len(self.reasons()), self.pool.usable), (1, True))
        self.ask(client(1))
        self.assertEqual(peer.replyAll(), 2)

    def test_allFail(self) -> None:
        """Where nobody can be connected, those who wait for a place go elsewhere at once."""
        self.only(1)
        self.ask(client(1, "192.0.2.1"), client(2, "192.0.2.2"))
        self.network.dial().refuse()
        self.assertEqual(self.reasons(), ["connection failed: Connection refused"] * 2)

    def test_counted(self) -> None:
        """What is counted of clients stays when they are gone."""
        for each in (client(1), client(2)):
            self.ask(each)
            self.accept(each).replyAll()
        before = [self.count(each) for each in ("answers", "dials")]
        self.wait(12)
        self.assertEqual((list(self.pool.sidePools), before), ([], [2, 2]))
        self.assertEqual([self.count(each) for each in ("answers", "dials", "carried")], [2, 2, 2])
        self.assertEqual(self.pool.counts.closes["idle"], 2)

    def test_stop(self) -> None:
        """At the end all connections are closed."""
        self.ask(client(1), client(2))
        peers = [dial.accept() for dial in self.network.attempts]
        self.network.advance(0)
        self.pool.stop()
        self.assertTrue(all(peer.disconnecting for peer in peers))


class PlaceTests(TLSCase):
    """Where the header stands where TLS is spoken."""

    outside = False

    def pinned(self, pin: bytes) -> Pool:
        """See L{TLSCase.pinned}."""
        settings = self.all.common.settings._replace(introduces=Introducing(self.outside))
        self.all.common.settings = settings
        identity = UpstreamIdentity(None, frozenset({pin}), None, "strict")
        return IntroducingPool(address("tls://192.0.2.1:853"), self.all.common, identity)

    def begun(self) -> tuple[bytes, Peer]:
        """The first octets of a client's connection, and its other end behind them."""
        self.pool.submit(pending(query=makeQuery(client=client())))
        self.network.advance(0)
        dialled = self.network.dial()
        dialled.peer = peer = TLSPeer(self.network, dialled.factory.buildProtocol(None), self.context)
        peer.protocol.makeConnection(peer)
        octets = peer.value()
        peer.clear()
        peer.write(octets.removeprefix(introduction(client())))
        peer.pump()
        self.network.advance(0)
        return octets, peer

    def test_inside(self) -> None:
        """By default nobody on the way can read who asks."""
        octets, peer = self.begun()
        self.assertTrue(octets.startswith(b"\x16\x03"))
        heard = peer.heard()
        self.assertTrue(heard.startswith(introduction(client())))

    def test_outside(self) -> None:
        """It stands in front of the handshake where that is wanted, and not inside as well."""
        self.outside = True
        self.pool = self.make()
        octets, peer = self.begun()
        self.assertTrue(octets.startswith(introduction(client()) + b"\x16\x03"))
        peer._read, heard = b"", peer.heard()
        self.assertEqual(int.from_bytes(heard[:2], "big"), len(heard) - 2)
