"""The server that leaves some names unanswered."""

from __future__ import annotations

import dns.flags
import dns.message
import pytest

from measure.bench.daemons.silent import SilentServer, response

from ....interop.asking import overTls, query, texts
from ....interop.certificates import NAME, authority, leaf
from ....interop.dot import DotConnection
from ....interop.ports import HOST


def answered(asked: dns.message.Message) -> dns.message.Message:
    """The response to a query, which must be one to it."""
    wire = response(asked.to_wire())
    assert wire is not None
    answer = dns.message.from_wire(wire)
    assert asked.is_response(answer)
    return answer


def test_address() -> None:
    """An address for any name, with EDNS where that was in the query."""
    answer = answered(query("u0-1.example.org"))
    assert texts(answer) == ["192.0.2.1"]
    assert answer.edns == 0
    assert answer.flags & dns.flags.RA
    assert answered(dns.message.make_query("foo.example.org", "A")).edns == -1


@pytest.mark.parametrize("type", ["SOA", "AAAA", "HTTPS"])
def test_noData(type: str) -> None:
    """Nothing of other types; that is what a daemon's readiness is told by."""
    answer = answered(query("example.org", type))
    assert (answer.rcode(), answer.answer) == (0, [])


@pytest.mark.parametrize("name", ["silent1.example.org", "SiLenT0-4.example.org"])
def test_silent(name: str) -> None:
    """Some names have no answer, in whatever case a forwarder asks for them."""
    assert response(query(name).to_wire()) is None


def test_overTls(tmp_path_factory: pytest.TempPathFactory) -> None:
    """On one connection the others are answered all the same, by who the certificate says."""
    folder = tmp_path_factory.mktemp("silent")
    ca = authority()
    credentials = leaf(ca, names=[NAME], addresses=[HOST]).write(folder, "dns")
    with SilentServer(folder / "server", credentials) as server:
        assert texts(overTls(server.tlsPort, "foo.example.org", trusted=ca.write(folder, "ca").certificate))
        with DotConnection(server.tlsPort) as connection:
            names = ["silent0.example.org", "foo.example.org", "silent1.example.org", "bar.example.org"]
            asked = [query(name) for name in names]
            connection.send(*asked)
            ids = [connection.receive().id for _ in range(2)]
    assert ids == [asked[1].id, asked[3].id]
