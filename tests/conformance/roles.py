"""dotchain in each role, as a test finds it: the ports to ask at, and the nameserver that it asks."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from ..interop.asked import Logged
from ..interop.conftest import Credentials
from ..interop.dotchain import Dotchain
from ..interop.ports import HOST, freePort
from ..interop.server import Server
from .client import Stream, udp
from .message import Message

PATIENT, DENIED, DEAD, IDLE = "patient", "denied", "dead", "idle"
"""Other entrances of a role: long time limits; nobody may ask; no upstream; a second of idleness."""

_SHORT = "idle-timeout = 2s\nfirst-query-timeout = 2s"
_LONG = "idle-timeout = 10s\nfirst-query-timeout = 10s"
_BRIEF = "idle-timeout = 1s\nfirst-query-timeout = 10s"
_FRONTS = {"": _SHORT, PATIENT: _LONG, IDLE: _BRIEF, DEAD: _SHORT, DENIED: f"{_SHORT}\nallow = 192.0.2.0/24"}


@dataclass
class Role:
    """
    One role.

    @ivar plain: whether it has a front over UDP and TCP.
    @ivar encrypted: whether it has one over TLS.
    @ivar path: the stages before its upstream.
    @ivar server: whom it asks.
    @ivar ports: its ports by entrance and whether they are TLS's.
    """

    name: str
    plain: bool
    encrypted: bool
    path: str
    server: Server
    out: str
    ports: dict[tuple[str, bool], int] = field(default_factory=dict)
    daemon: Dotchain | None = None

    @classmethod
    def of(cls, name: str, server: Server, encrypted: bool, path: str = "") -> Role:
        """A role with one front, UDP and TCP or TLS, whose upstream is described elsewhere."""
        return cls(name, not encrypted, encrypted, path, server, "")

    @property
    def caches(self) -> bool:
        """Whether it has a cache."""
        return "cache" in self.path

    def text(self, credentials: Credentials) -> str:
        """Its part of an INI file."""
        return "\n".join(
            [
                *(self.fronts(entrance, credentials) for entrance in _FRONTS),
                self._chain("", self.server.port, "2s", credentials),
                self._chain(PATIENT, self.server.port, "6s", credentials),
                self._chain(DEAD, freePort(), "100ms", credentials),
            ]
        )

    def fronts(self, entrance: str, credentials: Credentials) -> str:
        text, leads = "", {DENIED: "", IDLE: PATIENT}.get(entrance, entrance)
        if self.plain:
            port = self.ports[entrance, False] = freePort()
            text += f"""
[front {self.name}{entrance}]
listen = udp://{HOST}:{port} tcp://{HOST}:{port}
chain = {self.name}{leads}
{_FRONTS[entrance]}
"""
        if self.encrypted:
            port = self.ports[entrance, True] = freePort()
            text += f"""
[front {self.name}{entrance}-dot]
listen = tls://{HOST}:{port}
chain = {self.name}{leads}
certificate = {credentials.files.certificate}
key = {credentials.files.key}
handshake-timeout = 2s
{_FRONTS[entrance]}
"""
        return text

    def _chain(self, entrance: str, port: int, timeout: str, credentials: Credentials) -> str:
        pin = f"pin-sha256 = {credentials.server.pin}" if self.out == "tls" else ""
        name = self.name + entrance
        return f"""
[chain {name}]
path = {self.path} to-{name}

[upstream to-{name}]
address = {self.out}://{HOST}:{port}
timeout = {timeout}
{pin}
"""

    def seen(self, token: str) -> list[Logged]:
        """The queries with these letters that its nameserver got."""
        return self.server.seen(token)


@dataclass
class Way:
    """A role, and the transport that it is asked over."""

    role: Role
    transport: str

    @property
    def name(self) -> str:
        """The role's name and the transport."""
        return f"{self.role.name}-{self.transport}"

    @property
    def tls(self) -> bool:
        """Whether it's TLS."""
        return self.transport == "tls"

    @property
    def datagrams(self) -> bool:
        """Whether it's UDP."""
        return self.transport == "udp"

    def port(self, entrance: str = "") -> int:
        """The port of an entrance."""
        return self.role.ports[entrance, self.tls]

    def stream(self, entrance: str = "", source: str = HOST) -> Stream:
        """A connection from an address."""
        return Stream(self.port(entrance), self.tls, source=source)

    def ask(self, wire: bytes, entrance: str = "") -> Message:
        """One answer to one query, over a socket of its own."""
        if self.datagrams:
            return Message(udp(self.port(entrance), wire))
        with self.stream(entrance) as stream:
            return stream.ask(wire)

    def seen(self, token: str) -> list[Logged]:
        """The queries with these letters that the nameserver got."""
        return self.role.seen(token)


STREAMS = ["P-tls", "A-tcp", "F-tcp", "F-tls"]
CLEAR = ["A-udp", "A-tcp", "F-udp", "F-tcp"]
DATAGRAMS = ["A-udp", "F-udp"]
ENCRYPTED = ["P-tls", "F-tls"]
EVERY = ["P-tls", "A-udp", "A-tcp", "F-udp", "F-tcp", "F-tls"]
CACHED = ["A-udp", "F-tls"]
OVER_UDP = ["Pu-tls", "Fu-udp", "Fu-tcp", "Fu-tls"]
"""Ways through the roles; those of the last have an upstream over UDP."""


def through(ways: list[str]) -> pytest.MarkDecorator:
    """Run a test once for each way."""
    return pytest.mark.parametrize("way", ways, indirect=True)


Check = Callable[[Any], Any]
"""A check that mostly waits, of a L{Way} or whatever else."""

_slow: list[tuple[Check, list[str]]] = []


def slowly(names: list[str]) -> Callable[[Check], Check]:
    """Have a check begin with the first one that is waited for, for all these ways."""

    def remember(check: Check) -> Check:
        _slow.append((check, names))
        return check

    return remember


class Meanwhile:
    """Checks that mostly wait, all at the same time, each reported by its own test."""

    def __init__(self, ways: dict[str, Way]) -> None:
        self._pool = ThreadPoolExecutor(32)
        self._running: dict[tuple[Check, str], Future[Any]] = {}
        for check, names in _slow:
            self.start(check, ways, names)

    def start(self, check: Check, ways: Mapping[str, Any], names: list[str]) -> None:
        """Begin a check for all these ways, unless it has begun."""
        for name in names:
            if (check, name) not in self._running:
                self._running[check, name] = self._pool.submit(check, ways[name])

    def outcome(self, check: Check, ways: Mapping[str, Any], names: list[str], name: str) -> Any:
        """What a check came to for one way; it begins for all of them."""
        self.start(check, ways, names)
        return self._running[check, name].result(60)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)


def descriptors(daemon: Dotchain) -> int:
    """How many files the daemon has open."""
    return len(os.listdir(f"/proc/{daemon.process.pid}/fd"))  # noqa: PTH208 - entries may vanish
