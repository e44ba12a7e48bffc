"""Clients that count: what they asked, what they got, and how long it took."""

from __future__ import annotations

import select
import socket
import time
from collections import Counter
from contextlib import ExitStack
from itertools import count

from typing_extensions import Self

from ..conformance.client import Stream, datagrams
from ..conformance.message import EDE, SERVFAIL, Message, query
from ..conformance.replies import RIGHT

_numbers = count(1)


def fresh(label: str = "ok") -> str:
    """A name that nobody has asked for; its first label tells the server what to do."""
    return f"{label}.n{next(_numbers)}.field.test"


class Client:
    """
    A client over UDP, until the C{with} block ends.

    @ivar sent: when each query was sent, by its ID.
    @ivar took: seconds until it was answered first, by its ID.
    @ivar answers: all answers, by ID.
    """

    def __init__(self, port: int) -> None:
        self._socket = datagrams(port)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.sent: dict[int, float] = {}
        self.took: dict[int, float] = {}
        self.answers: dict[int, list[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *why: object) -> None:
        self._socket.close()

    def send(self, label: str = "ok") -> int:
        """
        Ask.

        @return: the query's ID, from 1 up.
        """
        number = len(self.sent) + 1
        wire = query(fresh(label), id=number)
        self.sent[number] = time.monotonic()
        self._socket.send(wire)
        return number

    def steadily(self, rate: float, seconds: float, label: str = "ok") -> None:
        """Ask so many times a second, for so long, and take answers meanwhile."""
        start = time.monotonic()
        for number in range(int(rate * seconds)):
            self.send(label)
            while self._hear(start + (number + 1) / rate):
                pass

    def rest(self, within: float = 8.0) -> Self:
        """Take answers until each query has one, at most for so many seconds."""
        until = time.monotonic() + within
        while len(self.took) < len(self.sent) and self._hear(until):
            pass
        return self

    def ask(self, label: str = "ok") -> Message:
        """Ask, and wait for the answer."""
        number = self.send(label)
        self.rest()
        assert number in self.answers, "no answer at all"
        return Message(self.answers[number][0])

    def _hear(self, until: float) -> bool:
        """Take one answer; False where none comes until then."""
        left = until - time.monotonic()
        if left <= 0 or not select.select([self._socket], [], [], left)[0]:
            return False
        wire = self._socket.recv(65535)
        number = int.from_bytes(wire[:2], "big")
        self.took.setdefault(number, time.monotonic() - self.sent[number])
        self.answers.setdefault(number, []).append(wire)
        return True

    @property
    def rcodes(self) -> Counter[int]:
        """How often each RCODE was the first answer; -1 stands for none."""
        found = Counter(answers[0][3] & 15 for answers in self.answers.values())
        found[-1] += len(self.sent) - len(self.answers)
        return +found

    def assertAllRight(self) -> None:
        """Each query has one answer, and it is the right one."""
        assert self.rcodes == {0: len(self.sent)}
        for answers in self.answers.values():
            assert [Message(wire).answer for wire in answers] == [[RIGHT]]

    def quantile(self, share: float, since: float = 0.0) -> float:
        """Seconds within which that share of the queries sent since then were answered."""
        took = sorted(self.took[number] for number, sent in self.sent.items() if sent >= since)
        return took[min(int(len(took) * share), len(took) - 1)]


def pour(port: int, wires: list[bytes], each: int = 200) -> list[Message]:
    """
    All queries at once, over TCP, where the system drops none of a burst.

    @param each: queries of one connection.
    @return: all answers.
    """
    with ExitStack() as closing:
        parts = [wires[at : at + each] for at in range(0, len(wires), each)]
        streams = [closing.enter_context(Stream(port, False)) for _ in parts]
        for stream, part in zip(streams, parts, strict=True):
            stream.send(*part)
        pairs = zip(streams, parts, strict=True)
        return [answer for stream, part in pairs for answer in stream.receive(len(part))]


def assertAllRight(answers: list[Message], count: int) -> None:
    """So many right answers."""
    assert Counter(answer.rcode for answer in answers) == {0: count}
    assert all(answer.answer == [RIGHT] for answer in answers)


def assertExplained(answer: Message) -> None:
    """SERVFAIL with EDE 22 or 23 (RFC 8914)."""
    assert (answer.rcode, answer.codes) == (SERVFAIL, [EDE])
    assert answer.options[0][1][:2] in {b"\0\x16", b"\0\x17"}
