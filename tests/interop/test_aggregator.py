"""dotchain as privacy aggregator: clear text in, DNS over TLS out to servers of four makes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import dns.flags
import dns.query
import pytest

from .asking import dig, overTcp, overUdp, query, texts
from .authorities import Named
from .certificates import NAME
from .conftest import Credentials
from .dotchain import Dotchain
from .ports import HOST, freePort
from .resolvers import Stunnel, Unbound
from .test_server_proxy import proxy

SERVERS = ["unbound", "named", "stunnel", "dotchain"]


def aggregator(name: str, server: int, front: int, credentials: Credentials) -> str:
    """A front for UDP and TCP, its chain, and a strict, authenticated upstream."""
    return f"""
[front {name}]
listen = udp://{HOST}:{front} tcp://{HOST}:{front}
chain  = {name}

[chain {name}]
path = to-{name}

[upstream to-{name}]
address    = tls://{HOST}:{server}
name       = {NAME}
pin-sha256 = {credentials.server.pin}
ca-file    = {credentials.trusted}
"""


@pytest.fixture(scope="module")
def servers(folder: Path, credentials: Credentials) -> Iterator[dict[str, int]]:
    """The four servers' ports of DNS over TLS."""
    with ExitStack() as running:
        start = running.enter_context
        unbound = start(Unbound(folder / "unbound", credentials.files))
        named = start(Named(folder / "named", credentials.files))
        stunnel = start(Stunnel(folder / "stunnel", named.port, credentials.files))
        front = freePort()
        start(Dotchain(folder / "server", proxy("server", named.port, front, credentials)))
        yield dict(zip(SERVERS, [unbound.port, named.tlsPort, stunnel.port, front], strict=True))


@pytest.fixture(scope="module")
def ports(folder: Path, servers: dict[str, int], credentials: Credentials) -> Iterator[dict[str, int]]:
    """One dotchain: its port of clear text for each server."""
    found = {name: freePort() for name in SERVERS}
    text = "".join(aggregator(name, servers[name], found[name], credentials) for name in SERVERS)
    with Dotchain(folder / "aggregator", text):
        yield found


@pytest.fixture(params=SERVERS)
def port(request: pytest.FixtureRequest, ports: dict[str, int]) -> int:
    """dotchain's port that leads to each server in turn."""
    return ports[request.param]


@pytest.mark.parametrize("transport", ["+notcp", "+tcp"])
def test_dig(port: int, transport: str) -> None:
    """dig is answered over UDP and TCP, without a warning."""
    said = dig(port, transport, "foo.example.org")
    assert "status: NOERROR" in said
    assert "192.0.2.1" in said
    assert "mismatch" not in said.lower()
    assert "malformed" not in said.lower()


@pytest.mark.parametrize("transport", ["+notcp", "+tcp"])
def test_nameError(port: int, transport: str) -> None:
    """NXDOMAIN comes with the zone's SOA (RFC 2308 section 2.1)."""
    said = dig(port, transport, "gone.example.org")
    assert "status: NXDOMAIN" in said
    assert "SOA" in said


@pytest.mark.parametrize("transport", ["+notcp", "+tcp"])
def test_noData(port: int, transport: str) -> None:
    """NODATA comes with the zone's SOA (RFC 2308 section 2.2)."""
    said = dig(port, transport, "foo.example.org", "MX")
    assert "status: NOERROR" in said
    assert "ANSWER: 0" in said
    assert "SOA" in said


def test_case(port: int) -> None:
    """The client gets his question back in the case that he wrote (draft-vixie-dnsext-dns0x20)."""
    asked = query("fOo.ExAmPlE.oRg")
    for ask in (dns.query.udp, dns.query.tcp):
        answer = ask(asked, HOST, timeout=6, port=port)
        assert answer.question[0].to_text() == "fOo.ExAmPlE.oRg. IN A"
        assert texts(answer) == ["192.0.2.1"]


def test_alias(port: int) -> None:
    """A CNAME and what it leads to arrive together."""
    assert texts(overUdp(port, "alias.example.org")) == ["foo.example.org.", "192.0.2.1"]


def test_truncated(port: int) -> None:
    """What is too large for UDP has TC, no half records, and fits (RFC 2181 section 9)."""
    answer = overUdp(port, "big.example.org", "TXT")
    assert answer.flags & dns.flags.TC
    assert texts(answer) == []
    assert len(answer.to_wire()) <= 1232


def test_whole(port: int) -> None:
    """The same is whole over TCP."""
    answer = overTcp(port, "big.example.org", "TXT")
    assert not answer.flags & dns.flags.TC
    assert len(texts(answer)[0]) > 3000


def test_digRetries(port: int) -> None:
    """dig turns to TCP by itself."""
    said = dig(port, "big.example.org", "TXT")
    assert "Truncated, retrying in TCP mode" in said
    assert "aaaaaaaaaaaaaaaa" in said
