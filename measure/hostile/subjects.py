"""Whom the attacks are against: servers of DNS over TLS, with defaults where those have the room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.interop.certificates import NAME
from tests.interop.daemon import Daemon
from tests.interop.dotchain import CHECKOUT, Dotchain
from tests.interop.ports import HOST, freePort
from tests.interop.resolvers import UnboundClient

from ..bench.candidate import COMPILED, Room
from ..bench.daemons.dnsdist import Dnsdist, DnsdistForwarder
from ..bench.daemons.forwarders import UnboundForwarder
from ..bench.daemons.fronts import dotFront
from ..bench.daemons.proxies import QuietStunnel
from ..bench.site import Site

ROOM = Room(connections=5000)
"""dotchain's own default; Unbound has room for 10 connections unless it is told."""


@dataclass
class Behind:
    """
    Who is asked by a subject.

    @ivar port: of UDP and TCP.
    @ivar tlsPort: of TLS; 0 where it is asked by UDP.
    """

    port: int
    tlsPort: int = 0


@dataclass
class Subject:
    """
    @ivar plain: its port of UDP and TCP; 0 where it has none.
    @ivar tls: its port of TLS.
    @ivar caches: it keeps answers.
    """

    daemon: Daemon
    plain: int
    tls: int
    caches: bool = True

    @property
    def ways(self) -> frozenset[str]:
        """The transports that it has."""
        return frozenset(("udp", "tcp", "tls")) if self.plain else frozenset(("tls",))


class Attacked(Dotchain):
    """
    dotchain as in etc/forwarder.ini, with a cache as large as Unbound's is by default.

    @ivar port: of UDP and TCP.
    @ivar tlsPort: of TLS.
    """

    def __init__(self, site: Site, behind: Behind, checkout: Path = CHECKOUT) -> None:
        self.port, self.tlsPort, self.checkout = freePort(), freePort(), checkout
        address = (
            f"tls://{HOST}:{behind.tlsPort}\nname = {NAME}\nca-file = {site.trusted}"
            if behind.tlsPort
            else f"udp://{HOST}:{behind.port}"
        )
        super().__init__(
            site.place("dotchain"),
            dotFront(self.tlsPort, site.credentials, "home", ROOM)
            + f"""
[front lan]
listen = udp://{HOST}:{self.port} tcp://{HOST}:{self.port}
chain = home

[chain home]
path = cache coalesce out

[stage cache]
size = 4M

[upstream out]
address = {address}
""",
        )


class PlainUnbound(UnboundForwarder):
    """Unbound that asks over UDP."""

    def source(self) -> str:
        """From the server, which must not be UDP's alone."""
        name = f"#{NAME}"
        return super().source().replace("  forward-tls-upstream: yes\n", "").replace(name, "")


class PlainDnsdist(Dnsdist):
    """dnsdist that asks over UDP, with a packet cache."""

    def _server(self, server: int) -> str:
        return f'newServer({{ address = "{HOST}:{server}", checkName = "example.org." }})\n'

    def further(self) -> str:
        """As where it asks over TLS."""
        return 'getPool(""):setCache(newPacketCache(10000))'


Make = Callable[[Site, Behind], Subject]
"""Makes a subject, which isn't started yet."""


def _dotchain(site: Site, behind: Behind) -> Subject:
    made = Attacked(site, behind)
    return Subject(made, made.port, made.tlsPort)


def _compiled(site: Site, behind: Behind) -> Subject:
    made = Attacked(site, behind, site.compiled or CHECKOUT)
    return Subject(made, made.port, made.tlsPort)


def _stunnel(site: Site, behind: Behind) -> Subject:
    made = QuietStunnel(site.place("stunnel"), behind.port, site.credentials)
    return Subject(made, 0, made.port, caches=False)


def _dnsdist(site: Site, behind: Behind) -> Subject:
    place = site.place("dnsdist")
    made: Dnsdist = (
        DnsdistForwarder(place, [behind.tlsPort], site.trusted, site.credentials, ROOM)
        if behind.tlsPort
        else PlainDnsdist(place, [behind.port], site.credentials, ROOM)
    )
    return Subject(made, made.port, made.tlsPort)


def _unbound(site: Site, behind: Behind) -> Subject:
    kind = UnboundForwarder if behind.tlsPort else PlainUnbound
    port = behind.tlsPort or behind.port
    made: UnboundClient = kind(site.place("unbound"), [port], site.trusted, site.credentials, ROOM)
    return Subject(made, made.port, getattr(made, "tlsPort", 0))


SUBJECTS: dict[str, Make] = {
    "dotchain": _dotchain,
    COMPILED: _compiled,
    "stunnel": _stunnel,
    "dnsdist": _dnsdist,
    "unbound": _unbound,
}
"""Each by its label."""
