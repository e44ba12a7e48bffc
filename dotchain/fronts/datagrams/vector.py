"""What one system call takes of datagrams: an array of mmsghdr, and where it leads."""

from __future__ import annotations

import sys
from typing import Any, Final

from ...batchcalls import BATCH, addressOf, ffi

NAME: Final = 32
"""A place for a socket address, of 28 octets at the most, and one for the ID behind it."""


class Vector:
    """An array of mmsghdr whose fields are reached as numbers, 0.04 µs each."""

    def __init__(self, control: int, pieces: int) -> None:
        """
        @param control: octets of control data.
        @param pieces: of how many a datagram consists: each takes the system 0.04 µs.
        """
        self.headers = ffi.new("struct mmsghdr[]", BATCH)
        self._iovecs = ffi.new("struct iovec[]", 2 * BATCH)
        self.names = bytearray(NAME * BATCH)
        self.controls = bytearray(max(control, 1) * BATCH)
        self._alive = (ffi.from_buffer(self.names), ffi.from_buffer(self.controls))
        self.nameAt, self.controlAt = (addressOf(each) for each in self._alive)
        self.words: Any = memoryview(self.names).cast("Q")
        # Slices of a buffer are bytes.
        self.nameOctets, self.controlOctets = (ffi.buffer(each) for each in self._alive)
        self.headerOctets, self.partOctets = ffi.buffer(self.headers), ffi.buffer(self._iovecs)
        self.fields: Any = memoryview(self.headerOctets).cast("B").cast("Q")
        self.parts: Any = memoryview(self.partOctets).cast("B").cast("Q")
        self.partsAt = addressOf(self._iovecs)
        for i in range(BATCH):
            self.fields[8 * i + 2 : 8 * i + 6] = memoryview(
                (self.partsAt + 32 * i).to_bytes(8, sys.byteorder)
                + pieces.to_bytes(8, sys.byteorder)
                + (self.controlAt + control * i if control else 0).to_bytes(8, sys.byteorder)
                + control.to_bytes(8, sys.byteorder)
            ).cast("Q")
