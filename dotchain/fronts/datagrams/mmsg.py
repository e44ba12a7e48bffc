"""Datagrams in batches: recvmmsg and sendmmsg through cffi.

One system call for up to 64 datagrams costs about as much as recvmsg for three. The
ID of each reply is sent from where it was received: an answer that is kept ready is
sent behind a new ID without one copy in Python.
"""

from __future__ import annotations

import errno
import socket
import sys
from typing import Any, Final

from ...batchcalls import BATCH, addressOf, ffi, libc
from .batches import Batches
from .pktinfo import CONTROL_SPACE, destination, wantDestination
from .segments import Segments, canSegment
from .vector import NAME, Vector

_LARGEST: Final = 8192
# Where the ID of a reply stands behind the address: whom to reply to, and what about, is then one slice.
_ID: Final = 28
_FILL: Final = bytes(2)
# Octets in front of control data.
_CMSGHDR: Final = 16
# Responses up to this size are copied where they are sent from: 0.2 µs; to find where they are takes 0.9.
_COPIED: Final = 1500


class Ready:
    """
    An answer kept ready.

    @ivar address: where its octets are, as the object that goes into a vector: to make it anew for each reply
        would take 0.05 µs.
    @ivar length: how many there are, likewise.
    """

    __slots__ = ("_octets", "address", "length")

    def __init__(self, tail: bytes) -> None:
        # Alive as long as this.
        self._octets: object = ffi.from_buffer(tail)
        self.address: object = addressOf(self._octets)
        self.length: object = len(tail)


class BatchSocket(Batches):
    """The same with a system call for all of a batch."""

    def __init__(self, port: socket.socket, wildcard: bool) -> None:
        """
        @param port: a bound socket.
        @param wildcard: bound to no address of its own, so that replies must name the
            address that was asked (RFC 2181 section 4.1).
        """
        super().__init__()
        self._libc: Any = libc
        self._fd = port.fileno()
        self._ip6 = port.family == socket.AF_INET6
        self._control = CONTROL_SPACE[port.family] if wildcard else 0
        if wildcard:
            wantDestination(port)
        self._prepareReceiving()
        self._prepareSending()
        self._segments: Segments | None = None
        if canSegment(port):
            self._segments = Segments(self._out, self._in, self._control, self._ip6)

    def _prepareReceiving(self) -> None:
        vector = self._in = Vector(self._control, 1)
        self._slab = bytearray(_LARGEST * BATCH)
        self._alive = ffi.from_buffer(self._slab)
        self._slabAt = addressOf(self._alive)
        for i in range(BATCH):
            vector.fields[8 * i] = vector.nameAt + NAME * i
            vector.headers[i].msg_hdr.msg_namelen = 28 if self._ip6 else 16
            vector.parts[4 * i], vector.parts[4 * i + 1] = self._slabAt + _LARGEST * i, _LARGEST
        # Its slices are bytes, where those of a memoryview would have to be made such.
        self._octets = ffi.buffer(self._alive)
        self._routed: memoryview | None = None
        self._zeros = memoryview(bytes(4 * BATCH)).cast("I")
        if self._control and not self._ip6:
            # The interface that a datagram came by: a reply must take the one that routing says.
            self._routed = memoryview(vector.controls).cast("I")[4 :: self._control // 4]
        words = memoryview(ffi.buffer(vector.headers)).cast("B").cast("I")
        self._lengths = words[14::16]
        self._addresses = memoryview(vector.names).cast("I")[1::8]

    def _prepareSending(self) -> None:
        vector = self._out = Vector(self._control, 2)
        for i in range(BATCH):
            vector.headers[i].msg_hdr.msg_namelen = 28 if self._ip6 else 16
            vector.parts[4 * i + 1] = 2
            self._aim(i, i)
        # To which message of the batch each replies; -1 for one of an earlier batch.
        self._places = list(range(BATCH))
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
        octets, lengths = self._octets, self._lengths[:count].tolist()
        rests: list[bytes] = []
        for i in range(count):
            at = _LARGEST * i
            length = lengths[i]
            rests.append(octets[at + 2 : at + length] if length > 2 else b"")
        if not self._ip6:
            return rests, self._addresses[:count].tolist()
        names = bytes(self._in.names)
        return rests, [names[at + 8 : at + 24] for at in range(0, NAME * count, NAME)]

    def _aim(self, i: int, index: int) -> None:
        """Have a reply go where a message of the last batch came from, behind its ID."""
        vector, received = self._out, self._in
        vector.fields[8 * i] = received.nameAt + NAME * index
        vector.parts[4 * i] = self._slabAt + _LARGEST * index
        if self._control:
            vector.fields[8 * i + 4] = received.controlAt + self._control * index

    def text(self, source: Any) -> str:
        """See L{Batches.text}."""
        packed = self.packed(source)
        return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)

    def packed(self, source: Any) -> bytes:
        """See L{Batches.packed}."""
        return source.to_bytes(4, sys.byteorder) if isinstance(source, int) else bytes(source)

    def port(self, index: int) -> int:
        """See L{Batches.port}."""
        name = NAME * index
        return int.from_bytes(self._in.names[name + 2 : name + 4], "big")

    def id(self, index: int) -> bytes:
        """See L{Batches.id}."""
        at = _LARGEST * index
        return bytes(self._octets[at : at + 2])

    def peer(self, index: int) -> bytearray:
        """See L{Batches.peer}."""
        name, control = NAME * index, self._control
        peer = self._in.names[name : name + _ID] + self.id(index) + _FILL
        if control:
            peer += self._in.controls[control * index : control * (index + 1)]
        return peer

    def asked(self, index: int) -> str:
        """See L{Batches.asked}."""
        control = self._control
        if not control:
            return ""
        family = socket.AF_INET6 if self._ip6 else socket.AF_INET
        begin = control * index + _CMSGHDR
        return destination(family, bytes(self._in.controls[begin : begin + control - _CMSGHDR]))

    def peerAs(self, index: int, number: bytes) -> bytearray:
        """See L{Batches.peerAs}."""
        peer = self.peer(index)
        peer[_ID : _ID + 2] = number
        return peer

    def prepare(self, tail: bytes) -> Any:
        """See L{Batches.prepare}."""
        return Ready(tail)

    def reply(self, index: int, ready: Any) -> None:
        """
        See L{Batches.reply}.

        ID, address and control data are sent from where they were received. Where all of a batch is
        replied to in its order, which is so for what fronts remember, two numbers are written for each.
        """
        queued = self._queued
        if queued == BATCH:
            self.flush()
            queued = 0
        if self._places[queued] != index:
            self._aim(queued, index)
            self._places[queued] = index
        kept: Ready = ready
        parts = self._out.parts
        parts[4 * queued + 2], parts[4 * queued + 3] = kept.address, kept.length
        self._held.append(ready)
        self._queued = queued + 1

    def replyTo(self, peer: Any, tail: bytes) -> None:
        """See L{Batches.replyTo}."""
        if self._queued == BATCH:
            self.flush()
        i, vector, control = self._queued, self._out, self._control
        name = vector.fields[8 * i] = vector.nameAt + NAME * i
        vector.parts[4 * i] = name + _ID
        vector.parts[4 * i + 2], vector.parts[4 * i + 3] = self._place(i, tail), len(tail)
        if control:
            vector.controls[control * i : control * (i + 1)] = peer[NAME:]
            vector.fields[8 * i + 4] = vector.controlAt + control * i
        vector.names[NAME * i : NAME * (i + 1)] = peer[:NAME] if control else peer
        self._places[i] = -1
        self._queued = i + 1

    def _place(self, i: int, tail: bytes) -> object:
        """Have a response where it stays until it is sent: the address."""
        length = len(tail)
        if length <= _COPIED:
            at = _COPIED * i
            self._copies[at : at + length] = tail
            return self._copiesAt + at
        ready = Ready(tail)
        self._held.append(ready)
        return ready.address

    def flush(self) -> None:
        """See L{Batches.flush}."""
        segments, queued = self._segments, self._queued
        if segments is not None and segments.gather(self._places, queued):
            self._sendTogether(segments)
        else:
            self._send(0, queued)
        self._queued = 0
        self._held.clear()

    def _send(self, start: int, end: int) -> None:
        """Send replies, each by itself."""
        headers = self._out.headers
        while start < end:
            sent = self._call(headers, start, end)
            if sent <= 0:
                self.sendErrors += 1
                sent = 1
            start += sent

    def _sendTogether(self, segments: Segments) -> None:
        """Send what was put together; what the system does not take that way, reply by reply."""
        start, end = 0, len(segments.members)
        while start < end:
            sent = self._call(segments.headers, start, end)
            if sent <= 0:
                segments.refused(ffi.errno)
                for i in segments.members[start]:
                    self._send(i, i + 1)
                sent = 1
            start += sent

    def _call(self, headers: Any, start: int, end: int) -> int:
        """How many were sent; -1 where the first was not."""
        while True:
            sent: int = self._libc.sendmmsg(self._fd, headers + start, end - start, socket.MSG_DONTWAIT)
            if sent >= 0 or ffi.errno != errno.EINTR:
                return sent
