"""A ClientHello gets what OpenSSL's own server says, however somebody on the way has cut it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ..tls.hellos import cut, hello, manyNames, message, record
from .conftest import Credentials
from .dotchain import Dotchain
from .openssl import OpensslServer
from .ports import HOST, freePort
from .zone import writeZone

HELLOS = {
    "dot": hello("dot"),
    "dot and more, TLS 1.2": hello("h2", "dot", newest=False),
    "nothing": hello(),
    "h2": hello("h2"),
    "h2, TLS 1.2": hello("h2", newest=False),
    "kilobytes and h2": hello(*manyNames(30_000), "h2"),
    "kilobytes and dot": hello(*manyNames(30_000), "dot"),
}

CUTS = {
    "whole": [16384],
    "ones": [1],
    "twos": [2],
    "one first": [1, 16384],
    "three first": [3, 16384],
    "behind an empty one": [0, 16384],
    "around an empty one": [100, 0, 16384],
    "behind too many empty ones": [0] * 33 + [16384],
}


@pytest.fixture(scope="module")
def ports(folder: Path, credentials: Credentials) -> Iterator[tuple[int, int]]:
    """A front of dotchain, and OpenSSL's server with the same certificate."""
    port = freePort()
    text = f"""
[front dot]
listen      = tls://{HOST}:{port}
certificate = {credentials.files.certificate}
key         = {credentials.files.key}
chain       = home

[chain home]
path = local

[upstream local]
kind = zone
file = {writeZone(folder)}
"""
    with ExitStack() as running:
        running.enter_context(Dotchain(folder / "dotchain", text))
        server = running.enter_context(OpensslServer(folder / "s_server", credentials.files))
        yield port, server.port


def firstWord(port: int, octets: bytes) -> str:
    """What the server says to these octets: a ServerHello, an alert, or nothing before it closes."""
    with socket.create_connection((HOST, port), 5) as raw:
        raw.sendall(octets)
        heard = raw.recv(7)
    if heard[:1] == b"\x15":
        return f"alert {heard[6]}"
    return {22: "ServerHello"}.get(heard[0], "rubbish") if heard else "nothing"


@pytest.mark.parametrize("sizes", CUTS)
@pytest.mark.parametrize("which", HELLOS)
def test_cuts(ports: tuple[int, int], which: str, sizes: str) -> None:
    """Both servers say the same, whatever is offered and however it comes (RFC 7301 section 3.2)."""
    octets = cut(HELLOS[which], CUTS[sizes])
    said = {firstWord(port, octets) for port in ports}
    refused = "h2" in which and "dot" not in which
    wanted = "alert 10" if "many" in sizes else "alert 120" if refused else "ServerHello"
    assert said == {wanted}


@pytest.mark.parametrize("before", [record(b"\1\x5a", 21), record(b"\1", 20), record(b"data", 23)])
def test_before(ports: tuple[int, int], before: bytes) -> None:
    """Whatever else stands in front of it is refused by both."""
    for which in ("dot", "h2"):
        assert {firstWord(port, before + HELLOS[which]) for port in ports} == {"alert 10"}


def test_damaged(ports: tuple[int, int]) -> None:
    """A ClientHello whose lengths contradict each other is none that offers nothing."""
    octets = message(HELLOS["h2"])[:-1]
    shorter = octets[:1] + (len(octets) - 4).to_bytes(3, "big") + octets[4:]
    assert {firstWord(port, record(shorter)) for port in ports} == {"alert 50"}
