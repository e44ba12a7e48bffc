"""The same octets read by us and by others: OpenSSL, dnspython, proxy-protocol."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from struct import error as StructError
from tempfile import TemporaryDirectory
from typing import Any

import dns.exception
import dns.message
from OpenSSL import SSL
from proxyprotocol.result import ProxyResultIPv4, ProxyResultIPv6
from proxyprotocol.v2 import ProxyProtocolV2

from dotchain.tls.alpnoffer import alpnOffer
from dotchain.tls.helloreader import UnreadableHello
from dotchain.tls.servername import serverName
from dotchain.wire import FormatError, Query
from dotchain.wire.proxyheader import parse
from tests.tls.certificates import make

from ..target import Target
from . import messages, streams


def _question(octets: bytes) -> None:
    """Where dnspython reads what we take for a query, it reads the same question and the same OPT record."""
    try:
        ours, theirs = Query(octets), dns.message.from_wire(octets, keyring=False)
    except (FormatError, dns.exception.DNSException, ValueError):
        return
    (question,) = theirs.question
    name = question.name.to_wire() or b""
    assert ours.question == name + question.rdtype.to_bytes(2, "big") + question.rdclass.to_bytes(2, "big")
    assert (ours.edns is not None) == (theirs.edns >= 0)
    assert ours.edns is None or ours.edns.do == bool(theirs.ednsflags & 0x8000)


class _Named:
    """
    What OpenSSL finds in a ClientHello.

    @ivar name: the server name.
    @ivar protocols: what is offered by ALPN, where OpenSSL gets so far.
    """

    def __init__(self) -> None:
        self._context = SSL.Context(SSL.TLS_SERVER_METHOD)
        with TemporaryDirectory() as folder:
            certificate, key = make().write(Path(folder))
            self._context.use_certificate_chain_file(certificate)
            self._context.use_privatekey_file(key)
        self._context.set_tlsext_servername_callback(self._take)
        self._context.set_alpn_select_callback(self._choose)
        self.name: bytes | None = None
        self.protocols: list[bytes] | None = None

    def _choose(self, _: SSL.Connection, offered: list[bytes]) -> Any:
        self.protocols = offered
        return SSL.NO_OVERLAPPING_PROTOCOLS

    def _take(self, connection: SSL.Connection) -> None:
        self.name = connection.get_servername()

    def read(self, octets: bytes) -> None:
        self.name = self.protocols = None
        connection = SSL.Connection(self._context)
        connection.set_accept_state()
        connection.bio_write(octets)
        with suppress(SSL.Error):
            connection.do_handshake()


_OPENSSL = _Named()


def _serverName(octets: bytes) -> None:
    """Where OpenSSL finds a server name or an offer of protocols in a ClientHello, we find the same."""
    # pyOpenSSL takes no octets at all for an error.
    _OPENSSL.read(octets or b"\0")
    try:
        body = streams.readHello(octets)
        offered = None if body is None else alpnOffer(body)
    except UnreadableHello:
        return
    if body is None:
        return
    if _OPENSSL.name is not None:
        assert serverName(body) in ("", _OPENSSL.name.decode("ascii", "replace").lower().rstrip("."))
    if _OPENSSL.protocols is not None:
        assert offered == _OPENSSL.protocols


def _header(octets: bytes) -> None:
    """Where proxy-protocol finds a client's address in what we take for a header, we find the same."""
    try:
        ours, end = parse(octets)
        theirs = ProxyProtocolV2().unpack(octets[:end])
    except (FormatError, ValueError, StructError):
        # The other one has no word of its own for TLVs that are cut off.
        return
    if isinstance(theirs, (ProxyResultIPv4, ProxyResultIPv6)) and ours.source:
        (source, port), (local, localPort) = theirs.source, theirs.dest
        found = ip_address(ours.source), ours.port, ip_address(ours.local), ours.localPort
        assert found == (source, port, local, localPort)


TARGETS = (
    Target("question", _question, messages.TARGETS[0].seeds),
    Target("servername", _serverName, tuple(streams.TARGETS[0].corpus())),
    Target("header", _header, streams.TARGETS[1].seeds),
)
