"""The nameserver that counts what it is asked."""

from __future__ import annotations

import socket

import dns.message
import pytest

from simulate.plan import Plan
from simulate.upstream import Upstream, answer, nameOf


@pytest.mark.parametrize("edns", [0, False])
def test_answer(edns: int | bool) -> None:
    """An address with the TTL that the plan gives the name, to queries with EDNS and without."""
    plan = Plan(ttls=(60, 3600))
    for number in range(8):
        query = dns.message.make_query(nameOf(plan, number), "A", use_edns=edns)
        found = dns.message.from_wire(answer(query.to_wire()))
        assert query.is_response(found)
        (record,) = found.answer
        assert (record.ttl, record[0].to_text()) == (plan.ttl(number), "192.0.2.1")


def test_ttls() -> None:
    """TTLs are each as often as the others, whatever the rank."""
    plan = Plan(ttls=(1, 2, 3))
    for ranks in (range(300), range(300_000, 300_300)):
        found = [plan.ttl(name) for name in ranks]
        assert all(80 < found.count(ttl) < 120 for ttl in plan.ttls)


def test_counted() -> None:
    """Of what comes, names of the trace count, and others have no answer."""
    with Upstream() as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(10)
        link.connect(("127.0.0.1", server.port))
        link.send(dns.message.make_query("other.example", "A").to_wire())
        link.send(dns.message.make_query(nameOf(Plan(), 1), "A").to_wire())
        assert dns.message.from_wire(link.recv(4096)).answer
        assert server.asked == 1
