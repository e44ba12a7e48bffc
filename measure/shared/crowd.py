"""Clients of several machines, who all ask for the same few names."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Sequence

from tests.interop.ports import HOST

# Seconds that the last queries have.
_PATIENCE = 1.0


class Crowd:
    """
    They ask each machine for one name after the other, all machines at the same time.

    @ivar sent: how many queries they asked.
    @ivar took: seconds until each was answered, of those that were.
    """

    def __init__(self, ports: Sequence[int], names: int) -> None:
        """@param ports: of the machines, by UDP."""
        self.sent = 0
        self.took: list[float] = []
        self._names = names
        # When it was asked, by the machine and the ID.
        self._at: dict[tuple[int, int], float] = {}
        self._sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in ports]
        for each, port in zip(self._sockets, ports, strict=True):
            each.connect((HOST, port))

    def ask(self, rate: float, seconds: float) -> None:
        """
        Ask for so long, and end.

        @param rate: how often a second for each name, of each machine.
        """
        pause = 1 / rate / self._names
        begin = time.monotonic()
        for serial in range(int(seconds / pause)):
            self._askAll(serial)
            self._read(begin + (serial + 1) * pause)
        self._read(time.monotonic() + _PATIENCE)
        for each in self._sockets:
            each.close()

    def _askAll(self, serial: int) -> None:
        query = _query(serial, serial % self._names)
        for machine, each in enumerate(self._sockets):
            self._at[machine, serial & 0xFFFF] = time.monotonic()
            each.send(query)
            self.sent += 1

    def _read(self, until: float) -> None:
        while (left := until - time.monotonic()) > 0:
            for each in select.select(self._sockets, [], [], left)[0]:
                serial = int.from_bytes(each.recv(4096)[:2], "big")
                at = self._at.pop((self._sockets.index(each), serial), None)
                if at is not None:
                    self.took.append(time.monotonic() - at)


def _query(serial: int, number: int) -> bytes:
    """A query for the name of a number, with an ID of its own."""
    labels = b"n%d" % number, b"fleet", b"example"
    name = b"".join(bytes((len(label),)) + label for label in labels)
    return (serial & 0xFFFF).to_bytes(2, "big") + b"\1\0\0\1\0\0\0\0\0\0" + name + b"\0\0\1\0\1"
