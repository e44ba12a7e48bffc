"""Special names: real clients are answered, and an upstream that remembers everything hears of none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import dns.flags
import dns.name
import dns.query
import dns.rcode
import pytest

from dotchain.stages.specialnames import SPECIAL_NAMES

from .asking import anyone, dig, kdig, overTcp, overUdp, query, texts
from .certificates import NAME
from .conftest import Credentials
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort
from .scripted import Scripted, serverSide


class Ports(NamedTuple):
    """A front of clear text, its TLS front, and one whose operator made exceptions."""

    clear: int
    tls: int
    open: int


def forwarder(ports: Ports, upstream: int, credentials: Credentials) -> str:
    """One chain that tells clients of its TLS front, one with exceptions."""
    files = credentials.files
    return f"""
[front clear]
listen = udp://{HOST}:{ports.clear} tcp://{HOST}:{ports.clear}
chain  = home

[front dot]
listen      = tls://{HOST}:{ports.tls}
certificate = {files.certificate}
key         = {files.key}
chain       = home

[front open]
listen = udp://{HOST}:{ports.open}
chain  = open

[chain home]
path = special cache coalesce out

[chain open]
path = some cache coalesce out

[stage special]
also      = lan
designate = {NAME}
port      = {ports.tls}
address   = {HOST}

[stage some]
kind   = special
except = 168.192.in-addr.arpa home.arpa test

[upstream out]
address    = tls://{HOST}:{upstream}
pin-sha256 = {credentials.server.pin}
"""


@pytest.fixture(scope="module")
def upstream(credentials: Credentials) -> Iterator[Scripted]:
    """It answers everything with an address, and remembers what it was asked."""
    with Scripted(serverSide(credentials.files)) as server:
        yield server


@pytest.fixture(scope="module")
def ports(folder: Path, upstream: Scripted, credentials: Credentials) -> Iterator[Ports]:
    """The forwarder."""
    ports = Ports(*(freePort() for _ in Ports._fields))
    with Dotchain(folder / "forwarder", forwarder(ports, upstream.port, credentials)):
        yield ports


def heard(upstream: Scripted, name: str) -> bool:
    """Whether this name stands, in any case, in the octets that came to the upstream."""
    return dns.name.from_text(name).to_digestable() in upstream.received.lower()


def test_noneLeaves(ports: Ports, upstream: Scripted) -> None:
    """No special name reaches the upstream, over UDP and TCP, with RD=0 and in mixed case."""
    for each in SPECIAL_NAMES:
        for name in (each.name, f"Secret.{each.name.upper()}"):
            for ask in (overUdp, overTcp):
                answer = ask(ports.clear, name)
                assert answer.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN), name
                assert answer.flags & dns.flags.AA
                assert not heard(upstream, name), name
        silent = query(f"quiet.{each.name}", flags=0)
        assert dns.query.udp(silent, HOST, timeout=6, port=ports.clear).flags & dns.flags.AA
        assert not heard(upstream, f"quiet.{each.name}")
    assert texts(overUdp(ports.clear, "heard.example.org")) == ["192.0.2.1"]
    assert heard(upstream, "heard.example.org"), "the upstream should have been heard at all"


@pytest.mark.parametrize("client", [dig, kdig])
def test_clients(client: Callable[..., str], ports: Ports) -> None:
    """dig and kdig print what the RFCs have."""
    said = client(ports.clear, "+edns", "printer.local", "A")
    assert "NXDOMAIN" in said
    assert "nobody.invalid. 1 3600 1200 604800 10800" in said
    assert "RFC 6762 section 22.1" in said
    said = client(ports.clear, "-x", "192.168.1.1")
    assert "NXDOMAIN" in said
    assert "168.192.in-addr.arpa." in said
    assert "127.0.0.1" in client(ports.clear, "+noall", "+answer", "localhost", "A")
    assert "::1" in client(ports.clear, "+noall", "+answer", "a.localhost", "AAAA")
    assert "NXDOMAIN" in client(ports.clear, "use-application-dns.net", "A")


def test_designated(ports: Ports) -> None:
    """The designation leads a client to the TLS front, which serves it (RFC 9462 section 4)."""
    said = kdig(ports.clear, "_dns.resolver.arpa", "SVCB")
    assert "NOERROR" in said
    answer = overUdp(ports.clear, "_dns.resolver.arpa", "SVCB")
    (text,) = texts(answer)
    assert text == f'1 {NAME}. alpn="dot" port="{ports.tls}" ipv4hint="{HOST}"'
    (along,) = answer.additional
    assert along.to_text() == f"{NAME}. 3600 IN A {HOST}"
    reply = dns.query.tls(query("localhost"), HOST, 6, ports.tls, ssl_context=anyone())
    assert texts(reply) == [HOST]


def test_otherwiseNoData(ports: Ports, upstream: Scripted) -> None:
    """Without a designation the answer is NODATA, and the upstream's is never relayed (section 6.1)."""
    for name, kind in (
        ("_dns.resolver.arpa", "SVCB"),
        ("resolver.arpa", "TYPE261"),
        ("x.resolver.arpa", "A"),
    ):
        answer = overUdp(ports.open, name, kind)
        assert answer.rcode() == dns.rcode.NOERROR
        assert not answer.answer
        assert answer.authority[0].name.to_text() == "resolver.arpa."
        assert not heard(upstream, name)


def test_exceptions(ports: Ports, upstream: Scripted) -> None:
    """What the operator excepts is the upstream's, the rest is not."""
    for name in ("7.7.168.192.in-addr.arpa", "nas.home.arpa", "host.test"):
        assert texts(overUdp(ports.open, name)) == ["192.0.2.1"]
        assert heard(upstream, name)
    for name in ("7.7.7.10.in-addr.arpa", "host.local"):
        assert overUdp(ports.open, name).rcode() == dns.rcode.NXDOMAIN
        assert not heard(upstream, name)


def test_check(folder: Path, ports: Ports, credentials: Credentials) -> None:
    """check warns where the TLS front's certificate is not for the name that clients are told."""
    file = folder / "told.ini"
    text = forwarder(ports, 8853, credentials)
    file.write_text(text)
    assert "warning: the certificate" not in dotchainCommand("check", str(file)).stdout
    file.write_text(text.replace(f"designate = {NAME}", "designate = other.example.net"))
    done = dotchainCommand("check", str(file))
    assert done.returncode == 0
    assert (
        "[stage special] designate: warning: the certificate of [front dot] is not for other" in done.stdout
    )
