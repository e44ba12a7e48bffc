"""One of several machines: dotchain with a cache of its own, and mostly one that it shares."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from tests.interop.certificates import NAME
from tests.interop.dotchain import CHECKOUT, Dotchain
from tests.interop.ports import HOST, freePort

SECRET = "what only these machines know"


@dataclass(frozen=True)
class Build:
    """
    What machines are made of.

    @ivar checkout: where they are run from.
    """

    checkout: Path = CHECKOUT
    workers: int = 1


class Machine(Dotchain):
    """
    A caching forwarder.

    @cvar path: of its chain, before the upstream.
    @ivar port: of UDP.
    """

    path: ClassVar[str] = "cache coalesce shared"

    def __init__(self, folder: Path, upstream: int, trusted: Path, valkey: int, build: Build) -> None:
        """
        @param upstream: the port of DNS over TLS that it asks.
        @param valkey: the port of the server that it shares.
        """
        self.port = freePort()
        super().__init__(folder, self._text(upstream, trusted, valkey, build.workers))
        self.checkout = build.checkout

    def _text(self, upstream: int, trusted: Path, valkey: int, workers: int) -> str:
        shared = f"[stage shared]\nserver = valkey://{HOST}:{valkey}\nsecret = {SECRET}\n"
        return f"""
[dotchain]
workers = {workers}

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
