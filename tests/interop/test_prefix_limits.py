"""What the clients of one prefix may take of a running daemon, and what all others have meanwhile."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import dns.message
import dns.rcode
import pytest

from .asking import anyone, query
from .conftest import Credentials
from .connection import framed, nextMessage
from .daemon import until
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort
from .zone import writeZone

# Two of one network, one of another, and a relay on this host.
ONE, NEIGHBOUR, ELSEWHERE, RELAY = "127.1.0.1", "127.1.0.2", "127.2.0.1", "127.0.0.1"


class Limited(Dotchain):
    """A daemon with small limits; C{[front slow]} has an upstream that never answers."""

    def __init__(self, folder: Path, credentials: Credentials, silent: int) -> None:
        self.tls, self.few, self.slow = freePort(), freePort(), freePort()
        files = f"certificate = {credentials.files.certificate}\nkey = {credentials.files.key}\nchain = home"
        super().__init__(
            folder / "dotchain",
            f"""
[front dot]
listen = tls://{HOST}:{self.tls}
{files}
max-connections = 60
max-client-connections = 5
max-network-connections = 8
handshake-timeout = 1m
first-query-timeout = 5m
idle-timeout = 5m

[front few]
listen = tls://{HOST}:{self.few}
{files}
max-connections = 20
max-client-connections = 20
max-client-handshakes = 2
handshake-timeout = 1m
first-query-timeout = 5m
idle-timeout = 5m

[front slow]
listen = udp://{HOST}:{self.slow}
chain = nowhere
max-client-in-flight = 3
max-network-in-flight = 4

[chain home]
path = local

[chain nowhere]
path = silent

[upstream local]
kind = zone
file = {writeZone(folder)}

[upstream silent]
address = udp://{HOST}:{silent}
timeout = 60s
""",
        )

    def limits(self, front: str, transport: str) -> Any:
        """How often each limit was met."""
        done = dotchainCommand(
            "stats", "--json", "--config", str(self.config), RUNTIME_DIRECTORY=str(self.folder)
        )
        return json.loads(done.stdout)["fronts"][front][transport]["limits"]


@pytest.fixture(scope="module")
def limited(folder: Path, credentials: Credentials) -> Iterator[Limited]:
    """It runs."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HOST, 0))
        with Limited(folder, credentials, silent.getsockname()[1]) as daemon:
            yield daemon


Connect = Callable[[int, str], "socket.socket | None"]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes a TLS connection from an address; None where it is closed before that is there."""
    with ExitStack() as stack:

        def made(port: int, address: str) -> ssl.SSLSocket | None:
            raw = stack.enter_context(socket.create_connection((HOST, port), 30, (address, 0)))
            with suppress(ConnectionError, ssl.SSLEOFError):
                return stack.enter_context(anyone().wrap_socket(raw))
            return None

        yield made


def answered(sock: socket.socket | None) -> bool:
    """Whether a query on it has its answer."""
    if sock is None:
        return False
    sock.sendall(framed(query("foo.example.org").to_wire()))
    return dns.message.from_wire(nextMessage(sock)).rcode() == dns.rcode.NOERROR


def test_connections(limited: Limited, connect: Connect) -> None:
    """A client and a network have as many as they may; all others are served, and so is a local relay."""
    found = [
        answered(connect(limited.tls, each)) for each in (*[ONE] * 7, *[NEIGHBOUR] * 4, *[ELSEWHERE] * 2)
    ]
    assert found == [True] * 5 + [False] * 2 + [True] * 3 + [False] + [True] * 2
    assert all(answered(connect(limited.tls, RELAY)) for _ in range(20))
    limits = limited.limits("dot", "tls")
    assert (limits["max-client-connections"], limits["max-network-connections"]) == (2, 1)
    said = limited.said()
    assert "front dot (tls): over max-client-connections" in said
    assert ONE not in said


def test_ended(limited: Limited, connect: Connect) -> None:
    """What has ended counts no more."""
    ended = [connect(limited.tls, "127.4.0.1") for _ in range(5)]
    assert connect(limited.tls, "127.4.0.1") is None
    for each in ended:
        assert each is not None
        each.close()
    until(lambda: answered(connect(limited.tls, "127.4.0.1")))


def test_stalled(limited: Limited, connect: Connect) -> None:
    """Where strangers have taken all places, who was there stays and who comes from elsewhere is served."""
    there = connect(limited.few, ELSEWHERE)
    assert answered(there)
    with ExitStack() as stack:
        for number in range(100):
            stalled = stack.enter_context(
                socket.create_connection((HOST, limited.few), 30, (f"127.5.0.{number % 9 + 1}", 0))
            )
            with suppress(OSError):
                stalled.send(b"\x16\x03\x01\x02\x00\x01")
        assert answered(there)
        for number in range(5):
            assert answered(connect(limited.few, f"127.3.{number}.1"))
        assert answered(there)
    assert limited.limits("few", "tls")["closed-strangers"] >= 5


def test_handshakes(limited: Limited, connect: Connect) -> None:
    """Handshakes over a client's rate come later; nobody else waits for them, and none fails."""
    for _ in range(14):
        assert answered(connect(limited.few, ONE))
    assert answered(connect(limited.few, ELSEWHERE))
    assert limited.limits("few", "tls")["max-client-handshakes"] >= 1


def test_inFlight(limited: Limited) -> None:
    """At the cap of a client or a network further queries are answered with a failure, and others wait."""
    with ExitStack() as stack:
        socks = {}
        for address, count in ((ONE, 4), (NEIGHBOUR, 2), (ELSEWHERE, 1)):
            sock = socks[address] = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            sock.bind((address, 0))
            sock.settimeout(20)
            for number in range(count):
                asked = query(f"n{number}.{address}.example.org")
                asked.id = number
                sock.sendto(asked.to_wire(), (HOST, limited.slow))
            if count > 1:
                answer = dns.message.from_wire(sock.recv(4096))
                assert (answer.id, answer.rcode()) == (count - 1, dns.rcode.SERVFAIL)
                assert [each.text for each in answer.options] == ["too many queries in flight"]
        until(
            lambda: limited.limits("slow", "udp") == {"max-client-in-flight": 1, "max-network-in-flight": 1}
        )
        socks[ELSEWHERE].settimeout(0)
        with pytest.raises(BlockingIOError):
            socks[ELSEWHERE].recv(4096)
