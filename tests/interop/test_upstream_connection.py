"""What an upstream sees of dotchain: one padded, pipelined connection, taken up again when it dies."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import dns.edns
import pytest

from .asking import dig, overTcp, overUdp, texts
from .conftest import Credentials
from .dotchain import Dotchain
from .ports import HOST, freePort
from .scripted import Asked, Scripted, answerTo, serverSide


def script(asked: Asked) -> None:
    """C{dies} closes the connection that it comes on first; C{closes} is answered, then it's closed."""
    if asked.label == "dies" and asked.connection == 1:
        asked.close()
        return
    asked.later(0.2 if asked.label.startswith("many") else 0.0, answerTo(asked.query))
    if asked.label == "closes":
        asked.call(0.05, asked.close)


@pytest.fixture
def upstream(credentials: Credentials) -> Iterator[Scripted]:
    """The upstream."""
    with Scripted(serverSide(credentials.files), script) as server:
        yield server


@pytest.fixture
def port(tmp_path: Path, upstream: Scripted, credentials: Credentials) -> Iterator[int]:
    """dotchain's port of clear text."""
    port = freePort()
    text = f"""
[front clear]
listen = udp://{HOST}:{port} tcp://{HOST}:{port}
chain  = home

[chain home]
path = out

[upstream out]
address    = tls://{HOST}:{upstream.port}
pin-sha256 = {credentials.server.pin}
"""
    with Dotchain(tmp_path, text):
        yield port


def test_oneConnection(port: int, upstream: Scripted) -> None:
    """A hundred queries share one connection and are in flight together (RFC 7858 section 3.3)."""
    names = [f"many{number}.example.org" for number in range(100)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda name: overUdp(port, name), names))
    assert all(texts(answer) == ["192.0.2.1"] for answer in answers)
    assert upstream.connections == 1
    assert upstream.protocols == ["dot"]


def test_padded(port: int, upstream: Scripted) -> None:
    """Queries are padded to blocks of 128 octets (RFC 8467 section 4.1)."""
    for label in ("a", "a" * 30, "a" * 63):
        overUdp(port, f"{label}.{label}.example.org")
    sizes, octets = [], upstream.received
    while octets:
        size = int.from_bytes(octets[:2], "big")
        sizes.append(size)
        octets = octets[2 + size :]
    assert len(sizes) == 3
    assert all(size % 128 == 0 for size in sizes), sizes


def test_ownOptions(port: int, upstream: Scripted) -> None:
    """A client's cookie is between him and dotchain alone (RFC 7873 section 4)."""
    said = dig(port, "+cookie=0123456789abcdef", "foo.example.org")
    assert "192.0.2.1" in said
    options = [option.otype for option in upstream.queries[-1].options]
    assert dns.edns.OptionType.COOKIE not in options


def test_ownNumbers(port: int, upstream: Scripted) -> None:
    """The IDs on the wire are dotchain's own, and hard to guess (RFC 5452 section 9.2)."""
    for number in range(20):
        overTcp(port, f"n{number}.example.org")
    numbers = [asked.id for asked in upstream.queries]
    assert len(set(numbers)) == 20
    steps = {after - before for before, after in pairwise(numbers)}
    assert len(steps) > 10


def test_dies(port: int, upstream: Scripted) -> None:
    """A query whose connection dies is sent again on a fresh one (RFC 7766 section 6.2.4)."""
    assert texts(overUdp(port, "dies.example.org")) == ["192.0.2.1"]
    assert upstream.connections == 2


def test_closes(port: int, upstream: Scripted) -> None:
    """An upstream may close when it likes; the next query has a new connection."""
    for _ in range(3):
        assert texts(overUdp(port, "closes.example.org")) == ["192.0.2.1"]
        assert texts(overUdp(port, "foo.example.org")) == ["192.0.2.1"]
    assert upstream.connections <= 4
