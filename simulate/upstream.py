"""A nameserver that has an address for every name, and counts what it is asked."""

from __future__ import annotations

import socket

from tests.interop.datagramserver import DatagramServer

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


class Upstream(DatagramServer):
    """
    The server, over UDP, in a thread of its own until the C{with} block ends.

    @ivar asked: how many queries came.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)

    def reply(self, wire: bytes) -> bytes | None:
        """See L{DatagramServer.reply}."""
        if _ZONE.encode().split(b".")[0] not in wire:
            return None
        self.asked += 1
        return answer(wire)


def answer(query: bytes) -> bytes:
    """An address with the TTL that the first label says."""
    end = query.index(0, _QUESTION) + 5
    label = query[_QUESTION + 1 : _QUESTION + 1 + query[_QUESTION]]
    ttl = int(label.partition(b"-")[0])
    record = _OWNER + ttl.to_bytes(4, "big") + _ADDRESS
    return query[:2] + _HEAD + query[_QUESTION:end] + record + _OPT
