"""Who takes part: how each candidate is started in each role."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, pthread_sigmask
from typing import TypeVar

from ..interop.certificates import NAME, authority, leaf
from ..interop.daemon import Daemon
from ..interop.ports import HOST
from .dnsdist import DnsdistForwarder, DnsdistProxy
from .forwarders import DotchainForwarder, KresdForwarder, StubbyForwarder, UnboundForwarder
from .proxies import DotchainProxy, QuietStunnel
from .recipe import NamedForwarder
from .servers import NamedLocal, UnboundLocal

D = TypeVar("D", bound=Daemon)


@dataclass(frozen=True)
class Candidate:
    """
    Someone who is measured.

    @ivar daemons: all that it takes to do the work.
    @ivar ports: where it is asked, by dnsperf's name of the transport.
    """

    daemons: tuple[Daemon, ...]
    ports: dict[str, int]

    @property
    def pids(self) -> list[int]:
        """Its processes."""
        return [daemon.process.pid for daemon in self.daemons]


class Site:
    """
    A CA, a server's certificate, and the backend that every candidate asks.

    @ivar backend: Unbound, which has an answer for every name.
    @ivar servers: the ports of DNS over TLS that forwarders ask; the backend's alone, unless they are set.
    """

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        """
        @param stack: what ends all daemons, in any case.
        """
        self.folder, self._stack = folder, stack
        ca = authority()
        server = leaf(ca, names=[NAME], addresses=[HOST])
        self.trusted = ca.write(folder, "ca").certificate
        self.credentials = server.write(folder, "dns")
        self.pin = server.pin
        self.backend = self.start(UnboundLocal(folder / "backend", self.credentials))
        self.servers = [self.backend.tlsPort]

    def start(self, daemon: D) -> D:
        """
        Start a daemon and wait until it answers.

        It doesn't get the terminal's Ctrl-C, which would come before our own, orderly end.
        """
        mask = pthread_sigmask(SIG_BLOCK, {SIGINT})
        try:
            self._stack.enter_context(daemon)
        finally:
            pthread_sigmask(SIG_SETMASK, mask)
        return daemon


Start = Callable[[Site], Candidate]


def _forwarder(name: str, kind: Callable[..., Daemon]) -> Start:
    def start(site: Site) -> Candidate:
        made = kind(site.folder / name, site.servers, site.trusted, site.credentials)
        return _whole(site.start(made))

    return start


def _local(name: str, kind: Callable[..., Daemon]) -> Start:
    return lambda site: _whole(site.start(kind(site.folder / name, site.credentials)))


def _whole(daemon: Daemon) -> Candidate:
    ports = {mode: getattr(daemon, name, 0) for mode, name in (("udp", "port"), ("dot", "tlsPort"))}
    return Candidate((daemon,), ports)


def _stubby(site: Site) -> Candidate:
    return _whole(site.start(StubbyForwarder(site.folder / "stubby", site.servers, site.pin)))


def _recipe(site: Site) -> Candidate:
    tunnels = [
        site.start(QuietStunnel(site.folder / f"recipe-stunnel-{server}", server, trusted=site.trusted))
        for server in site.servers
    ]
    bind = NamedForwarder(site.folder / "recipe-bind", [tunnel.port for tunnel in tunnels])
    return Candidate((*tunnels, site.start(bind)), {"udp": bind.port})


def _proxy(transport: str) -> Start:
    def start(site: Site) -> Candidate:
        folder = site.folder / f"dotchain-{transport}"
        return _whole(site.start(DotchainProxy(folder, site.backend.port, site.credentials, transport)))

    return start


def _stunnel(site: Site) -> Candidate:
    tunnel = site.start(QuietStunnel(site.folder / "stunnel", site.backend.port, site.credentials))
    return Candidate((tunnel,), {"dot": tunnel.port})


def _dnsdistProxy(site: Site) -> Candidate:
    return _whole(site.start(DnsdistProxy(site.folder / "dnsdist", [site.backend.port], site.credentials)))


_CACHING: dict[str, Start] = {
    "dotchain": _forwarder("dotchain", DotchainForwarder),
    "unbound": _forwarder("unbound", UnboundForwarder),
    "dnsdist": _forwarder("dnsdist", DnsdistForwarder),
    "kresd": _forwarder("kresd", KresdForwarder),
}

ANSWERING: dict[str, Start] = {
    **_CACHING,
    "unbound-local": _local("unbound-local", UnboundLocal),
    "bind": _local("bind", NamedLocal),
}
"""Those that answer from a cache, or from data of their own."""

FORWARDING: dict[str, Start] = {**_CACHING, "stubby": _stubby, "bind+stunnel": _recipe}
"""UDP in, DNS over TLS out."""

PROXIES: dict[str, Start] = {
    "dotchain-tcp": _proxy("tcp"),
    "dotchain-udp": _proxy("udp"),
    "stunnel": _stunnel,
    "dnsdist": _dnsdistProxy,
}
"""TLS in, a plain nameserver behind."""


def isOwn(label: str) -> bool:
    """It is dotchain itself, not a peer."""
    return label.startswith("dotchain")
