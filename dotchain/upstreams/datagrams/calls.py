"""How connected sockets are written and read: each datagram by a system call of its own."""

from __future__ import annotations

import socket
from typing import ClassVar

from ...compiled import mypyc_attr


@mypyc_attr(allow_interpreted_subclasses=True)
class DatagramCalls:
    """
    What any platform has.

    @cvar READS: datagrams that one call of L{receive} takes, at the most: a flood at one socket holds
        up nobody else for longer.
    """

    READS: ClassVar[int] = 32
    # Octets of a datagram, at the most.
    LARGEST: ClassVar[int] = 65536

    def send(self, port: socket.socket, wires: list[bytes]) -> None:
        """
        Send datagrams to the socket's peer; those for which a buffer is full are as good as lost on the way.

        @raise OSError: where the system does not take one, often for what ICMP said of an earlier one.
        """
        for wire in wires:
            try:
                port.send(wire)
            except BlockingIOError:
                return

    def receive(self, port: socket.socket, wires: list[bytes]) -> None:
        """
        Take what has arrived, never waiting.

        @param wires: it is appended here.
        @raise OSError: where ICMP said that nobody is there (RFC 1122 section 4.1.3.3).
        """
        for _ in range(self.READS):
            try:
                wires.append(port.recv(self.LARGEST))
            except (BlockingIOError, InterruptedError):
                return
