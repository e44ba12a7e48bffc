"""Datagrams in batches: recvmmsg and sendmmsg through cffi.

One system call for up to 64 datagrams costs about as much as recvmsg for three. The
ID of each message is received into, and sent from, a place of its own: an answer
that is kept ready is sent behind a new ID without one copy in Python.
"""

from __future__ import annotations

import errno
import socket
import sys
from typing import Any

from ...batchcalls import BATCH, addressOf, ffi
from .batches import Batches
from .pktinfo import CONTROL_SPACE, wantDestination

_LARGEST = 8192
# A place for a socket address, of 28 octets at the most, and one for the ID behind it: whom to reply to, and
# what about, is then one slice.
_NAME, _ID = 32, 28
# Responses up to this size are copied where they are sent from: 0.2 µs; to find where they are takes 0.9.
_COPIED = 1500

Ready = tuple[int, int, object]
"""An answer kept ready: address and length of its octets, and what keeps them alive."""


class _Vector:
    """An array of mmsghdr whose fields are reached as numbers, 0.04 µs each."""

    def __init__(self, wildcard: int) -> None:
        self.headers = ffi.new("struct mmsghdr[]", BATCH)
        self._iovecs = ffi.new("struct iovec[]", 2 * BATCH)
        self.names = bytearray(_NAME * BATCH)
        self.controls = bytearray(max(wildcard, 1) * BATCH)
        self._alive = (ffi.from_buffer(self.names), ffi.from_buffer(self.controls))
        self.nameAt, self.controlAt = (addressOf(each) for each in self._alive)
        self.fields = memoryview(ffi.buffer(self.headers)).cast("B").cast("Q")
        self.parts = memoryview(ffi.buffer(self._iovecs)).cast("B").cast("Q")
        iovecs = addressOf(self._iovecs)
        for i in range(BATCH):
            self.fields[8 * i + 2 : 8 * i + 6] = memoryview(
                (iovecs + 32 * i).to_bytes(8, sys.byteorder)
                + (2).to_bytes(8, sys.byteorder)
                + (self.controlAt + wildcard * i if wildcard else 0).to_bytes(8, sys.byteorder)
                + wildcard.to_bytes(8, sys.byteorder)
            ).cast("Q")


class BatchSocket(Batches):
    """
    The same with a system call for all of a batch.
    """

    def __init__(self, port: socket.socket, wildcard: bool) -> None:
        """
        @param port: a bound socket.
        @param wildcard: bound to no address of its own, so that replies must name the
            address that was asked (RFC 2181 section 4.1).
        """
        super().__init__()
        self._libc: Any = ffi.dlopen(None)
        self._fd = port.fileno()
        self._ip6 = port.family == socket.AF_INET6
        self._control = CONTROL_SPACE[port.family] if wildcard else 0
        if wildcard:
            wantDestination(port)
        self._prepareReceiving()
        self._prepareSending()

    def _prepareReceiving(self) -> None:
        vector = self._in = _Vector(self._control)
        self._slab = bytearray(_LARGEST * BATCH)
        self._alive = ffi.from_buffer(self._slab)
        slabAt = addressOf(self._alive)
        for i in range(BATCH):
            nameAt = vector.fields[8 * i] = vector.nameAt + _NAME * i
            vector.headers[i].msg_hdr.msg_namelen = 28 if self._ip6 else 16
            for j, number in enumerate((nameAt + _ID, 2, slabAt + _LARGEST * i, _LARGEST)):
                vector.parts[4 * i + j] = number
        view = memoryview(self._slab)
        self._slots = [view[_LARGEST * i : _LARGEST * (i + 1)] for i in range(BATCH)]
        self._routed: memoryview | None = None
        self._zeros = memoryview(bytes(4 * BATCH)).cast("I")
        if self._control and not self._ip6:
            # The interface that a datagram came by: a reply must take the one that routing says.
            self._routed = memoryview(vector.controls).cast("I")[4 :: self._control // 4]
        words = memoryview(ffi.buffer(vector.headers)).cast("B").cast("I")
        self._lengths = words[14::16]
        self._addresses = memoryview(vector.names).cast("I")[1::8]

    def _prepareSending(self) -> None:
        vector = self._out = _Vector(self._control)
        for i in range(BATCH):
            vector.headers[i].msg_hdr.msg_namelen = 28 if self._ip6 else 16
            vector.parts[4 * i + 1] = 2
        self._copies = bytearray(_COPIED * BATCH)
        self._aliveOut = ffi.from_buffer(self._copies)
        self._copiesAt = addressOf(self._aliveOut)
        self._queued = 0
        self._held: list[object] = []

    def receive(self) -> tuple[list[bytes], list[Any]]:
        """See L{Batches.receive}."""
        count = self._libc.recvmmsg(self._fd, self._in.headers, BATCH, socket.MSG_DONTWAIT, ffi.NULL)
        if count <= 0:
            return [], []
        if self._routed is not None:
            self._routed[:count] = self._zeros[:count]
        lengths = self._lengths[:count].tolist()
        rests = [
            bytes(slot[: length - 2]) if length > 2 else b""
            for slot, length in zip(self._slots, lengths, strict=False)
        ]
        if not self._ip6:
            return rests, self._addresses[:count].tolist()
        names = bytes(self._in.names)
        return rests, [names[at + 8 : at + 24] for at in range(0, _NAME * count, _NAME)]

    def text(self, source: Any) -> str:
        """See L{Batches.text}."""
        packed = self.packed(source)
        return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)

    def packed(self, source: Any) -> bytes:
        """See L{Batches.packed}."""
        return source.to_bytes(4, sys.byteorder) if isinstance(source, int) else bytes(source)

    def port(self, index: int) -> int:
        """See L{Batches.port}."""
        name = _NAME * index
        return int.from_bytes(self._in.names[name + 2 : name + 4], "big")

    def id(self, index: int) -> bytes:
        """See L{Batches.id}."""
        at = _NAME * index + _ID
        return bytes(self._in.names[at : at + 2])

    def peer(self, index: int) -> bytearray:
        """See L{Batches.peer}."""
        name, control = _NAME * index, self._control
        peer = self._in.names[name : name + _NAME]
        if control:
            peer += self._in.controls[control * index : control * (index + 1)]
        return peer

    def prepare(self, tail: bytes) -> Ready:
        """See L{Batches.prepare}."""
        octets = ffi.from_buffer(tail)
        return addressOf(octets), len(tail), octets

    def reply(self, index: int, ready: Ready) -> None:
        """
        See L{Batches.reply}.

        ID, address and control data are sent from where they were received: four
        numbers are written, nothing is copied.
        """
        queued, vector = self._queued, self._out
        if queued == BATCH:
            self.flush()
            queued = 0
        fields, parts = vector.fields, vector.parts
        name = fields[8 * queued] = self._in.nameAt + _NAME * index
        parts[4 * queued] = name + _ID
        parts[4 * queued + 2], parts[4 * queued + 3], _ = ready
        if self._control:
            fields[8 * queued + 4] = self._in.controlAt + self._control * index
        self._held.append(ready)
        self._queued = queued + 1

    def replyTo(self, peer: bytearray, tail: bytes) -> None:
        """See L{Batches.replyTo}."""
        if self._queued == BATCH:
            self.flush()
        i, vector, control = self._queued, self._out, self._control
        name = vector.fields[8 * i] = vector.nameAt + _NAME * i
        vector.parts[4 * i] = name + _ID
        vector.parts[4 * i + 2], vector.parts[4 * i + 3] = self._place(i, tail)
        if control:
            vector.controls[control * i : control * (i + 1)] = peer[_NAME:]
            vector.fields[8 * i + 4] = vector.controlAt + control * i
        vector.names[_NAME * i : _NAME * (i + 1)] = peer[:_NAME] if control else peer
        self._queued = i + 1

    def _place(self, i: int, tail: bytes) -> tuple[int, int]:
        """Have a response where it stays until it is sent: the address and the length."""
        length = len(tail)
        if length <= _COPIED:
            at = _COPIED * i
            self._copies[at : at + length] = tail
            return self._copiesAt + at, length
        ready = self.prepare(tail)
        self._held.append(ready)
        return ready[0], length

    def flush(self) -> None:
        """See L{Batches.flush}."""
        start, end, headers = 0, self._queued, self._out.headers
        while start < end:
            sent = self._libc.sendmmsg(self._fd, headers + start, end - start, socket.MSG_DONTWAIT)
            if sent < 0:
                if ffi.errno == errno.EINTR:
                    continue
                self.sendErrors += 1
                sent = 1
            start += sent
        self._queued = 0
        self._held.clear()
