"""Replies of one turn that go to the same client and are of one length: the system takes them as one.

It cuts them apart again where they leave (UDP_SEGMENT, udp(7), Linux 4.18). Over loopback one of eight takes
0.9 µs then, and 3.3 by itself. Whoever asks much from few ports has that: other resolvers and balancers.
"""

from __future__ import annotations

import errno
import socket
import sys
from struct import Struct
from typing import Any, ClassVar, Final

from ...batchcalls import BATCH
from .vector import NAME, Vector

_LEVEL: Final = 17
_OPTION: Final = 103
# struct cmsghdr, then two octets, and what aligns them.
_SPACE: Final = 24
_AT: Final = 16
_CMSGHDR: Final = (
    (18).to_bytes(8, sys.byteorder)
    + _LEVEL.to_bytes(4, sys.byteorder)
    + _OPTION.to_bytes(4, sys.byteorder)
    + bytes(8)
)
# What no network cuts: the least MTU of IPv6 without the headers. Longer ones leave by themselves.
_LONGEST: Final = 1232
# Of all headers and segments, what fits into an IP packet's length.
_WHOLE: Final = 65_000
_ID: Final = 2
# struct msghdr.
_HEADER: Final = Struct("@QIQQQQ").pack_into


def canSegment(port: socket.socket) -> bool:
    """Whether the system cuts what a socket sends."""
    try:
        port.getsockopt(_LEVEL, _OPTION)
    except OSError:
        return False
    return True


class Segments:
    """
    Puts replies together.

    @ivar headers: what is to be sent in place of the single replies.
    @ivar members: the numbers of the replies in each header.
    """

    # Of fewer replies hardly two go to one client.
    LEAST: ClassVar[int] = 4
    # Where hardly two did, batches of that size leave as they are for so many: to look takes 0.2 µs a reply.
    REST: ClassVar[int] = 128
    # The same for all sizes where the system refused one: the way to that client can't do it.
    REFUSED_REST: ClassVar[int] = 4096

    def __init__(self, out: Vector, received: Vector, control: int, ip6: bool) -> None:
        """
        @param out: the replies, each of its ID and the rest.
        @param received: where some of them have their addresses from.
        @param control: octets of control data of each.
        """
        self._out, self._received = out, received
        self._control = control
        self._name = 28 if ip6 else 16
        self._size = control + _SPACE
        self._together = Vector(self._size, 2)
        for i in range(BATCH):
            at = self._size * i + control
            self._together.controls[at : at + _SPACE] = _CMSGHDR
        self._sizes: Any = memoryview(self._together.controls).cast("H")
        self._lengths: Any = out.parts[3::4]
        self.headers = self._together.headers
        self.members: list[list[int]] = []
        self._least = self.LEAST
        self._batches = 0

    def gather(self, places: list[int], queued: int) -> bool:
        """
        Put replies together.

        @param places: for each reply, which message that was received has its address, or -1 where it has
            one of its own.
        @param queued: how many replies there are.
        @return: whether that is worth it.
        """
        self._batches += 1
        if self._batches >= self.REST:
            self._batches, self._least = 0, self.LEAST
        if queued < self._least:
            return False
        keys = list(zip(self._whither(places[:queued]), self._lengths[:queued].tolist(), strict=True))
        # Counted before they are put together, which takes thrice as long.
        if 4 * len(set(keys)) > 3 * queued:
            self._least = queued + 1
            return False
        groups: dict[tuple[object, object], list[int]] = {}
        for i, key in enumerate(keys):
            group = groups.get(key)
            if group is None:
                groups[key] = [i]
            else:
                group.append(i)
        self._lay(groups)
        return True

    def refused(self, error: int) -> None:
        """The system has not taken one of them."""
        if error in (errno.EIO, errno.EINVAL, errno.EMSGSIZE, errno.EOPNOTSUPP):
            self._batches, self._least = self.REST - self.REFUSED_REST, BATCH + 1

    def _whither(self, places: list[int]) -> list[object]:
        """Where each reply goes, and from which address."""
        received = self._keys(self._received, max(places) + 1)
        if -1 not in places:
            return [received[place] for place in places]
        own = self._keys(self._out, len(places))
        return [own[i] if place < 0 else received[place] for i, place in enumerate(places)]

    def _keys(self, vector: Vector, count: int) -> list[object]:
        """What is the same for equal addresses."""
        size = self._control
        if not size and self._name == 16:
            # Family, port and address are the first eight octets.
            keys: list[object] = vector.words[: 4 * count : 4].tolist()
            return keys
        names, controls = vector.nameOctets[:], vector.controlOctets[:]
        return [
            names[NAME * i : NAME * i + self._name] + controls[size * i : size * (i + 1)]
            for i in range(count)
        ]

    def _lay(self, groups: dict[tuple[object, object], list[int]]) -> None:
        self.members = []
        place = 0
        parts = self._out.partOctets[:]
        for (_, length), group in groups.items():
            assert isinstance(length, int)
            size = length + _ID
            most = _WHOLE // size if size <= _LONGEST else 1
            for begin in range(0, len(group), most):
                part = group[begin : begin + most]
                octets = b"".join([parts[32 * i : 32 * i + 32] for i in part])
                self._together.partOctets[32 * place : 32 * place + len(octets)] = octets
                self._layOne(len(self.members), place, part, size)
                self.members.append(part)
                place += len(part)

    def _layOne(self, number: int, place: int, part: list[int], size: int) -> None:
        """Have a header lead to these replies, whose octets stay where they are."""
        out, together = self._out, self._together
        first, control, begin = part[0], self._control, self._size * number
        source: int = out.fields[8 * first + 4]
        controlAt, controls = together.controlAt + begin, self._size
        if len(part) == 1:
            controlAt, controls = source, control
        elif control:
            at = source - out.controlAt
            found = out if 0 <= at < control * BATCH else self._received
            at = source - found.controlAt
            together.controls[begin : begin + control] = found.controlOctets[at : at + control]
        self._sizes[(begin + control + _AT) >> 1] = size
        _HEADER(
            together.headerOctets,
            64 * number,
            *(out.fields[8 * first], self._name, together.partsAt + 32 * place, 2 * len(part)),
            *(controlAt, controls),
        )
