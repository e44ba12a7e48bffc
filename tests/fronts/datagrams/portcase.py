"""A UDP front, and clients of it."""

from __future__ import annotations

import socket
from typing import Any

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
from twisted.trial.unittest import SynchronousTestCase

from dotchain.contract.violations import turnEnd
from dotchain.fronts.access import AccessList
from dotchain.fronts.datagrams.onemsg import SingleSocket
from dotchain.fronts.datagrams.port import DatagramPort, batches
from dotchain.fronts.queryslots import QuerySlots
from dotchain.fronts.responder import Responder
from dotchain.networks import PRIVATE, networks

from ..loop import Loop, logged
from .sockets import bound, received


class UdpCase(SynchronousTestCase):
    """
    A UDP front, and a client of it.

    @ivar batched: whether datagrams go in batches, where the platform can.
    """

    batched = True

    def setUp(self) -> None:
        """Nothing served yet."""
        self.loop = Loop()
        self.events = logged(self)
        self.sock = bound(self)
        self.io: Any = batches(self.sock, False) if self.batched else SingleSocket(self.sock, False)

    def serve(self, resolver: Any, deny: str = "", drop: bool = False, most: int = 5000) -> None:
        """Serve with a resolver, and so many queries in flight of a client."""
        access = AccessList(PRIVATE, networks(deny))
        self.responder = Responder("lan", "udp", resolver, access, drop, self.loop.seconds, QuerySlots(most))
        self.reader = DatagramPort(self.responder, self.sock, self.io, turnEnd(self.loop))
        self.reader.start(self.loop)

    def client(self, host: str = "127.0.0.1") -> socket.socket:
        """A client."""
        made = bound(self, host)
        made.connect(self.sock.getsockname())
        return made

    def asked(self, *wires: bytes) -> list[dns.message.Message]:
        """What comes back for these datagrams at once."""
        client = self.client()
        for wire in wires:
            client.send(wire)
        self.loop.settle()
        return [dns.message.from_wire(octets) for octets in received(client)]
