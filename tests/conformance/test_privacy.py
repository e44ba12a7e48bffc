"""PR01 to PR03: what is told of clients, to whom; and that all of them are served alike."""

from __future__ import annotations

import itertools
import re
import secrets
import socket

import pytest

from ..interop.ports import HOST
from .client import PATIENCE
from .message import AD, CD, COOKIE, KEEPALIVE, PADDING, RD, TC, TXT, Message, eopt, lacking, optrr, query
from .replies import RIGHT
from .roles import DEAD, DENIED, EVERY, Way, through

CLIENT = "127.0.0.77"
"""An address that nobody else has."""

ODD = [65001, 65073, 65074, 20292, 26946]
"""Options by which some forwarders tell who asks."""


@through(EVERY)
def test_PR01(way: Way, token: str) -> None:
    """No name that was asked for, no client's address and no cookie is in a log (RFC 8932)."""
    cookie = secrets.token_bytes(8)
    labels = ("ok", "rc2", "rc5", "badowner", "wrongname", "tcdead", "size3000", "nx60")
    for label, entrance in (*itertools.product(labels, [""]), ("ok", DEAD), ("ok", DENIED)):
        wire = query(f"{label}.SeCreT{token}.t", opt=optrr(eopt(COOKIE, cookie)))
        ask(way, wire, entrance)
        ask(way, lacking(wire), entrance)
    assert way.role.daemon
    said = way.role.daemon.said()
    for words in (f"secret{token}", CLIENT, cookie.hex()):
        assert words not in said.lower()
    # Nor what all tests before this one have asked for.
    assert not re.search(r"\bt\d{4}x\b", said)


def ask(way: Way, wire: bytes, entrance: str) -> None:
    """Ask from the address."""
    if way.datagrams:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.bind((CLIENT, 0))
            one.settimeout(PATIENCE)
            one.sendto(wire, (HOST, way.port(entrance)))
            one.recv(65535)
        return
    with way.stream(entrance, CLIENT) as stream:
        stream.ask(wire)


def parts(got: Message) -> tuple[object, ...]:
    """What of a response no transport may change."""
    records = sorted((record.owner, record.type, record.data, record.section) for record in got.rest)
    return got.rcode, got.flags & ~TC, got.question, got.do, records


KINDS = [
    *("ok", "nx60", "nd60", "rc2", "rc5", "sec", "auth", "bogus"),
    *("rdata", "alias60", "why0", "size400", "more5"),
]


@pytest.mark.parametrize("role", ["F", "Fu"])
def test_PR02(role: str, ways: dict[str, Way], token: str) -> None:
    """Over UDP, TCP and TLS the answer is the same (RFC 8932)."""
    for label, flags, opt in itertools.product(
        KINDS, (RD, RD | CD, RD | AD, 0), (b"", optrr(), optrr(do=True))
    ):
        wire = query(f"{label}.{flags}.{token}.t", TXT if "size" in label else 1, flags=flags, opt=opt)
        ways[f"{role}-udp"].ask(wire)
        found = [parts(ways[f"{role}-{transport}"].ask(wire)) for transport in ("udp", "tcp", "tls")]
        assert found[0] == found[1] == found[2], (label, flags, opt)


@through(["A-udp", "A-tcp", "F-udp", "F-tls", "Fu-udp"])
def test_PR03(way: Way, token: str) -> None:
    """Whoever asks, and with whatever options: the upstream sees the same, on one connection."""
    shapes = (
        b"",
        optrr(),
        optrr(size=4096),
        optrr(*(eopt(code, secrets.token_bytes(8)) for code in ODD)),
        optrr(eopt(COOKIE, secrets.token_bytes(8)), eopt(PADDING, bytes(30)), eopt(KEEPALIVE)),
        optrr(eopt(8, b"\0\1\x20\0\xc0\0\2\1")),
    )
    for number, opt in enumerate(shapes):
        assert way.ask(query(f"ok.{number}.{token}.t", opt=opt)).answer == [RIGHT]
    seen, question = way.seen(token), Message(way.seen(token)[0].wire).question
    assert len(seen) == len(shapes)
    assert len({logged.wire[2:12] + logged.wire[12 + len(question) :] for logged in seen}) == 1
    assert len({logged.connection for logged in seen}) == 1
