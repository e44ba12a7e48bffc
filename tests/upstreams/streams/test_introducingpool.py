"""L{IntroducingPool}: connections of which each is one client's."""

from __future__ import annotations

from dotchain.address import address
from dotchain.client import NOBODY, Client, Origin
from dotchain.testing import makeQuery
from dotchain.upstreams.introduction import introduction
from dotchain.upstreams.streams.introducingpool import IntroducingPool
from dotchain.wire.proxyheader import LOCAL

from ..network import Peer
from ..upstreamcommon import pending
from .poolcase import PoolCase


def client(port: int = 4711, host: str = "192.0.2.7") -> Client:
    """Somebody who asks from this port."""
    return Client(host, "tcp", "lan", origin=Origin(port, "192.0.2.53", 53))


class IntroducingPoolTests(PoolCase):
    """One pool of an address."""

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
        self.assertEqual((self.pool.answers, self.pool.failures), (1, 0))

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
        """Of many clients the one unused longest makes room; who waits for an answer is not sent away."""
        self.patch(IntroducingPool, "CLIENTS", 2)
        self.ask(client(1))
        one = self.accept(client(1))
        one.replyAll()
        self.ask(client(2))
        self.accept(client(2))
        self.ask(client(3))
        self.accept(client(3))
        self.assertTrue(one.disconnecting)
        self.ask(client(4))
        self.assertEqual(self.reasons(), ["too many clients at a time"])

    def test_stop(self) -> None:
        """At the end all connections are closed."""
        self.ask(client(1), client(2))
        peers = [dial.accept() for dial in self.network.attempts]
        self.network.advance(0)
        self.pool.stop()
        self.assertTrue(all(peer.disconnecting for peer in peers))
