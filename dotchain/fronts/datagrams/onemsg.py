"""Datagrams one by one, with recvmsg and sendmsg, where the batched calls are missing."""

from __future__ import annotations

import socket
from typing import Any

from .pktinfo import CONTROL_SPACE, wantDestination

BATCH = 64
_LARGEST = 8192

Peer = tuple[bytes, Any, Any]


class SingleSocket:
    """
    The same as L{BatchSocket <dotchain.fronts.datagrams.mmsg.BatchSocket>}, a system call a datagram.

    @ivar sendErrors: datagrams that the system did not take.
    """

    def __init__(self, port: socket.socket, wildcard: bool) -> None:
        self.sendErrors = 0
        self._port = port
        self._family = port.family
        self._space = CONTROL_SPACE[port.family] if wildcard else 0
        if wildcard:
            wantDestination(port)
        self._batch: list[Peer] = []
        self._queue: list[tuple[bytes, Peer]] = []

    def receive(self) -> tuple[list[bytes], list[bytes]]:
        """What has arrived, up to 64 datagrams: messages without IDs, and sources."""
        self._batch = []
        rests: list[bytes] = []
        for _ in range(BATCH):
            try:
                data, control, _, name = self._port.recvmsg(_LARGEST, self._space)
            except OSError:
                break
            self._batch.append((data[:2], tuple(control), name))
            rests.append(data[2:])
        return rests, [socket.inet_pton(self._family, peer[2][0].partition("%")[0]) for peer in self._batch]

    def text(self, source: bytes) -> str:
        """The sender's address in presentation form."""
        return socket.inet_ntop(self._family, source)

    def packed(self, source: bytes) -> bytes:
        """The octets of the sender's address."""
        return source

    def port(self, index: int) -> int:
        """The port that a message of the last batch came from."""
        return int(self._batch[index][2][1])

    def id(self, index: int) -> bytes:
        """The ID of a message of the last batch."""
        return self._batch[index][0]

    def peer(self, index: int) -> Peer:
        """All that a later reply to a message of the last batch needs."""
        return self._batch[index]

    def prepare(self, tail: bytes) -> bytes:
        """Make a response, without its ID, ready to be sent any number of times."""
        return tail

    def reply(self, index: int, ready: bytes) -> None:
        """Send a response to a message of the last batch, with the next L{flush}."""
        self._queue.append((ready, self._batch[index]))

    def replyTo(self, peer: Peer, tail: bytes) -> None:
        """Send a response to the sender of an earlier batch, with the next L{flush}."""
        self._queue.append((tail, peer))

    def flush(self) -> None:
        """Send all that is queued; what the system does not take is counted and gone."""
        for tail, (number, control, name) in self._queue:
            try:
                self._port.sendmsg([number, tail], control, 0, name)
            except OSError:
                self.sendErrors += 1
        self._queue.clear()
