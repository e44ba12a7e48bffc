"""Clients, a forwarder and its upstreams, with a rough link on either side of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import dns.message

from ..asked import Asked
from ..scripted import answerTo
from .conftest import DOT, FRONT, HERE, THERE
from .insistent import Told, addressOf, overTls, overUdp
from .namespace import Namespace
from .roughlink import RoughLink, Roughness

# What clients ask, and the other side of their link.
LAN, CLIENTS = "203.0.113.1", "203.0.113.2"


class RoughNetwork(NamedTuple):
    """
    Three namespaces in a row.

    @ivar away: clients'.
    @ivar home: the forwarder's.
    @ivar far: upstreams'.
    @ivar links: between them.
    """

    away: Namespace
    home: Namespace
    far: Namespace
    links: tuple[RoughLink, RoughLink]

    def ask(self, told: Sequence[Told], trusted: Path, within: float) -> None:
        """
        Ask two fronts at the same time, each over UDP and over TLS, until all has been answered.

        @param told: what to ask them: the first over UDP, the first over TLS, and so on.
        @param trusted: the CA.
        @param within: seconds after which clients give up.
        """
        end = time.monotonic() + within
        with ThreadPoolExecutor(len(told)) as pool:
            running = []
            for number, each in enumerate(told):
                front, encrypted = divmod(number, 2)
                if encrypted:
                    running.append(pool.submit(self._away, overTls, LAN, DOT + front, each, trusted, end))
                else:
                    running.append(pool.submit(self._away, overUdp, LAN, FRONT + front, each, end))
            for client in running:
                client.result()

    def _away(self, ask: Callable[..., None], *arguments: object) -> None:
        with self.away.entered():
            ask(*arguments)


@contextmanager
def roughNetwork(roughness: Roughness) -> Iterator[RoughNetwork]:
    """The network, until the C{with} block ends."""
    with ExitStack() as stack:
        away, home, far = (stack.enter_context(closing(Namespace())) for _ in range(3))
        clients = stack.enter_context(RoughLink(away, home, "clients", roughness, 1))
        upstreams = stack.enter_context(RoughLink(home, far, "link", roughness, 2))
        away.up("clients", f"{CLIENTS}/24")
        home.up("clients", f"{LAN}/24")
        home.up("link", f"{HERE}/24")
        far.up("link", f"{THERE}/24")
        yield RoughNetwork(away, home, far, (clients, upstreams))


def answer(asked: Asked) -> None:
    """A server's script: an answer that belongs to its question alone, as those to liveness queries don't."""
    found = dns.message.from_wire(asked.wire)
    asked.send(answerTo(found, addressOf(asked.label) if asked.label else "192.0.2.1").to_wire())
