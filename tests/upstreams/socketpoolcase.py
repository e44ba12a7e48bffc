"""A nameserver on loopback, and tests that ask it over UDP."""

from __future__ import annotations

import socket
from select import select

from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import Address
from dotchain.upstreams.pendingquery import PendingQuery
from dotchain.upstreams.socketpool import ConnectedSocket, SocketPool
from dotchain.upstreams.streams.pool import Pool

from .upstreamcommon import RecordingCommon, pending

Asked = tuple[bytes, tuple[str, int]]


class Nameserver:
    """
    A UDP socket on loopback.

    @ivar address: where it is asked.
    """

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = Address("udp", "127.0.0.1", self.socket.getsockname()[1])

    def asked(self) -> Asked:
        """The next query, and where it came from."""
        select([self.socket], [], [], 5)
        wire, (host, port) = self.socket.recvfrom(65535, socket.MSG_DONTWAIT)
        return wire, (host, port)

    def say(self, octets: bytes, to: tuple[str, int]) -> None:
        """Send octets."""
        self.socket.sendto(octets, to)


class SocketPoolCase(SynchronousTestCase):
    """Tests with a nameserver that answers when told to."""

    def setUp(self) -> None:
        self.all = RecordingCommon()
        self.network = self.all.network
        self.server = Nameserver()
        self.addCleanup(self.server.socket.close)
        self.endpoint = self.make()

    def make(self, sockets: int = 1024) -> SocketPool:
        """An upstream address with so many sockets."""
        self.tcp = Pool(self.server.address._replace(transport="tcp"), self.all.common)
        made = SocketPool(self.server.address, self.all.common, self.tcp, sockets=sockets)
        self.addCleanup(made.stop)
        return made

    def submit(self, each: PendingQuery | None = None) -> Asked:
        """One query, as it arrives."""
        self.endpoint.submit(each or pending())
        return self.server.asked()

    def read(self) -> None:
        """What the reactor does with the sockets that have something."""
        ready, _, _ = select(list(self.network.readers), [], [], 5)
        self.assertTrue(ready)
        for each in ready:
            each.doRead()

    def sweep(self) -> None:
        """What happens several times a second."""
        self.endpoint.sweep(self.network.seconds())

    def sockets(self) -> list[ConnectedSocket]:
        """Those that are open."""
        return list(self.network.readers)
