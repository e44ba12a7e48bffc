"""An upstream over UDP, and TCP for what is truncated, beside those who forge its answers."""

from __future__ import annotations

import select
import socket
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from dotchain.upstreams.datagrams.socketpool import SocketPool
from dotchain.upstreams.forward import Forward

from ...churn import NUMBERS, chosen, often
from ..network import response
from ..talker import MANNERS, messages
from ..upstreamchurn import UpstreamChurn
from ..upstreamcommon import forward
from .socketpoolcase import Asked, Nameserver

SOCKETS = 40


class DatagramChurn(UpstreamChurn):
    """The same, where queries and answers are lost, late, forged, doubled, out of order and truncated."""

    def made(self, **options: Any) -> Forward:
        """One address, whose sockets are the system's."""
        self.server = Nameserver()
        self.owed: list[Asked] = []
        return forward(self.network, str(self.server.address), sockets=SOCKETS, **options)

    @property
    def pool(self) -> SocketPool:
        """What sends datagrams."""
        (pool,) = self.upstream.endpoints
        assert isinstance(pool, SocketPool)
        return pool

    @rule(
        number=NUMBERS,
        count=st.sampled_from([1, 1, 5, 200]),
        manner=st.sampled_from([*MANNERS, "truncated", "truncated"]),
        keeps=st.booleans(),
    )
    def datagrams(self, number: int, count: int, manner: str, keeps: bool) -> None:
        """Some that were asked are answered in this manner; with C{keeps} not for the last time."""
        self.take()
        for _ in range(count):
            for asked in chosen(self.owed, number):
                if not keeps:
                    self.owed.remove(asked)
                wire, origin = asked
                truncated = manner == "truncated"
                for each in [response(wire, 0x8380)] if truncated else messages(manner, wire):
                    self.server.say(each, origin)
        self.read()

    @rule(number=NUMBERS, octets=st.sampled_from([b"", b"\0", bytes(12), b"\0\0\x80" + bytes(9)]))
    def runt(self, number: int, octets: bytes) -> None:
        """Something comes that is no answer to anything; the same from elsewhere."""
        self.take()
        for _, origin in chosen(self.owed, number):
            self.server.say(octets, origin)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forger:
                forger.sendto(octets, origin)
        self.read()

    @rule(number=NUMBERS)
    def lose(self, number: int) -> None:
        """A query is lost on its way."""
        self.take()
        for asked in chosen(self.owed, number):
            self.owed.remove(asked)

    @rule(number=NUMBERS)
    def refuse(self, number: int) -> None:
        """ICMP tells one socket that nobody is there."""
        for each in chosen(list(self.pool.carriers), number):
            self.pool.broken(each, "Connection refused")
        self.network.advance(0)

    @rule(files=st.sampled_from([1, 3, 1000]))
    def lowered(self, files: int) -> None:
        """The daemon is left fewer open files, at the beginning or later."""
        self.upstream.limitOpenFiles(files)

    def take(self) -> None:
        """All that has come to the nameserver."""
        while select.select([self.server.socket], [], [], 0)[0]:
            self.owed.append(self.server.asked())

    def read(self) -> None:
        """What the reactor does with the sockets that have something, until there is nothing left."""
        while ready := select.select(list(self.network.readers), [], [], 0)[0]:
            for each in ready:
                each.doRead()
            self.network.advance(0)

    @invariant()
    def sockets(self) -> None:
        """No more sockets than may be open, each used up in time, with no ID in two places."""
        carriers = list(self.pool.carriers)
        assert len(carriers) <= SOCKETS
        for carrier in carriers:
            table = carrier.inFlightTable
            assert len({*table.recent, *table.late, *table.forsaken}) == len(table)

    def teardown(self) -> None:
        """Nothing is open."""
        super().teardown()
        assert list(self.pool.carriers) == []
        self.server.socket.close()


DatagramChurnTests = DatagramChurn.TestCase
DatagramChurnTests.settings = often(60)
