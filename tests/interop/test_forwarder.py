"""dotchain as full forwarder: fronts of all three transports, cache and coalesce, in one process."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import dns.edns
import dns.message
import dns.query
import dns.rcode
import pytest

from .asking import overTcp, overTls, overUdp, query, texts
from .authorities import Named
from .certificates import NAME
from .conftest import Credentials
from .dotchain import Dotchain
from .ports import HOST, freePort
from .resolvers import Unbound
from .scripted import Asked, Scripted, answerTo, serverSide

PROHIBITED = 18


class Ports(NamedTuple):
    """dotchain's ports: clear text and TLS for example.org, a refusing front, and one out to clear text."""

    clear: int
    tls: int
    closed: int
    closedTls: int
    plain: int
    counted: int


def forwarder(ports: Ports, unbound: int, named: int, counting: int, credentials: Credentials) -> str:
    """The configuration."""
    files = credentials.files
    six = f"udp://[::1]:{ports.counted} tcp://[::1]:{ports.counted}" if hasIPv6() else ""
    return f"""
[front clear]
listen = udp://{HOST}:{ports.clear}
         tcp://{HOST}:{ports.clear}
chain  = home

[front dot]
listen      = tls://{HOST}:{ports.tls}
certificate = {files.certificate}
key         = {files.key}
chain       = home

[front closed]
listen = udp://{HOST}:{ports.closed} tcp://{HOST}:{ports.closed}
deny   = 127.0.0.0/8
chain  = home

[front closed-dot]
listen      = tls://{HOST}:{ports.closedTls}
certificate = {files.certificate}
key         = {files.key}
deny        = 127.0.0.1
allow       = 127.0.0.0/8
chain       = home

[front plain]
listen = udp://{HOST}:{ports.plain} tcp://{HOST}:{ports.plain}
chain  = plain

[front counted]
listen = udp://{HOST}:{ports.counted} {six}
chain  = counted

[chain home]
path = cache coalesce out

[chain plain]
path = cache coalesce named

[chain counted]
path = cache coalesce counting

[stage cache]
size = 16M

[upstream out]
address = tls://{HOST}:{unbound}
name    = {NAME}
ca-file = {credentials.trusted}

[upstream named]
address = udp://{HOST}:{named} tcp://{HOST}:{named}

[upstream counting]
address    = tls://{HOST}:{counting}
pin-sha256 = {credentials.server.pin}
"""


def hasIPv6() -> bool:
    """The loopback interface has ::1."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as one:
        try:
            one.bind(("::1", 0))
        except OSError:
            return False
    return True


def slowly(asked: Asked) -> None:
    """The script of a server that needs half a second."""
    asked.later(0.5, answerTo(asked.query))


@pytest.fixture(scope="module")
def counting(credentials: Credentials) -> Iterator[Scripted]:
    """An upstream that remembers what it was asked."""
    with Scripted(serverSide(credentials.files), slowly) as server:
        yield server


@pytest.fixture(scope="module")
def ports(folder: Path, credentials: Credentials, counting: Scripted) -> Iterator[Ports]:
    """A forwarder out to Unbound over TLS, to BIND in clear text, and to a server that counts."""
    with Unbound(folder / "unbound", credentials.files) as unbound, Named(folder / "named") as named:
        ports = Ports(*(freePort() for _ in Ports._fields))
        text = forwarder(ports, unbound.port, named.port, counting.port, credentials)
        with Dotchain(folder / "dotchain", text):
            yield ports


def test_everyTransport(ports: Ports, credentials: Credentials) -> None:
    """UDP, TCP and TLS fronts share one chain."""
    assert texts(overUdp(ports.clear, "foo.example.org")) == ["192.0.2.1"]
    assert texts(overTcp(ports.clear, "foo.example.org", "AAAA")) == ["2001:db8::1"]
    assert texts(overTls(ports.tls, "foo.example.org", trusted=credentials.trusted)) == ["192.0.2.1"]


def test_plainUpstream(ports: Ports) -> None:
    """A chain may lead to a nameserver in clear text; a truncated answer is fetched over TCP."""
    assert texts(overUdp(ports.plain, "foo.example.org")) == ["192.0.2.1"]
    assert len(texts(overTcp(ports.plain, "big.example.org", "TXT"))[0]) > 3000


def test_ipv6(ports: Ports) -> None:
    """The fronts listen on ::1 as well."""
    if not hasIPv6():
        pytest.skip("the loopback interface has no ::1")
    for ask in (dns.query.udp, dns.query.tcp):
        answer = ask(query("six.example.org"), "::1", timeout=6, port=ports.counted)
        assert texts(answer) == ["192.0.2.1"]


def test_negative(ports: Ports) -> None:
    """NXDOMAIN from the cache is the same NXDOMAIN with its SOA (RFC 2308 section 5)."""
    for _ in range(2):
        answer = overUdp(ports.clear, "gone.example.org")
        assert answer.rcode() == dns.rcode.NXDOMAIN
        assert [rrset.rdtype.name for rrset in answer.authority] == ["SOA"]


def test_ages(ports: Ports, counting: Scripted) -> None:
    """A cached answer's TTL goes down, and nobody is asked again (RFC 1035 section 4.1.3)."""
    first = overUdp(ports.counted, "ages.example.org").answer[0].ttl
    asked = len(counting.queries)
    time.sleep(2.1)
    second = overUdp(ports.counted, "AGES.example.org").answer[0].ttl
    assert 298 <= first <= 300
    assert second <= first - 2
    assert second >= first - 20
    assert len(counting.queries) == asked


def test_coalesces(ports: Ports, counting: Scripted) -> None:
    """Equal questions in flight are one question to the upstream; each client gets his own case."""
    before = len(counting.queries)
    names = ["same.example.org.", "SAME.example.org.", "sAmE.eXaMpLe.OrG."] * 4
    with ThreadPoolExecutor(len(names)) as pool:
        answers = list(pool.map(lambda name: overUdp(ports.counted, name), names))
    assert [answer.question[0].name.to_text() for answer in answers] == names
    assert all(texts(answer) == ["192.0.2.1"] for answer in answers)
    assert len(counting.queries) == before + 1


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_refused(transport: str, ports: Ports) -> None:
    """A client that a front denies gets REFUSED with EDE 18, Prohibited (RFC 8914 section 4.19)."""
    if transport == "tls":
        answer = overTls(ports.closedTls, "foo.example.org")
    else:
        ask = overUdp if transport == "udp" else overTcp
        answer = ask(ports.closed, "foo.example.org")
    assert answer.rcode() == dns.rcode.REFUSED
    assert texts(answer) == []
    assert errorCodes(answer) == [PROHIBITED]


def errorCodes(answer: dns.message.Message) -> list[int]:
    """The extended DNS errors of an answer."""
    return [int(option.code) for option in answer.options if isinstance(option, dns.edns.EDEOption)]
