"""Clients that send rubbish, half a message or nothing: no traceback, and all others are answered."""

from __future__ import annotations

import random
import select
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

import dns.message
import dns.rcode
import pytest

from .asking import anyone, overTcp, overTls, overUdp, query, texts
from .conftest import Credentials
from .dot import DotConnection
from .dotchain import Dotchain
from .ports import HOST, freePort
from .zone import writeZone

FOO = "foo.example.org"


class Ports(NamedTuple):
    """dotchain's port of clear text and that of TLS."""

    clear: int
    tls: int


@pytest.fixture(scope="module")
def ports(folder: Path, credentials: Credentials) -> Iterator[Ports]:
    """dotchain with the zone in itself; that no traceback is logged is asserted when it ends."""
    ports = Ports(freePort(), freePort())
    text = f"""
[front clear]
listen = udp://{HOST}:{ports.clear} tcp://{HOST}:{ports.clear}
chain  = home

[front dot]
listen      = tls://{HOST}:{ports.tls}
certificate = {credentials.files.certificate}
key         = {credentials.files.key}
chain       = home
first-query-timeout = 2s

[chain home]
path = cache coalesce local

[upstream local]
kind = zone
file = {writeZone(folder)}
"""
    with Dotchain(folder / "dotchain", text) as dotchain:
        yield ports
        assert len(dotchain.said().splitlines()) < 30, dotchain.said()


@pytest.fixture(autouse=True)
def stillServed(ports: Ports) -> Iterator[None]:
    """After every test all three transports answer."""
    yield
    assert texts(overUdp(ports.clear, FOO)) == ["192.0.2.1"]
    assert texts(overTcp(ports.clear, FOO)) == ["192.0.2.1"]
    assert texts(overTls(ports.tls, FOO)) == ["192.0.2.1"]


def rubbish() -> Iterator[bytes]:
    """Queries cut short, queries with octets changed, and noise; the same at every run."""
    dice = random.Random(7858)
    whole = query(FOO).to_wire()
    yield from (whole[:size] for size in range(len(whole)))
    for _ in range(300):
        octets = bytearray(whole)
        for _ in range(dice.randrange(1, 6)):
            octets[dice.randrange(len(octets))] = dice.randrange(256)
        yield bytes(octets)
    yield from (dice.randbytes(dice.randrange(1, 600)) for _ in range(200))


def connected(port: int) -> socket.socket:
    """A connection in clear text."""
    return socket.create_connection((HOST, port), 5)


def test_datagrams(ports: Ports) -> None:
    """UDP: whatever comes back is a response, and never to what was too short for a header."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect((HOST, ports.clear))
        for octets in rubbish():
            if octets:
                one.send(octets)
        one.settimeout(0.5)
        answers = []
        while True:
            try:
                answers.append(one.recv(65535))
            except TimeoutError:
                break
    assert answers
    assert all(len(answer) >= 12 and answer[2] & 0x80 for answer in answers)


def test_frames(ports: Ports) -> None:
    """TCP and TLS: rubbish in frames, a connection each, and the client doesn't wait."""
    for octets in rubbish():
        with connected(ports.clear) as raw:
            raw.sendall(struct.pack("!H", len(octets)) + octets)
    for octets in list(rubbish())[::25]:
        with DotConnection(ports.tls) as connection:
            connection.tls.sendall(struct.pack("!H", len(octets)) + octets)


def test_noTls(ports: Ports) -> None:
    """Clear text, rubbish and half a greeting where TLS is spoken."""
    greeting = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
    for octets in [*list(rubbish())[::10], greeting, b"GET / HTTP/1.1\r\n\r\n"]:
        with connected(ports.tls) as raw:
            raw.sendall(octets)


def test_resets(ports: Ports) -> None:
    """A client that asks a lot and resets the connection."""
    for port in ports:
        for _ in range(20):
            with connected(port) as raw:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                wire = query("big.example.org", "TXT").to_wire()
                if port == ports.clear:
                    raw.sendall((struct.pack("!H", len(wire)) + wire) * 50)


def test_abortedTls(ports: Ports) -> None:
    """A client that resets a TLS connection with answers on their way."""
    for _ in range(10):
        raw = connected(ports.tls)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with anyone().wrap_socket(raw) as tls:
            wire = query("big.example.org", "TXT").to_wire()
            tls.sendall((struct.pack("!H", len(wire)) + wire) * 20)


def test_silence(ports: Ports) -> None:
    """Connections that say nothing take nobody's place."""
    with ExitStack() as silent:
        for port in ports:
            for _ in range(50):
                silent.enter_context(connected(port))
        assert texts(overTcp(ports.clear, FOO)) == ["192.0.2.1"]
        assert texts(overTls(ports.tls, FOO)) == ["192.0.2.1"]


def test_octetByOctet(ports: Ports) -> None:
    """A frame may come an octet at a time (RFC 7766 section 8)."""
    wire = query(FOO).to_wire()
    with connected(ports.clear) as raw:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in struct.pack("!H", len(wire)) + wire:
            raw.sendall(bytes([octet]))
        size = struct.unpack("!H", raw.recv(2, socket.MSG_WAITALL))[0]
        answer = dns.message.from_wire(raw.recv(size, socket.MSG_WAITALL))
    assert answer.rcode() == dns.rcode.NOERROR
    assert texts(answer) == ["192.0.2.1"]


def test_slowReader(ports: Ports) -> None:
    """A client that pipelines much and reads late gets every answer (RFC 7766 section 6.2.1.1)."""
    count = 300
    with DotConnection(ports.tls) as connection:
        queries = [query("big.example.org", "TXT") for _ in range(count)]
        for number, asked in enumerate(queries):
            asked.id = number
        connection.send(*queries)
        assert texts(overTls(ports.tls, FOO)) == ["192.0.2.1"]
        assert sorted(connection.receive().id for _ in queries) == list(range(count))


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl here")
def test_keyUpdates(ports: Ports) -> None:
    """New keys again and again (RFC 8446 section 4.6.3) are no query: who sends nothing else is closed."""
    command = ["openssl", "s_client", "-connect", f"{HOST}:{ports.tls}"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=subprocess.PIPE) as client:
        assert client.stdin is not None
        assert client.stderr is not None
        with suppress(BrokenPipeError):
            for _ in range(60):
                if client.poll() is not None:
                    break
                # A line of its own with this letter sends one, and wants one back.
                client.stdin.write(b"K\n")
                client.stdin.flush()
                time.sleep(0.2)
        ended = client.poll() is not None
        client.kill()
        assert client.stderr.read().count(b"KEYUPDATE") > 3
        assert ended


def test_reallyDeaf(ports: Ports) -> None:
    """A client that asks for megabytes and reads nothing is given up; what is left of it is thrown away."""
    wire = query("big.example.org", "TXT").to_wire()
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect((HOST, ports.clear))
        deaf.sendall((struct.pack("!H", len(wire)) + wire) * 1000)
        told = select.poll()
        told.register(deaf, 0)
        assert told.poll(30_000), "still there after half a minute"
        deaf.settimeout(5)
        got = 0
        with suppress(ConnectionResetError):
            while octets := deaf.recv(65536):
                got += len(octets)
        assert got < 1 << 20
