"""Forwarders: UDP (and TLS, where they do it) in, a cache, DNS over TLS servers out, authenticated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from tests.interop.certificates import NAME, Files
from tests.interop.daemon import Daemon, answersOn, program
from tests.interop.dotchain import Dotchain
from tests.interop.ports import HOST, freePort
from tests.interop.resolvers import Stubby, UnboundClient

from .. import policy
from ..candidate import Room
from .fronts import dotFront
from .servers import roomy

_SECRET = "what only these machines know"
# Queries on one connection of Unbound's: more than any run has.
_NO_END = 1_000_000_000
# Those that Unbound works on: more than are in flight.
_AT_ONCE = 4096


class DotchainForwarder(Dotchain):
    """
    dotchain as in etc/forwarder.ini, in one process or in several.

    @ivar port: of UDP.
    @ivar tlsPort: of TLS.
    @cvar stages: those before the cache.
    @cvar behind: those behind the cache.
    """

    stages: ClassVar[str] = ""
    behind: ClassVar[str] = "coalesce"

    def __init__(
        self,
        folder: Path,
        servers: Sequence[int],
        trusted: Path,
        credentials: Files,
        room: Room,
        workers: int | str = 1,
    ) -> None:
        self.port, self.tlsPort = freePort(), freePort()
        # By default it has room for 110,000 answers of one address, 600 octets each.
        cache = f"[stage cache]\nsize = {room.names // 1000}M\n" if room.names > 100_000 else ""
        super().__init__(
            folder,
            dotFront(self.tlsPort, credentials, "home", room)
            + f"""
[dotchain]
workers = {workers}

[front lan]
listen = udp://{HOST}:{self.port}
chain = home

[chain home]
path = {self.stages} cache {self.behind} out

{cache}

[upstream out]
address = {" ".join(f"tls://{HOST}:{server}" for server in servers)}
name = {NAME}
ca-file = {trusted}
""",
        )


class PolicyForwarder(DotchainForwarder):
    """The same with policy stages."""

    stages = policy.PATH

    def configure(self) -> None:
        """With their sections, and a list of names."""
        super().configure()
        with self.config.open("a", encoding="utf-8") as file:
            file.write(policy.sections(self.stages, self.folder))


class SharedForwarder(DotchainForwarder):
    """
    The same with a cache that others share.

    @ivar valkey: the port of the server that holds it.
    """

    behind = "coalesce shared"
    valkey = 0

    def configure(self) -> None:
        """With its section."""
        super().configure()
        with self.config.open("a", encoding="utf-8") as file:
            file.write(f"[stage shared]\nserver = valkey://{HOST}:{self.valkey}\nsecret = {_SECRET}\n")


class UnboundForwarder(UnboundClient):
    """
    Unbound with forward-tls-upstream.

    @ivar port: of UDP.
    @ivar tlsPort: of TLS.
    """

    def __init__(
        self, folder: Path, servers: Sequence[int], trusted: Path, credentials: Files, room: Room
    ) -> None:
        super().__init__(folder, servers, trusted)
        self.credentials, self.room = credentials, room
        self.tlsPort = freePort()

    def source(self) -> str:
        """
        From the servers, over as many connections as the load may need, without an end of each after 200
        queries; by default 4 MB keep few names.
        """
        size = self.room.names // 1000
        cache = f"  msg-cache-size: {size}m\n  rrset-cache-size: {size}m\n" if size > 1 else ""
        return (
            f"  interface: {HOST}@{self.tlsPort}\n"
            f"{roomy(self.tlsPort, self.credentials, self.room)}{cache}"
            "  outgoing-num-tcp: 100\n"
            f"  max-reuse-tcp-queries: {_NO_END}\n"
            f"  num-queries-per-thread: {_AT_ONCE}\n"
            f"{super().source()}"
        )


class KresdForwarder(Daemon):
    """
    Knot Resolver with TLS_FORWARD.

    @ivar port: of UDP.
    @ivar tlsPort: of TLS.
    """

    name = "kresd"

    def __init__(
        self, folder: Path, servers: Sequence[int], trusted: Path, credentials: Files, room: Room
    ) -> None:
        super().__init__(folder)
        self.servers, self.trusted, self.credentials, self.room = servers, trusted, credentials, room
        self.port, self.tlsPort = freePort(), freePort()

    def configure(self) -> None:
        """
        kresd.conf, without validation, as the others have none.

        What is above the limit of a connection, to clients and to servers, it answers SERVFAIL at once.
        """
        idle = f"net.tcp_in_idle({1000 * self.room.idle})" if self.room.idle else ""
        (self.folder / "kresd.conf").write_text(
            f"""
net.listen('{HOST}', {self.port}, {{ kind = 'dns' }})
net.listen('{HOST}', {self.tlsPort}, {{ kind = 'tls' }})
net.tls('{self.credentials.certificate}', '{self.credentials.key}')
net.tcp_pipeline(65535)
{idle}
trust_anchors.remove('.')
cache.size = {max(400, self.room.names // 1000)} * MB
policy.add(policy.all(policy.TLS_FORWARD({{
{"".join(self._upstream(server) for server in self.servers)}}})))
"""
        )

    def _upstream(self, server: int) -> str:
        return f"  {{ '{HOST}@{server}', hostname = '{NAME}', ca_file = '{self.trusted}' }},\n"

    def command(self) -> list[str]:
        """In the foreground, with its cache in its folder."""
        return [program("kresd"), "-n", "-c", str(self.folder / "kresd.conf"), str(self.folder)]

    def environment(self) -> dict[str, str]:
        """Without a control socket."""
        return {**super().environment(), "KRESD_NO_LISTEN": "1"}

    def ready(self) -> bool:
        """It answers, through the server."""
        return answersOn(self.port)


class StubbyForwarder(Stubby):
    """Stubby, which has no cache; it doesn't log here."""

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("stubby"), "-C", str(self.folder / "stubby.yml")]
