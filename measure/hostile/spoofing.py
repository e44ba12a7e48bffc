"""Forged answers on UDP, while the server's own is on its way: which one is believed?"""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import dns.exception
import dns.message
import dns.rdatatype

from tests.interop.asked import Asked
from tests.interop.asking import overUdp, texts
from tests.interop.scripted import answerTo
from tests.interop.server import Server

from ..bench.site import Site, deaf
from .subjects import Behind, Make

FORGED, REAL = "203.0.113.66", "192.0.2.1"
"""The address in forged answers, and the server's own."""

VICTIM = "victim"
"""How names begin whose answers are forged."""

_UDP = (socket.AF_INET, socket.SOCK_DGRAM)
_PORTS = (32768, 61000)
# Seconds until the server's own answer is there, when all that was forged has been read.
_AFTER = 0.05
# So many at a time, and no more: what overflows a socket's buffer proves nothing.
_BURST = 50
_PAUSE = 0.0005

Forger = Callable[["Attempt"], Iterator[tuple[bytes, tuple[str, int]]]]
"""Datagrams, and where they go to; they leave from the server's own address and port."""


@dataclass
class Attempt:
    """
    A query that waits for its answer.

    @ivar wire: as the server got it.
    @ivar source: whose it is.
    @ivar answer: a forged answer to it, right in all but what the forger does not know.
    """

    wire: bytes
    source: tuple[str, int]
    answer: bytes
    dice: random.Random


def blind(attempt: Attempt) -> Iterator[tuple[bytes, tuple[str, int]]]:
    """The forger knows the question, and nothing else: he guesses port and ID."""
    while True:
        port = attempt.dice.randrange(*_PORTS)
        yield attempt.dice.randbytes(2) + attempt.answer[2:], (attempt.source[0], port)


def portKnown(attempt: Attempt) -> Iterator[tuple[bytes, tuple[str, int]]]:
    """He knows the port too, as who sees the network's side effects may: he guesses the ID."""
    while True:
        yield attempt.dice.randbytes(2) + attempt.answer[2:], attempt.source


def otherQuestion(attempt: Attempt) -> Iterator[tuple[bytes, tuple[str, int]]]:
    """He knows port and ID, but not what was asked: each name is wrong."""
    name = attempt.answer.index(b"\0", 12)
    while True:
        letters = bytes(attempt.dice.randrange(97, 123) for _ in range(name - 13))
        yield attempt.answer[:13] + letters + attempt.answer[name:], attempt.source


FORGERS: dict[str, Forger] = {"blind": blind, "port-known": portKnown, "other-question": otherQuestion}
"""By what they know."""


@dataclass
class Believed:
    """
    What clients were told.

    @ivar sent: forged answers.
    @ivar asked: queries that were attacked.
    @ivar real: of these, how many had the server's own answer.
    @ivar forged: and how many a forged one.
    """

    sent: int = 0
    asked: int = 0
    real: int = 0
    forged: int = 0


class Forging:
    """
    The script of a server: who asks for a victim's name over UDP is first sent forged answers.

    @ivar sent: how many of these.
    """

    def __init__(self, forger: Forger, each: int) -> None:
        """@param each: forged answers to each query."""
        self._forger, self._each = forger, each
        self._dice = random.Random(5452)
        self.sent = 0

    def __call__(self, asked: Asked) -> None:
        """Answer, at once or after the forger."""
        after = 0.0
        if asked.label.startswith(VICTIM) and asked.transport == "udp":
            self._forge(asked)
            after = _AFTER
        asked.send(_answer(asked.wire, REAL), after)

    def _forge(self, asked: Asked) -> None:
        attempt = Attempt(asked.wire, asked.source, _answer(asked.wire, FORGED), self._dice)
        with socket.fromfd(asked.way.get_extra_info("socket").fileno(), *_UDP) as way:
            for number, (octets, to) in zip(range(self._each), self._forger(attempt), strict=False):
                # ICMP may say that nobody is there.
                with suppress(OSError):
                    self.sent += bool(way.sendto(octets, to))
                if number % _BURST == 0:
                    time.sleep(_PAUSE)


def _answer(wire: bytes, address: str) -> bytes:
    asked = dns.message.from_wire(wire)
    if asked.question[0].rdtype == dns.rdatatype.A:
        return answerTo(asked, address).to_wire()
    return dns.message.make_response(asked).to_wire()


def spoofing(
    forger: Forger, make: Make, asked: int = 100, each: int = 10_000, compiled: Path | None = None
) -> Believed | None:
    """
    Ask a server for so many names, one after the other, and forge so many answers to each of its queries.

    @param compiled: where dotchain is compiled.
    @return: None where it asks nobody over UDP.
    """
    script = Forging(forger, each)
    with TemporaryDirectory(prefix="dotchain-hostile-") as folder, ExitStack() as stack:
        site = Site(Path(folder), stack, compiled=compiled)
        server = stack.enter_context(Server(script, udp=True))
        subject = make(site, Behind(server.port))
        if not subject.plain:
            return None
        stack.enter_context(deaf(subject.daemon))
        told = [one for number in range(asked) for one in _told(subject.plain, number)]
        return Believed(script.sent, asked, told.count(REAL), told.count(FORGED))


def _told(port: int, number: int) -> list[str]:
    try:
        return texts(overUdp(port, f"{VICTIM}{number}.example.org"))
    except dns.exception.Timeout:
        return []
