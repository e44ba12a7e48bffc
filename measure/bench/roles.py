"""Who takes part: how each candidate is made in each role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.interop.daemon import Daemon
from tests.interop.dotchain import CHECKOUT, Dotchain

from .candidate import BEFORE, COMPILED, Candidate
from .daemons.dnsdist import DnsdistForwarder, DnsdistProxy
from .daemons.forwarders import (
    DotchainForwarder,
    KresdForwarder,
    PolicyForwarder,
    SharedForwarder,
    StubbyForwarder,
    UnboundForwarder,
)
from .daemons.proxies import DotchainProxy, QuietStunnel
from .daemons.recipe import NamedForwarder
from .daemons.servers import NamedLocal, UnboundLocal
from .site import Site

# Of a processor for each process where workers are compared: two of them, and the load, need a third of two.
_PART = 0.15

Make = Callable[[Site], Candidate]
"""Makes a candidate, who isn't started yet."""

Role = dict[str, Make]
"""Those who do the same work, by their labels."""


def _forwarder(name: str, kind: Callable[..., Daemon]) -> Make:
    def make(site: Site) -> Candidate:
        return _whole(kind(site.place(name), site.servers, site.trusted, site.credentials, site.room))

    return make


def _sharing(site: Site) -> Candidate:
    made = SharedForwarder(site.place("shared"), site.servers, site.trusted, site.credentials, site.room)
    made.valkey = site.valkey
    return _whole(made)


def _several(workers: int | str) -> Make:
    return _forwarder(f"workers-{workers}", partial(DotchainForwarder, workers=workers))


def _workers(number: int) -> Make:
    make = _several(number)
    return lambda site: replace(make(site), part=_PART)


def _local(name: str, kind: Callable[..., Daemon]) -> Make:
    return lambda site: _whole(kind(site.place(name), site.credentials, site.room))


def _whole(daemon: Daemon) -> Candidate:
    ports = {mode: getattr(daemon, name, 0) for mode, name in (("udp", "port"), ("dot", "tlsPort"))}
    return Candidate((daemon,), ports)


def _stubby(site: Site) -> Candidate:
    return _whole(StubbyForwarder(site.place("stubby"), site.servers, site.pin))


def _recipe(site: Site) -> Candidate:
    tunnels = [
        QuietStunnel(site.place("recipe-stunnel"), server, trusted=site.trusted) for server in site.servers
    ]
    bind = NamedForwarder(site.place("recipe-bind"), [tunnel.port for tunnel in tunnels], site.room)
    return Candidate((*tunnels, bind), {"udp": bind.port})


def _proxy(transport: str) -> Make:
    def make(site: Site) -> Candidate:
        place, server = site.place(f"dotchain-{transport}"), site.backend.port
        made = DotchainProxy(place, server, site.credentials, transport, site.room)
        return Candidate((made,), {"dot": made.tlsPort})

    return make


def _stunnel(site: Site) -> Candidate:
    tunnel = QuietStunnel(site.place("stunnel"), site.backend.port, site.credentials)
    return Candidate((tunnel,), {"dot": tunnel.port})


def _dnsdistProxy(site: Site) -> Candidate:
    return _whole(DnsdistProxy(site.place("dnsdist"), [site.backend.port], site.credentials, site.room))


def _elsewhere(make: Make, where: Callable[[Site], Path | None]) -> Make:
    """The same, run from another place, unless the site knows none."""

    def makeElsewhere(site: Site) -> Candidate:
        made = make(site)
        for daemon in made.daemons:
            assert isinstance(daemon, Dotchain)
            daemon.checkout = where(site) or CHECKOUT
        return made

    return makeElsewhere


def _compiled(make: Make) -> Make:
    return _elsewhere(make, lambda site: site.compiled)


_dotchain = _forwarder("dotchain", DotchainForwarder)

CACHING: Role = {
    "dotchain": _dotchain,
    COMPILED: _compiled(_dotchain),
    BEFORE: _elsewhere(_dotchain, lambda site: site.before),
    "unbound": _forwarder("unbound", UnboundForwarder),
    "dnsdist": _forwarder("dnsdist", DnsdistForwarder),
    "kresd": _forwarder("kresd", KresdForwarder),
}
"""UDP and TLS in, a cache, DNS over TLS out."""

ANSWERING: Role = {
    **CACHING,
    "unbound-local": _local("unbound-local", UnboundLocal),
    "bind": _local("bind", NamedLocal),
}
"""Those that answer from a cache, or from data of their own."""

ARRIVED_AT: Role = {**ANSWERING, f"{COMPILED}-workers": _compiled(_several("auto"))}
"""The same; peers take clients in a thread for each processor, or in more, and dotchain does, too."""

_policy = _forwarder("policy", PolicyForwarder)

POLICY: Role = {
    "dotchain-policy": _policy,
    f"{COMPILED}-policy": _compiled(_policy),
    "no-policy": _dotchain,
    "no-policy-compiled": _compiled(_dotchain),
}
"""dotchain with policy stages before its cache, and without them."""

SHARED: Role = {
    "dotchain-shared": _sharing,
    f"{COMPILED}-shared": _compiled(_sharing),
    "no-shared": _dotchain,
    "no-shared-compiled": _compiled(_dotchain),
}
"""dotchain with a shared cache behind its own, and without one."""

WORKERS: Role = {"dotchain-workers": _workers(2), "one-process": _workers(1)}
"""dotchain in two processes and in one."""

FORWARDING: Role = {**CACHING, "stubby": _stubby, "bind+stunnel": _recipe}
"""UDP in, DNS over TLS out."""

PROXIES: Role = {
    "dotchain-tcp": _proxy("tcp"),
    f"{COMPILED}-tcp": _compiled(_proxy("tcp")),
    "dotchain-udp": _proxy("udp"),
    f"{COMPILED}-udp": _compiled(_proxy("udp")),
    "stunnel": _stunnel,
    "dnsdist": _dnsdistProxy,
}
"""TLS in, a plain nameserver behind."""
