"""One of several machines: dotchain with a cache of its own, and mostly one that it shares."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from tests.interop.certificates import NAME
from tests.interop.dotchain import Dotchain
from tests.interop.ports import HOST, freePort

SECRET = "what only these machines know"


class Machine(Dotchain):
    """
    A caching forwarder.

    @cvar path: of its chain, before the upstream.
    @ivar port: of UDP.
    """

    path: ClassVar[str] = "cache coalesce shared"

    def __init__(
        self, folder: Path, upstream: int, trusted: Path, valkey: int, checkout: Path | None = None
    ) -> None:
        """
        @param upstream: the port of DNS over TLS that it asks.
        @param valkey: the port of the server that it shares.
        @param checkout: where it is run from, where not from here.
        """
        self.port = freePort()
        super().__init__(folder, self._text(upstream, trusted, valkey))
        self.checkout = checkout or self.checkout

    def _text(self, upstream: int, trusted: Path, valkey: int) -> str:
        shared = f"[stage shared]\nserver = valkey://{HOST}:{valkey}\nsecret = {SECRET}\n"
        return f"""
[front lan]
listen = udp://{HOST}:{self.port}
chain = home

[chain home]
path = {self.path} out

{shared if "shared" in self.path else ""}
[upstream out]
address = tls://{HOST}:{upstream}
name = {NAME}
ca-file = {trusted}
"""


class Alone(Machine):
    """The same without what others know."""

    path = "cache coalesce"
