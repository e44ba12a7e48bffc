"""One dotchain with many chains, each with a front of its own, and the servers behind them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from ..interop.asked import Script
from ..interop.certificates import NAME
from ..interop.conftest import Credentials
from ..interop.dotchain import Dotchain
from ..interop.ports import HOST, freePort
from ..interop.server import Server, serverSide
from .clients import Client


class Ways(NamedTuple):
    """
    The daemon, and where it is asked.

    @ivar ports: the port of each chain's front, UDP and TCP, by its name.
    @ivar servers: the servers that it asks, by the names of their upstreams.
    """

    dotchain: Dotchain
    ports: dict[str, int]
    servers: dict[str, Server]

    def connections(self) -> int:
        """How many the servers have been asked for."""
        return sum(server.connections for server in self.servers.values())

    def client(self, name: str) -> Client:
        """Somebody who asks there, until the C{with} block ends."""
        return Client(self.ports[name])


def tls(*ports: int) -> str:
    """The INI line of an upstream's addresses."""
    return "address = " + " ".join(f"tls://{HOST}:{port}" for port in ports)


def strict(credentials: Credentials, name: str = NAME) -> str:
    """The INI lines of an upstream that is authenticated by name."""
    return f"name = {name}\nca-file = {credentials.trusted}"


def upstream(name: str, *keys: str) -> str:
    """An upstream's section."""
    return "\n".join((f"\n[upstream {name}]", *keys, ""))


def front(name: str, port: int, path: str) -> str:
    """The sections of a front, UDP and TCP, and of its chain; all clients share one address here."""
    return f"""
[front {name}-front]
listen = udp://{HOST}:{port} tcp://{HOST}:{port}
max-client-in-flight = 50000
chain  = {name}-chain

[chain {name}-chain]
path = {path}
"""


@contextmanager
def running(
    folder: Path, paths: dict[str, str], upstreams: str, servers: dict[str, Server] | None = None
) -> Iterator[Ways]:
    """
    The daemon, for as long as the block runs.

    @param paths: what stands in each chain's C{path}, by its front's name.
    @param upstreams: the sections of the upstreams.
    """
    ports = {name: freePort() for name in paths}
    text = "".join(front(name, ports[name], path) for name, path in paths.items())
    with Dotchain(folder, text + upstreams) as dotchain:
        yield Ways(dotchain, ports, servers or {})


@contextmanager
def serving(
    folder: Path,
    credentials: Credentials,
    scripts: dict[str, Script],
    keys: dict[str, str] | None = None,
    groups: dict[str, str] | None = None,
) -> Iterator[Ways]:
    """
    A server for each script, and the daemon before them.

    @param scripts: by the names of their upstreams, each of which has a front, too.
    @param keys: more INI lines of some of the upstreams.
    @param groups: the members of groups C{failover} by their names, each of which has a front, too.
    """
    keys, groups, text = keys or {}, groups or {}, ""
    side, servers = serverSide(credentials.files), {}
    with ExitStack() as closing:
        for name, script in scripts.items():
            server = servers[name] = closing.enter_context(Server(script, side))
            text += upstream(name, tls(server.port), strict(credentials), keys.get(name, ""))
        for name, members in groups.items():
            text += upstream(name, "kind = failover", f"over = {members}")
        paths = {name: name for name in (*scripts, *groups)}
        yield closing.enter_context(running(folder, paths, text, servers))
