"""Groups over two Unbounds, one of which is stopped or killed under load: nothing is lost."""

from __future__ import annotations

import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import dns.message
import dns.rcode
import pytest

from .asking import overUdp, query, texts
from .certificates import NAME
from .conftest import Credentials
from .dotchain import Dotchain
from .ports import HOST, freePort
from .resolvers import Unbound

KINDS = ("failover", "fastest", "spread", "race", "hedge")

RATE = 50.0

Out = Callable[[Unbound], AbstractContextManager[None]]


def configuration(ports: dict[str, int], unbounds: list[Unbound], credentials: Credentials) -> str:
    """A front for each kind of group, all over the same two upstreams; and a group over groups."""
    text = "".join(
        f"""
[upstream {name}]
address = tls://{HOST}:{unbound.port}
name    = {NAME}
ca-file = {credentials.trusted}
"""
        for name, unbound in zip(("one", "two"), unbounds, strict=True)
    )
    for kind, port in ports.items():
        over = "race spread" if kind == "nested" else "one two"
        text += f"""
[front {kind}]
listen = udp://{HOST}:{port}
chain  = {kind}-chain

[chain {kind}-chain]
path = {kind}

[upstream {kind}]
kind = {"failover" if kind == "nested" else kind}
over = {over}
"""
    return text


class Load:
    """
    Queries at a steady rate, each for a name of its own.

    @ivar sent: when each was sent, by its ID.
    @ivar took: seconds until each was answered, by its ID.
    @ivar rcodes: how often each RCODE came.
    """

    def __init__(self, port: int) -> None:
        self.sent: dict[int, float] = {}
        self.took: dict[int, float] = {}
        self.rcodes: dict[str, int] = {}
        self.twice = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect((HOST, port))

    def run(self, seconds: float) -> None:
        """Ask for so long."""
        for _ in range(int(seconds * RATE)):
            number = len(self.sent) + 1
            asked = query(f"w{number}.d{number % 50}.example.org")
            asked.id = number
            self.sent[number] = time.monotonic()
            self._socket.send(asked.to_wire())
            self._read(1 / RATE)

    def rest(self) -> None:
        """Wait for what is still out, and then for what must not come."""
        until = time.monotonic() + 6
        while len(self.took) < len(self.sent) and time.monotonic() < until:
            self._read(0.1)
        self._read(0.3)
        self._socket.close()

    def _read(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not select.select([self._socket], [], [], left)[0]:
                return
            answer = dns.message.from_wire(self._socket.recv(65535))
            self.twice += answer.id in self.took
            self.took[answer.id] = time.monotonic() - self.sent[answer.id]
            rcode = dns.rcode.to_text(answer.rcode())
            self.rcodes[rcode] = self.rcodes.get(rcode, 0) + 1

    def assertNothingLost(self, kind: str) -> None:
        """Each has one answer, and it is NXDOMAIN, as the zone has none of these names."""
        assert len(self.took) == len(self.sent), kind
        assert self.twice == 0, kind
        assert self.rcodes == {"NXDOMAIN": len(self.sent)}, kind


@pytest.fixture
def unbounds(
    folder: Path, credentials: Credentials, request: pytest.FixtureRequest
) -> Iterator[list[Unbound]]:
    """Two, with one certificate."""
    place = folder / request.node.name.replace("[", "-").strip("]")
    with Unbound(place / "one", credentials.files) as one, Unbound(place / "two", credentials.files) as two:
        yield [one, two]


@pytest.fixture
def ports(unbounds: list[Unbound], credentials: Credentials) -> Iterator[dict[str, int]]:
    """A dotchain with all groups: the port of each."""
    ports = {kind: freePort() for kind in (*KINDS, "nested")}
    with Dotchain(unbounds[0].folder / "dotchain", configuration(ports, unbounds, credentials)):
        yield ports


def resume(unbound: Unbound) -> None:
    """SIGCONT, so that it can be ended."""
    if unbound.process.poll() is None:
        unbound.process.send_signal(signal.SIGCONT)


@contextmanager
def stopped(unbound: Unbound) -> Iterator[None]:
    """SIGSTOP: its connections stay, and nothing comes."""
    unbound.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        resume(unbound)


@contextmanager
def killed(unbound: Unbound) -> Iterator[None]:
    """SIGKILL: its connections break, and new ones are refused."""
    unbound.process.kill()
    unbound.process.wait()
    yield


@pytest.mark.parametrize("out", [stopped, killed])
def test_nothingLost(out: Out, ports: dict[str, int], unbounds: list[Unbound]) -> None:
    """Under load one of two upstreams goes: every query gets its one answer, and soon at the old pace."""
    loads = {kind: Load(port) for kind, port in ports.items()}
    with ThreadPoolExecutor(len(loads)) as pool:
        list(pool.map(lambda load: load.run(0.5), loads.values()))
        with out(unbounds[0]):
            list(pool.map(lambda load: load.run(5), loads.values()))
            list(pool.map(Load.rest, loads.values()))
    for kind, load in loads.items():
        load.assertNothingLost(kind)
        late = sorted(took for number, took in load.took.items() if number > 3.5 * RATE)
        assert late[len(late) * 95 // 100] < 1.0, (kind, late[-20:])


def test_failsBack(ports: dict[str, int], unbounds: list[Unbound]) -> None:
    """When the first works again it is asked again."""
    load = Load(ports["failover"])
    with stopped(unbounds[0]):
        load.run(3)
    load.run(3)
    with killed(unbounds[1]):
        load.run(1)
        load.rest()
    load.assertNothingLost("failover")


def test_allGroups(ports: dict[str, int]) -> None:
    """With both up, every group answers."""
    for port in ports.values():
        assert texts(overUdp(port, "foo.example.org")) == ["192.0.2.1"]
