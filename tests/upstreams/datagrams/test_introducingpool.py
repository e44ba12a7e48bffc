"""L{IntroducingSocketPool}: a header in front of each datagram."""

from __future__ import annotations

from dotchain.client import NOBODY, Client, Origin
from dotchain.testing import makeQuery
from dotchain.upstreams.datagrams.introducingpool import IntroducingSocketPool
from dotchain.upstreams.introduction import introduction
from dotchain.upstreams.streams.introducingpool import IntroducingPool

from ..upstreamcommon import pending
from .socketpoolcase import SocketPoolCase

CLIENT = Client("192.0.2.7", "udp", "lan", origin=Origin(4711, "192.0.2.53", 53))


class IntroducingSocketPoolTests(SocketPoolCase):
    """UDP to one address."""

    def make(self, sockets: int = 1024) -> IntroducingSocketPool:
        """An upstream address that is told who asks."""
        self.tcp = IntroducingPool(self.server.address._replace(transport="tcp"), self.all.common)
        made = IntroducingSocketPool(self.server.address, self.all.common, self.tcp, sockets=sockets)
        self.addCleanup(made.stop)
        return made

    def test_each(self) -> None:
        """Clients may share a socket, as each of their queries has a header of its own."""
        self.endpoint = self.make(1)
        for client in (CLIENT, NOBODY, CLIENT._replace(address="2001:db8::7")):
            octets, _ = self.submit(pending(query=makeQuery(client=client)))
            header = introduction(client)
            self.assertEqual(octets[: len(header)], header)
            self.assertIn(b"\3foo\7example\3org\0", octets[len(header) :])

    def test_large(self) -> None:
        """What is too much for a datagram with its header goes over the client's own TCP connection."""
        query = makeQuery(client=CLIENT)
        query.passed = b"\xfd\xe9" + (1180).to_bytes(2, "big") + bytes(1180)
        self.give(pending(query=query))
        self.assertEqual((self.server.heard(), len(self.network.attempts)), (0, 1))
