"""A DNS-over-TLS client with its hands on the connection: pipelining, order, the certificate shown."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import dns.message
from cryptography import x509
from typing_extensions import Self

from .asking import anyone
from .certificates import NAME
from .connection import framed, nextMessage
from .ports import HOST


class DotConnection:
    """
    One connection until the C{with} block ends.

    @param trusted: the CA that must vouch for C{NAME}; without one anybody will do.
    """

    def __init__(self, port: int, trusted: Path | None = None, timeout: float = 8) -> None:
        side = ssl.create_default_context(cafile=str(trusted)) if trusted else anyone()
        side.set_alpn_protocols(["dot"])
        raw = socket.create_connection((HOST, port), timeout)
        try:
            self.tls = side.wrap_socket(raw, server_hostname=NAME)
        except BaseException:
            raw.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *why: object) -> None:
        self.tls.close()

    @property
    def serial(self) -> int:
        """The serial number of the certificate that the server showed."""
        shown = self.tls.getpeercert(binary_form=True)
        assert shown is not None
        return x509.load_der_x509_certificate(shown).serial_number

    def send(self, *queries: dns.message.Message) -> None:
        """All queries in one write."""
        self.tls.sendall(b"".join(framed(query.to_wire()) for query in queries))

    def receive(self) -> dns.message.Message:
        """The next answer."""
        return dns.message.from_wire(nextMessage(self.tls))

    def ask(self, query: dns.message.Message) -> dns.message.Message:
        """One answer to one query."""
        self.send(query)
        return self.receive()


def lastWords(port: int, *queries: dns.message.Message) -> list[dns.message.Message]:
    """Send queries, then close_notify and FIN; all answers that come before the server closes too."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = anyone().wrap_bio(incoming, outgoing, server_hostname=NAME)
    with socket.create_connection((HOST, port), 8) as raw:
        _step(raw, tls.do_handshake, incoming, outgoing)
        tls.write(b"".join(framed(query.to_wire()) for query in queries))
        with contextlib.suppress(ssl.SSLWantReadError):
            tls.unwrap()
        raw.sendall(outgoing.read())
        raw.shutdown(socket.SHUT_WR)
        while octets := raw.recv(65536):
            incoming.write(octets)
    octets = b""
    with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLZeroReturnError):
        while more := tls.read(65536):
            octets += more
    return _messages(octets)


def _step(
    raw: socket.socket, doing: Callable[[], object], incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO
) -> None:
    while True:
        try:
            doing()
        except ssl.SSLWantReadError:
            raw.sendall(outgoing.read())
            incoming.write(raw.recv(65536))
        else:
            raw.sendall(outgoing.read())
            return


def _messages(octets: bytes) -> list[dns.message.Message]:
    found = []
    while octets:
        end = 2 + int.from_bytes(octets[:2], "big")
        found.append(dns.message.from_wire(octets[2:end]))
        octets = octets[end:]
    return found
