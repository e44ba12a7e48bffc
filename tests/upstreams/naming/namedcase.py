"""Tests of upstreams by name, whose bootstrap servers are asked over TCP."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from dotchain.address import nameservers
from dotchain.upstreams.forward import Forward

from ..forwardcase import ForwardCase
from ..network import response

BOOTSTRAP = "192.0.2.53"
NAME = "dns.example.org"


class NamedCase(ForwardCase):
    """Tests with a name that L{known} says the addresses of."""

    def setUp(self) -> None:
        super().setUp()
        self.known: dict[int, str] = {1: "192.0.2.1"}
        self.ttl = 300

    def named(self, where: str = f"tcp://{NAME}", **options: Any) -> Forward:
        """An upstream, and its bootstrap server."""
        return self.make(where, bootstrap=nameservers(f"tcp://{BOOTSTRAP}"), **options)

    def bootstrap(self) -> list[bytes]:
        """Have the bootstrap server accept and answer; the questions that it was asked."""
        dial = self.to(BOOTSTRAP)[-1]
        if dial.state == "connecting":
            dial.accept()
        self.network.advance(0)
        assert dial.peer is not None
        asked = dial.peer.queries()
        dial.peer.reply(*[response(query, records=self.record(query)) for query in asked])
        self.network.advance(0)
        return [query[12 : query.index(b"\0", 12) + 3] for query in asked]

    def record(self, query: bytes) -> bytes:
        """The record that answers a query, or nothing."""
        kind = int.from_bytes(query[query.index(b"\0", 12) + 1 :][:2], "big")
        if kind not in self.known:
            return b""
        octets = ip_address(self.known[kind]).packed
        fixed = b"\xc0\x0c" + kind.to_bytes(2, "big") + b"\0\1" + self.ttl.to_bytes(4, "big")
        return fixed + len(octets).to_bytes(2, "big") + octets

    def refuse(self) -> None:
        """All that is being dialled refuses."""
        for each in list(self.network.attempts):
            if each.state == "connecting":
                each.refuse()
