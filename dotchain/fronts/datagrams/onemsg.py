"""Datagrams one by one, with recvmsg and sendmsg, where the batched calls are missing."""

from __future__ import annotations

import socket
from typing import Any

from ...batchcalls import BATCH
from .batches import Batches
from .pktinfo import CONTROL_SPACE, destination, wantDestination

_LARGEST = 8192

Peer = tuple[bytes, Any, Any]


class SingleSocket(Batches):
    """The same with a system call for each datagram."""

    def __init__(self, port: socket.socket, wildcard: bool) -> None:
        super().__init__()
        self._port = port
        self._family = port.family
        self._space = CONTROL_SPACE[port.family] if wildcard else 0
        if wildcard:
            wantDestination(port)
        self._batch: list[Peer] = []
        self._queue: list[tuple[bytes, Peer]] = []

    def receive(self) -> tuple[list[bytes], list[Any]]:
        """See L{Batches.receive}."""
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
        """See L{Batches.text}."""
        return socket.inet_ntop(self._family, source)

    def packed(self, source: bytes) -> bytes:
        """See L{Batches.packed}."""
        return source

    def port(self, index: int) -> int:
        """See L{Batches.port}."""
        return int(self._batch[index][2][1])

    def id(self, index: int) -> bytes:
        """See L{Batches.id}."""
        return self._batch[index][0]

    def peer(self, index: int) -> Peer:
        """See L{Batches.peer}."""
        return self._batch[index]

    def asked(self, index: int) -> str:
        """See L{Batches.asked}."""
        return destination(self._family, self._batch[index][1][0][2]) if self._batch[index][1] else ""

    def peerAs(self, index: int, number: bytes) -> Peer:
        """See L{Batches.peerAs}."""
        _, control, name = self._batch[index]
        return number, control, name

    def prepare(self, tail: bytes) -> bytes:
        """See L{Batches.prepare}."""
        return tail

    def reply(self, index: int, ready: bytes) -> None:
        """See L{Batches.reply}."""
        self._queue.append((ready, self._batch[index]))

    def replyTo(self, peer: Peer, tail: bytes) -> None:
        """See L{Batches.replyTo}."""
        self._queue.append((tail, peer))

    def flush(self) -> None:
        """See L{Batches.flush}."""
        for tail, (number, control, name) in self._queue:
            try:
                self._port.sendmsg([number, tail], control, 0, name)
            except OSError:
                self.sendErrors += 1
        self._queue.clear()
