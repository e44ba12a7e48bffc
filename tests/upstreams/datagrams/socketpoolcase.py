"""A nameserver on loopback, and tests that ask it over UDP."""

from __future__ import annotations

import select
import socket
import sys

from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import Address
from dotchain.upstreams.datagrams.connectedsocket import ConnectedSocket
from dotchain.upstreams.datagrams.socketpool import SocketPool
from dotchain.upstreams.pendingquery import PendingQuery
from dotchain.upstreams.streams.pool import Pool

from ..upstreamcommon import RecordingCommon, pending

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
        select.select([self.socket], [], [], 5)
        wire, (host, port) = self.socket.recvfrom(65535, socket.MSG_DONTWAIT)
        return wire, (host, port)

    def heard(self) -> int:
        """How many queries have come that were not taken yet."""
        count = 0
        while select.select([self.socket], [], [], 0)[0]:
            self.asked()
            count += 1
        return count

    def say(self, octets: bytes, to: tuple[str, int]) -> None:
        """Send octets."""
        self.socket.sendto(octets, to)


class SocketPoolCase(SynchronousTestCase):
    """
    Tests with a nameserver that answers when told to.

    @cvar bare: on a platform that has no more than all have.
    """

    bare = False

    def setUp(self) -> None:
        if self.bare:
            self.patch(sys, "platform", "freebsd14")
            if hasattr(select, "epoll"):
                self.addCleanup(setattr, select, "epoll", select.epoll)
                del select.epoll
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
        self.give(each or pending())
        return self.server.asked()

    def give(self, *queries: PendingQuery) -> None:
        """Queries of one turn."""
        for each in queries:
            self.endpoint.submit(each)
        self.network.advance(0)

    def read(self) -> None:
        """What the reactor does with the sockets that have something, and the end of its turn."""
        ready, _, _ = select.select(list(self.network.readers), [], [], 5)
        self.assertTrue(ready)
        for each in ready:
            each.doRead()
        self.network.advance(0)

    def readAll(self) -> None:
        """The same, until there is nothing left to read; what is sent on loopback is there at once."""
        while select.select(list(self.network.readers), [], [], 0)[0]:
            self.read()

    def sweep(self) -> None:
        """What happens several times a second."""
        self.endpoint.sweep(self.network.seconds())

    def sockets(self) -> list[ConnectedSocket]:
        """Those that are open."""
        return list(self.endpoint.carriers)
