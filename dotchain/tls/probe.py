"""Looking at what a live server presents, without believing any of it."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import NamedTuple

from cryptography import x509
from OpenSSL import SSL

from .certificates import clean, whole
from .client import UpstreamIdentity
from .errors import AuthenticationError
from .pins import pinOf, provenChain
from .verify import role


class Shown(NamedTuple):
    """
    One certificate that a server sent.

    @ivar role: C{leaf}, C{issuer} where signatures prove it, or C{sent along}.
    @ivar certificate: itself.
    @ivar pin: its SPKI pin, 32 octets.
    """

    role: str
    certificate: x509.Certificate
    pin: bytes


def probe(host: str, port: int, name: str | None = None, limit: float = 5.0) -> list[Shown]:
    """
    Every certificate that a server sends, in its order. Nothing is verified.

    @param name: the server name to ask for (SNI); by default the host, unless it is an
        IP address.
    @param limit: how long it may take, in seconds, looking up the host's address aside.
    @raise AuthenticationError: where no handshake comes about, or a certificate can't be read; says why.
    @raise OSError: where no connection does.
    @raise ValueError: where the name can't be one.
    """
    identity = UpstreamIdentity(name or host, profile="opportunistic")
    connection = identity.connection("")
    end = time.monotonic() + limit
    with socket.create_connection((host, port), timeout=limit) as wire:
        try:
            _shakeHands(connection, wire, end)
        except SSL.Error as error:
            text = identity.explain(error, connection)
            raise AuthenticationError(f"no TLS handshake: {text}") from None
    return _shown(connection)


def _shakeHands(connection: SSL.Connection, wire: socket.socket, end: float) -> None:
    done = False
    while not done:
        try:
            connection.do_handshake()
            done = True
        except SSL.WantReadError:
            pass
        finally:
            _flush(connection, wire)
        if not done:
            wire.settimeout(max(0.001, end - time.monotonic()))
            octets = wire.recv(16384)
            connection.bio_write(octets) if octets else connection.bio_shutdown()


def _flush(connection: SSL.Connection, wire: socket.socket) -> None:
    with suppress(SSL.WantReadError):
        wire.sendall(connection.bio_read(65536))


def _shown(connection: SSL.Connection) -> list[Shown]:
    try:
        sent = [whole(one.to_cryptography) for one in connection.get_peer_cert_chain() or ()]
    except ValueError as error:
        raise AuthenticationError(f"it sends a certificate that can't be read: {clean(str(error))}") from None
    proven = provenChain(sent)
    return [Shown(role(place, one, proven), one, pinOf(one)) for place, one in enumerate(sent)]
