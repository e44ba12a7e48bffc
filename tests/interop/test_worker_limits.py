"""What one client may take of a daemon with two workers: as much as of one process, whoever serves him."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import dns.message
import dns.rcode
import pytest

from .asking import anyone, query, texts
from .conftest import Credentials
from .connection import framed, nextMessage
from .daemon import until
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort
from .zone import writeZone

ONE, ELSEWHERE = "127.1.0.1", "127.2.0.1"
MOST = 6


class Limited(Dotchain):
    """Two workers with small limits; C{[front slow]} has an upstream that never answers."""

    def __init__(self, folder: Path, credentials: Credentials, silent: int) -> None:
        self.tcp, self.tls, self.slow = freePort(), freePort(), freePort()
        super().__init__(
            folder / "dotchain",
            f"""
[dotchain]
workers = 2
drain = 100ms
control = control

[front clear]
listen = tcp://{HOST}:{self.tcp}
max-client-connections = {MOST}
idle-timeout = 5m
first-query-timeout = 5m
chain = home

[front dot]
listen = tls://{HOST}:{self.tls}
certificate = {credentials.files.certificate}
key = {credentials.files.key}
max-client-handshakes = 2
handshake-timeout = 1m
chain = home

[front slow]
listen = udp://{HOST}:{self.slow}
max-client-in-flight = {MOST}
chain = nowhere

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

    def met(self, front: str, transport: str) -> Any:
        """How often each limit was met, by all workers together."""
        done = dotchainCommand("stats", "--json", "--config", str(self.config))
        return json.loads(done.stdout)["fronts"][front][transport].get("limits", {})


@pytest.fixture(scope="module")
def limited(folder: Path, credentials: Credentials) -> Iterator[Limited]:
    """It runs."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HOST, 0))
        with Limited(folder, credentials, silent.getsockname()[1]) as daemon:
            yield daemon


def asks(sock: socket.socket) -> bool:
    """Whether a query on a connection has its answer; else it was closed."""
    with suppress(EOFError, ConnectionError):
        sock.sendall(framed(query("foo.example.org").to_wire()))
        return texts(dns.message.from_wire(nextMessage(sock))) == ["192.0.2.1"]
    return False


def test_connections(limited: Limited) -> None:
    """Each worker has half of them; a client gets all, wherever his connections come, and no more."""
    with ExitStack() as stack:

        def connects(address: str) -> bool:
            raw = socket.create_connection((HOST, limited.tcp), 30, (address, 0))
            return asks(stack.enter_context(raw))

        held, tried = 0, 0
        while held < MOST and tried < 200:
            tried += 1
            held += connects(ONE)
        assert held == MOST
        assert [connects(ONE) for _ in range(20)] == [False] * 20
        assert all(connects(ELSEWHERE) for _ in range(MOST // 2))
        assert limited.met("clear", "tcp")["max-client-connections"] == tried - MOST + 20


def test_inFlight(limited: Limited) -> None:
    """The same of queries in flight, which come to workers by the ports that they leave: the others fail."""
    with ExitStack() as stack:

        def sent(address: str) -> socket.socket:
            sock = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            sock.bind((address, 0))
            sock.setblocking(False)
            sock.sendto(query("foo.example.org").to_wire(), (HOST, limited.slow))
            return sock

        socks = [sent(ONE) for _ in range(60)]
        failed: set[socket.socket] = set()

        def someFail() -> bool:
            for sock in set(socks) - failed:
                with suppress(BlockingIOError):
                    assert dns.message.from_wire(sock.recv(4096)).rcode() == dns.rcode.SERVFAIL
                    failed.add(sock)
            return len(failed) >= len(socks) - MOST

        until(someFail)
        assert len(failed) == len(socks) - MOST
        sent(ELSEWHERE)
        assert limited.met("slow", "udp") == {"max-client-in-flight": len(failed), "max-network-in-flight": 0}


def test_handshakes(limited: Limited) -> None:
    """Handshakes over a client's rate come later, on whichever worker, and none fails."""
    with ExitStack() as stack:
        begun = []
        for _ in range(14):
            raw = socket.create_connection((HOST, limited.tls), 30, (ONE, 0))
            tls = stack.enter_context(anyone().wrap_socket(raw, do_handshake_on_connect=False))
            tls.settimeout(0)
            with suppress(ssl.SSLWantReadError):
                tls.do_handshake()
            begun.append(tls)
        for tls in begun:
            tls.settimeout(30)
            tls.do_handshake()
            assert asks(tls)
    assert limited.met("dot", "tls")["max-client-handshakes"] >= 1
