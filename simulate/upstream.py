"""A nameserver that has an address for every name, and counts what it is asked."""

from __future__ import annotations

import socket
import threading

from typing_extensions import Self

from tests.interop.ports import HOST, freePort

from .plan import Plan

_ZONE = "fleet.example"
_QUESTION = 12
_ROOM = 1 << 22
# QR, RD and RA; one question, one answer, one additional record.
_HEAD = b"\x81\x80\0\1\0\1\0\0\0\1"
_OPT = b"\0\0\x29\x04\xd0\0\0\0\0\0\0"
_OWNER = b"\xc0\x0c\0\1\0\1"
_ADDRESS = b"\0\4\xc0\0\2\1"


def nameOf(plan: Plan, number: int) -> str:
    """The name that a number of the plan stands for: its first label says what TTL it has."""
    return f"{plan.ttl(number)}-{number}.{_ZONE}"


class Upstream:
    """
    The server, over UDP, in a thread of its own until the C{with} block ends.

    @ivar asked: how many queries came.
    """

    def __init__(self) -> None:
        self.asked = 0
        self.port = freePort()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._socket.bind((HOST, self.port))
        self._thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            # An empty datagram tells the thread to end.
            waker.sendto(b"", (HOST, self.port))
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            wire, client = self._socket.recvfrom(4096)
            if not wire:
                return
            if _ZONE.encode().split(b".")[0] in wire:
                self.asked += 1
                self._socket.sendto(answer(wire), client)


def answer(query: bytes) -> bytes:
    """An address with the TTL that the first label says."""
    end = query.index(0, _QUESTION) + 5
    label = query[_QUESTION + 1 : _QUESTION + 1 + query[_QUESTION]]
    ttl = int(label.partition(b"-")[0])
    record = _OWNER + ttl.to_bytes(4, "big") + _ADDRESS
    return query[:2] + _HEAD + query[_QUESTION:end] + record + _OPT
