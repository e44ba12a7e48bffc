"""How much a server sends over UDP to whom a forger has named: octets of answers for one of the query."""

from __future__ import annotations

import select
import socket
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import dns.message

from ..bench.site import Site, deaf
from .attacks.dialling import datagrams
from .subjects import Behind, Make
from .upstream import LARGE, LargeLocal

# Seconds in which an answer, and whatever comes after it, comes.
_WAIT = 1.0


def questions() -> dict[str, bytes]:
    """Those whose answers are the largest, by what is asked; an OPT record is of use to the forger."""
    made = {
        "ANY": dns.message.make_query(LARGE, "ANY"),
        "ANY, EDNS 65535": dns.message.make_query(LARGE, "ANY", use_edns=0, payload=65535),
        "TXT": dns.message.make_query(LARGE, "TXT"),
        "TXT, EDNS 1232": dns.message.make_query(LARGE, "TXT", use_edns=0, payload=1232),
        "TXT, EDNS 4096": dns.message.make_query(LARGE, "TXT", use_edns=0, payload=4096),
        "DNSKEY, DO, EDNS 4096": dns.message.make_query(LARGE, "DNSKEY", want_dnssec=True, payload=4096),
        "A": dns.message.make_query("n0.example.org", "A"),
        "version.bind CH TXT": dns.message.make_query("version.bind", "TXT", "CH"),
    }
    return {name: query.to_wire() for name, query in made.items()}


def amplified(port: int, wire: bytes) -> float:
    """Octets that come for each octet of a query, in all datagrams together, as a client without a cookie."""
    with datagrams(port) as sock:
        # Once more, so that what is asked for is in the cache.
        for _ in range(2):
            sock.send(wire)
            got = _heard(sock)
    return got / len(wire)


def _heard(sock: socket.socket) -> int:
    got = 0
    # Who answers nothing at all is not waited for longer than who answers and then says more.
    while select.select([sock], [], [], _WAIT if not got else 0.1)[0]:
        got += len(sock.recv(65535))
    return got


def amplification(make: Make, compiled: Path | None = None) -> dict[str, float]:
    """
    What a server makes of each question; nothing, where it has no UDP.

    @param compiled: where dotchain is compiled.
    """
    with TemporaryDirectory(prefix="dotchain-hostile-") as folder, ExitStack() as stack:
        site = Site(Path(folder), stack, compiled=compiled)
        server = stack.enter_context(deaf(LargeLocal(site.place("server"), site.credentials, site.room)))
        subject = make(site, Behind(server.port, server.tlsPort))
        if not subject.plain:
            return {}
        stack.enter_context(deaf(subject.daemon))
        return {name: amplified(subject.plain, wire) for name, wire in questions().items()}
