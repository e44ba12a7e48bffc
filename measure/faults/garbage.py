"""An upstream that answers some queries with garbage."""

from __future__ import annotations

import random
from collections.abc import Callable

import dns.message

from tests.interop.scripted import Asked

from ..queryloss.scripts import reply

Spoils = Callable[[bytes], bytes]


class Garbage:
    """Answers, but one query in so many gets what is no answer to it; each sort in turn."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._count = 0
        self._random = random.Random(7858)
        self._sorts: tuple[Spoils, ...] = (self._noise, self._cut, self._another, self._query)

    def __call__(self, asked: Asked) -> None:
        self._count += 1
        turn, rest = divmod(self._count, self._every)
        wire = reply(asked.query).to_wire()
        asked.raw.send(wire if rest else self._sorts[turn % len(self._sorts)](wire))

    def _noise(self, wire: bytes) -> bytes:
        """The right ID, and then anything."""
        return wire[:2] + self._random.randbytes(len(wire) - 2)

    def _cut(self, wire: bytes) -> bytes:
        """Half of it."""
        return wire[: len(wire) // 2]

    def _another(self, wire: bytes) -> bytes:
        """That to another question."""
        query = dns.message.make_query("elsewhere.example.org", "A", id=int.from_bytes(wire[:2], "big"))
        return reply(query).to_wire()

    def _query(self, wire: bytes) -> bytes:
        """What says of itself that it is a query."""
        return wire[:2] + bytes((wire[2] & 0x7F,)) + wire[3:]
