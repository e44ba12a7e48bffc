"""Clients that ask until they have been answered, and write down all that they are told."""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.rcode

from ..asking import query, texts
from ..certificates import NAME
from ..connection import framed

# Seconds between two names over UDP.
PACE = 0.02
# Seconds until a client over UDP asks again, and until one over TLS leaves a silent connection.
AGAIN, SILENT = 1.0, 8.0
# Queries of a client over TLS in flight at a time.
PIPELINED = 20


def addressOf(label: str) -> str:
    """What a name such as C{u17.example.org} has for its address."""
    number = int(label[1:])
    return f"10.{ord(label[0])}.{number >> 8}.{number & 255}"


class Told:
    """
    What a client asked and was told.

    @ivar right: how often each name was answered as it must be.
    @ivar wrong: answers that are no such, as text.
    @ivar failed: how often each name had SERVFAIL, and was asked again.
    @ivar sent: queries that were sent.
    """

    def __init__(self, letter: str, count: int) -> None:
        """
        @param letter: which names begin with.
        @param count: how many there are.
        """
        self.names = [f"{letter}{number}.example.org" for number in range(count)]
        self.right: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.sent = 0

    @property
    def left(self) -> list[str]:
        """The names that have no answer yet."""
        return [name for name in self.names if not self.right[name]]

    def wire(self, name: str) -> bytes:
        """The query for one of the names, whose ID is its number."""
        self.sent += 1
        asked = query(name)
        asked.id = self.names.index(name)
        return asked.to_wire()

    def take(self, wire: bytes) -> str:
        """
        An answer has come.

        @return: the name that it answers; nothing where that is none, or it must be asked for again.
        """
        found = dns.message.from_wire(wire)
        name = found.question[0].name.to_text(omit_final_dot=True) if found.question else ""
        if found.id >= len(self.names) or self.names[found.id] != name:
            self.wrong.append(found.to_text())
        elif found.rcode() == dns.rcode.SERVFAIL:
            self.failed[name] += 1
        elif texts(found) != [addressOf(name.partition(".")[0])]:
            self.wrong.append(found.to_text())
        else:
            self.right[name] += 1
            return name
        return ""


def overUdp(host: str, port: int, told: Told, until: float) -> None:
    """
    Ask all names, one after the other, and each again as long as it has no answer.

    @param until: when to give up.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((host, port))
        due = {name: time.monotonic() + PACE * number for number, name in enumerate(told.names)}
        while due and time.monotonic() < until:
            now = time.monotonic()
            for name in [name for name, at in due.items() if at <= now]:
                sock.send(told.wire(name))
                due[name] = now + AGAIN
            while select.select([sock], [], [], max(min(due.values(), default=0.0) - time.monotonic(), 0.0))[
                0
            ]:
                due.pop(told.take(sock.recv(65535)), None)
        # What comes twice comes by now.
        while select.select([sock], [], [], 0.2)[0]:
            told.take(sock.recv(65535))


def overTls(host: str, port: int, told: Told, trusted: Path, until: float) -> None:
    """
    Ask all names, pipelined, and over another connection what one has not answered before its end.

    @param trusted: the CA.
    @param until: when to give up.
    """
    side = ssl.create_default_context(cafile=str(trusted))
    while told.left and time.monotonic() < until:
        try:
            with (
                socket.create_connection((host, port), SILENT) as raw,
                side.wrap_socket(raw, server_hostname=NAME) as tls,
            ):
                _converse(tls, told)
        except OSError:
            continue


def _converse(tls: ssl.SSLSocket, told: Told) -> None:
    waiting, answers = told.left, _answers(tls)
    seen: set[bytes] = set()
    for at in range(0, len(waiting), PIPELINED):
        asked = waiting[at : at + PIPELINED]
        tls.sendall(b"".join(framed(told.wire(name)) for name in asked))
        for _ in asked:
            answer = next(answers)
            if answer[:2] in seen:
                told.wrong.append("twice on one connection")
            seen.add(answer[:2])
            told.take(answer)


def _answers(tls: ssl.SSLSocket) -> Iterator[bytes]:
    """The messages that come, until the connection ends."""
    octets = b""
    while part := tls.recv(65536):
        octets += part
        while len(octets) >= 2 and len(octets) >= 2 + int.from_bytes(octets[:2], "big"):
            end = 2 + int.from_bytes(octets[:2], "big")
            yield octets[2:end]
            octets = octets[end:]
    raise ConnectionError("it ended")
