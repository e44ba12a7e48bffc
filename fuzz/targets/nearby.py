"""What browsers, clients and programs on this host say: requests to the site, cookies, answers to verbs."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from struct import error as StructError
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.protocol import connectionDone
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure

from dotchain.commands import controlclient
from dotchain.control.verbs import run
from dotchain.fronts.datagrams.cookies import Cookies
from dotchain.stages.dnstap.framestream import FrameStream
from dotchain.upstreams import netlink
from dotchain.web.asking import Asking
from dotchain.web.root import root
from dotchain.web.site import WebSite
from dotchain.wire import FormatError, Query
from tests.wire.vectors import header, opt, query

from ..silence import silent
from ..target import Target
from . import kept

_PLACE = Path("/run/dotchain/s")
_CODES = (b"200", b"400", b"403", b"404", b"405", b"413", b"501", b"505")


@cache
def _site() -> WebSite:
    clock: Any = MemoryReactorClock()
    running = kept.running()
    return WebSite(root(Asking(lambda line: run(running, line), clock.seconds)), clock)


@silent
def _web(octets: bytes) -> None:
    """A request is answered or refused, in whatever pieces it comes."""
    transport: Any = StringTransport(peerAddress=IPv4Address("TCP", "127.0.0.1", 4711))
    transport.abortConnection = transport.loseConnection
    channel = _site().buildProtocol(None)
    assert channel is not None
    channel.makeConnection(transport)
    for piece in (octets[: len(octets) // 2], octets[len(octets) // 2 :]):
        if not transport.disconnecting:
            channel.dataReceived(piece)
    channel.connectionLost(Failure(connectionDone.value))
    said = transport.value()
    assert not said or (said[:9] in (b"HTTP/1.0 ", b"HTTP/1.1 ") and said[9:12] in _CODES), said[:40]
    assert b"Traceback" not in said


_HERE = bytes((192, 0, 2, 1))
_SECOND = 1_800_000_000


def _cookie(octets: bytes) -> None:
    """A cookie is taken, or another one told; only what we have made proves an address."""
    for required in (False, True):
        cookies = Cookies(required, seed=b"fuzz", now=lambda: _SECOND)
        told = cookies.alone(octets, _HERE)
        assert told is None or told[:2] == octets[:2]
        with suppress(FormatError):
            hop, refused = cookies.meet(Query(octets), _HERE)
            assert len(hop.cookie) in (0, 28)
            assert required or refused is None


def _reply(octets: bytes) -> None:
    """What listens at the control socket says what it has, or is none of ours."""
    with suppress(controlclient.ControlClientError):
        json.dumps(controlclient._result(_PLACE, octets))


@silent
def _frames(octets: bytes) -> None:
    """A reader of dnstap takes frames, or is given up."""
    transport = StringTransport()
    stream = FrameStream(import_module("fstrm").FstrmCodec(), lambda _: None, lambda: None)
    stream.makeConnection(transport)  # type: ignore[no-untyped-call]
    for piece in (octets[: len(octets) // 2], octets[len(octets) // 2 :]):
        if not transport.disconnecting:
            stream.dataReceived(piece)


def _route(octets: bytes) -> None:
    """The kernel tells a route, or none."""
    with suppress(StructError):
        netlink._read(octets)


_CLIENT = (10, b"clientck")
_WHOLE = (10, b"clientck\1\0\0\0" + _SECOND.to_bytes(4, "big") + bytes(8))
_ACCEPT = b"\0\0\0\0\0\0\0\x22\0\0\0\1\0\0\0\1\0\0\0\x16protobuf:dnstap.Dnstap"
_FINISH = b"\0\0\0\0\0\0\0\4\0\0\0\5"
_ROUTE = bytes(16) + bytes(12) + b"\x08\0\x05\0\xc0\0\2\1" + b"\5\0\7\0a\0\0\0"

TARGETS = (
    Target(
        "web",
        _web,
        (
            b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"GET /api/stats HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n",
            b"HEAD /metrics?x=%41 HTTP/1.1\r\nHost: [::1]:80\r\nAccept: text/plain;q=0.5\r\n\r\n",
            b"POST /health HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
        ),
    ),
    Target(
        "cookie",
        _cookie,
        (
            query(opt(_CLIENT)),
            query(opt(_WHOLE)),
            header(0x0100, 0, 0, 0, 1) + opt(_CLIENT),
            header(0x0100, 0, 0, 0, 1) + opt(_WHOLE),
        ),
        message=True,
    ),
    Target("reply", _reply, (b'{"result": {"a": 1}}\n', b'{"error": "no \\u001b[31m"}\n')),
    Target("tapped", _frames, (_ACCEPT, _ACCEPT + _FINISH)),
    Target("route", _route, (_ROUTE,)),
)
