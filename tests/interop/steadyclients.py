"""Clients that go on asking whatever happens to the daemon, each in its own way, and note what went wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

import dns.message
import dns.query
import dns.rcode

from .asking import query
from .dot import DotConnection
from .ports import HOST

# Seconds between two queries of one client.
_PAUSE = 0.01

Ask = Callable[[dns.message.Message], dns.message.Message]


class Ports(NamedTuple):
    """Where the clients ask; C{plain} is UDP and TCP."""

    plain: int
    tls: int


class SteadyClient(threading.Thread):
    """
    Asks, waits for the answer, and asks again, until told to stop; each second name is a new one.

    @ivar answered: how many answers there were.
    @ivar wrong: what came in place of one.
    @ivar slow: of answers that took more than a second, when they were asked for (L{time.monotonic}), and
        seconds.
    """

    def __init__(self, name: str, ask: Ask) -> None:
        super().__init__(name=name, daemon=True)
        self._ask = ask
        self._over = threading.Event()
        self.answered = 0
        self.wrong: list[str] = []
        self.slow: list[tuple[float, float]] = []

    def run(self) -> None:
        """See L{threading.Thread}."""
        for number in count():
            if self._over.is_set():
                return
            self._once("foo" if number % 2 else f"{self.name}{number}.many")
            self._over.wait(_PAUSE)

    def _once(self, label: str) -> None:
        at = time.monotonic()
        try:
            answer = self._ask(query(f"{label}.example.org"))
        except Exception as error:
            self.wrong.append(f"{self.name}: {label}: {error!r}")
            # What was open may be no good any more; one failure is enough to tell.
            self._over.set()
            return
        if (took := time.monotonic() - at) > 1:
            self.slow.append((at, took))
        if answer.rcode() == dns.rcode.NOERROR and answer.answer:
            self.answered += 1
        else:
            self.wrong.append(f"{self.name}: {label}: {dns.rcode.to_text(answer.rcode())}")

    def stop(self) -> None:
        """Ask no more."""
        self._over.set()
        self.join(20)


@contextmanager
def steadyClients(ports: Ports, trusted: Path) -> Iterator[list[SteadyClient]]:
    """
    One for each of UDP, a new TCP and a new TLS connection for each query, and a TLS connection kept for all.

    @param trusted: the CA that vouches for every certificate that a client may meet.
    """
    with DotConnection(ports.tls, trusted, 6) as kept:
        asks: dict[str, Ask] = {
            "udp": partial(dns.query.udp, where=HOST, timeout=6, port=ports.plain),
            "tcp": partial(dns.query.tcp, where=HOST, timeout=6, port=ports.plain),
            "tls": partial(_overNewTls, ports.tls, trusted),
            "kept": kept.ask,
        }
        clients = [SteadyClient(name, ask) for name, ask in asks.items()]
        for client in clients:
            client.start()
        try:
            yield clients
        finally:
            for client in clients:
                client.stop()


def _overNewTls(port: int, trusted: Path, asked: dns.message.Message) -> dns.message.Message:
    with DotConnection(port, trusted, 6) as connection:
        return connection.ask(asked)
