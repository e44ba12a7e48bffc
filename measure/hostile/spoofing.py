"""Forged answers on UDP, while the server's own is on its way: which one is believed?"""

from __future__ import annotations

import itertools
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
import dns.query
import dns.rdatatype

from tests.interop.asked import Asked
from tests.interop.asking import query, texts
from tests.interop.ports import HOST
from tests.interop.scripted import answerTo
from tests.interop.server import Server

from ..bench.site import Site, deaf
from .subjects import Behind, Make

FORGED, REAL = "203.0.113.66", "192.0.2.1"
"""The address in forged answers, and the server's own."""

VICTIM = "victim"
"""How names begin whose answers are forged."""

# Where the first letter of a name stands.
_FIRST = 13
_UDP = (socket.AF_INET, socket.SOCK_DGRAM)
# Seconds until the server's own answer is there, when all that was forged has been read.
_AFTER = 0.05
_PATIENCE = 6.0
# So many at a time, and no more: what overflows a socket's buffer proves nothing.
_BURST = 50
_PAUSE = 0.0005


@dataclass
class Attempt:
    """
    A query that waits for its answer.

    @ivar answer: a forged answer to it, right in all but what the forger does not know.
    """

    answer: bytes
    dice: random.Random


def rightOnes(attempt: Attempt) -> Iterator[bytes]:
    """The forger knows everything."""
    return itertools.repeat(attempt.answer)


def otherIds(attempt: Attempt) -> Iterator[bytes]:
    """He guesses the ID."""
    while True:
        yield attempt.dice.randbytes(2) + attempt.answer[2:]


def otherQuestions(attempt: Attempt) -> Iterator[bytes]:
    """He guesses the name."""
    while True:
        yield attempt.answer[:_FIRST] + b"%06x" % attempt.dice.getrandbits(24) + attempt.answer[_FIRST + 6 :]


@dataclass(frozen=True)
class Forger:
    """
    Who forges.

    @ivar answers: what he sends, without an end.
    @ivar fromServer: it leaves from the server's own address and port.
    """

    answers: Callable[[Attempt], Iterator[bytes]]
    fromServer: bool = True


FORGERS: dict[str, Forger] = {
    "other-source": Forger(rightOnes, fromServer=False),
    "port-known": Forger(otherIds),
    "other-question": Forger(otherQuestions),
}
"""
What each knows: all but how to send from the server's address; the port, but not the ID; port and ID, but
not the question.
"""


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
        attempt = Attempt(_answer(asked.wire, FORGED), self._dice)
        with self._way(asked) as way:
            for number, octets in zip(range(self._each), self._forger.answers(attempt), strict=False):
                # ICMP may say that nobody is there.
                with suppress(OSError):
                    self.sent += bool(way.sendto(octets, asked.source))
                if number % _BURST == 0:
                    time.sleep(_PAUSE)

    def _way(self, asked: Asked) -> socket.socket:
        if not self._forger.fromServer:
            return socket.socket(*_UDP)
        return socket.fromfd(asked.way.get_extra_info("socket").fileno(), *_UDP)


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
        asked = query(f"{VICTIM}{number}.example.org")
        return texts(dns.query.udp(asked, HOST, timeout=_PATIENCE, port=port))
    except dns.exception.Timeout:
        return []
