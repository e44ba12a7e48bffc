"""Polite clients: they ask for names that are in the cache, at a steady rate, whatever becomes of it."""

from __future__ import annotations

import select
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dns.message

from tests.interop.asking import query

from ..bench.load.visit import Visitor
from .lines import POLITE, Line, StreamLine, TlsLine, UdpLine
from .queries import PATIENCE, Query
from .subjects import Subject

NAMES = 50
"""How many names they ask for, again and again."""

KEPT, NEW = 100.0, 10.0
"""Queries a second: of one that keeps its line, and of one that comes anew for each."""


class Client(threading.Thread, ABC):
    """
    One that asks until it is told to stop.

    @ivar queries: all that it has asked.
    """

    rate = KEPT

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.queries: list[Query] = []
        self._over = threading.Event()

    def run(self) -> None:
        """See L{threading.Thread}."""
        begin = time.monotonic()
        while not self._over.is_set():
            due = begin + len(self.queries) / self.rate
            self.rest(due)
            self.queries.append(Query(due))
            self.ask(len(self.queries) - 1)
        self.finish()

    def rest(self, until: float) -> None:
        """Until the next one is due."""
        time.sleep(max(until - time.monotonic(), 0.0))

    @abstractmethod
    def ask(self, number: int) -> None:
        """Send the query of this number."""

    def finish(self) -> None:
        """Nothing more is asked."""

    def stop(self) -> None:
        """Ask no more, and wait for what is still out."""
        self._over.set()
        self.join()


class KeptClient(Client):
    """One that keeps its line, and makes another where it is lost."""

    def __init__(self, makes: Callable[[], Line]) -> None:
        super().__init__()
        self._makes = makes
        self._line: Line | None = None
        self._out: dict[int, Query] = {}
        self._ttls: dict[str, int] = {}

    def rest(self, until: float) -> None:
        """See L{Client}: meanwhile answers are read."""
        while (left := until - time.monotonic()) > 0:
            if self._line is None:
                time.sleep(left)
            elif select.select([self._line], [], [], left)[0]:
                self._hear(self._line)

    def ask(self, number: int) -> None:
        """See L{Client}."""
        asked = query(f"n{number % NAMES}.example.org")
        asked.id = number & 0xFFFF
        try:
            self._line = self._line or self._makes()
            self._line.send(asked.to_wire())
        except OSError:
            self._leave()
        else:
            self._out[asked.id] = self.queries[number]

    def _hear(self, line: Line) -> None:
        try:
            wires = line.receive()
        except OSError:
            self._leave()
            return
        now = time.monotonic()
        for wire in wires:
            self._answered(dns.message.from_wire(wire), now)

    def _answered(self, answer: dns.message.Message, now: float) -> None:
        asked = self._out.pop(answer.id, None)
        if asked is None or answer.rcode() or not answer.answer:
            return
        asked.took = now - asked.due
        name, ttl = answer.question[0].name.to_text(), answer.answer[0].ttl
        asked.fresh = ttl > self._ttls.get(name, ttl)
        self._ttls[name] = ttl

    def _leave(self) -> None:
        """What was out by this line is lost."""
        self._out.clear()
        if self._line is not None:
            self._line.close()
            self._line = None

    def finish(self) -> None:
        """See L{Client}."""
        end = time.monotonic() + PATIENCE
        while self._out and self._line is not None and time.monotonic() < end:
            self.rest(time.monotonic() + 0.05)
        self._leave()


class NewClient(Client):
    """One that comes anew for each query, with a full handshake."""

    rate = NEW

    def __init__(self, port: int) -> None:
        super().__init__()
        self._visitor = Visitor(port, source=POLITE)

    def ask(self, number: int) -> None:
        """See L{Client}."""
        one = self.queries[number]
        try:
            self._visitor.visit()
        except OSError:
            return
        one.took = time.monotonic() - one.due


@contextmanager
def polite(subject: Subject) -> Iterator[dict[str, Client]]:
    """One by each way that there is, until the block ends."""
    clients: dict[str, Client] = {
        "TLS": KeptClient(lambda: TlsLine(subject.tls)),
        "new TLS": NewClient(subject.tls),
    }
    if subject.plain:
        clients["TCP"] = KeptClient(lambda: StreamLine(subject.plain))
        clients["UDP"] = KeptClient(lambda: UdpLine(subject.plain))
    for client in clients.values():
        client.start()
    try:
        yield clients
    finally:
        for client in clients.values():
            client.stop()
