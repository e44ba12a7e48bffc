"""Forwarders: UDP (and TLS, where they do it) in, a cache, DNS over TLS servers out, authenticated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..interop.certificates import NAME, Files
from ..interop.daemon import Daemon, answersOn, program
from ..interop.dotchain import Dotchain
from ..interop.ports import HOST, freePort
from ..interop.resolvers import Stubby, UnboundClient
from .servers import roomy


class DotchainForwarder(Dotchain):
    """
    dotchain as in etc/forwarder.ini.

    @ivar port: of UDP.
    @ivar tlsPort: of TLS.
    """

    def __init__(self, folder: Path, servers: Sequence[int], trusted: Path, credentials: Files) -> None:
        self.port, self.tlsPort = freePort(), freePort()
        super().__init__(
            folder,
            f"""
[front lan]
listen = udp://{HOST}:{self.port}
chain = home

[front dot]
listen = tls://{HOST}:{self.tlsPort}
certificate = {credentials.certificate}
key = {credentials.key}
chain = home

[chain home]
path = cache coalesce out

[upstream out]
address = {" ".join(f"tls://{HOST}:{server}" for server in servers)}
name = {NAME}
ca-file = {trusted}
""",
        )


class UnboundForwarder(UnboundClient):
    """
    Unbound with forward-tls-upstream.

    @ivar port: of UDP.
    @ivar tlsPort: of TLS.
    """

    def __init__(self, folder: Path, servers: Sequence[int], trusted: Path, credentials: Files) -> None:
        super().__init__(folder, servers, trusted)
        self.credentials = credentials
        self.tlsPort = freePort()

    def source(self) -> str:
        """From the servers, over as many connections as the load may need."""
        return (
            f"  interface: {HOST}@{self.tlsPort}\n"
            f"{roomy(self.tlsPort, self.credentials)}"
            "  outgoing-num-tcp: 100\n"
            f"{super().source()}"
        )


class KresdForwarder(Daemon):
    """
    Knot Resolver with TLS_FORWARD.

    @ivar port: of UDP.
    @ivar tlsPort: of TLS.
    """

    name = "kresd"

    def __init__(self, folder: Path, servers: Sequence[int], trusted: Path, credentials: Files) -> None:
        super().__init__(folder)
        self.servers, self.trusted, self.credentials = servers, trusted, credentials
        self.port, self.tlsPort = freePort(), freePort()

    def configure(self) -> None:
        """kresd.conf, without validation, as the others have none."""
        (self.folder / "kresd.conf").write_text(
            f"""
net.listen('{HOST}', {self.port}, {{ kind = 'dns' }})
net.listen('{HOST}', {self.tlsPort}, {{ kind = 'tls' }})
net.tls('{self.credentials.certificate}', '{self.credentials.key}')
net.tcp_pipeline(400)
trust_anchors.remove('.')
cache.size = 400 * MB
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
