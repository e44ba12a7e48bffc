"""C{python -m measure.bench.transports}: what the server's side of TLS costs a small message, by library.

One client and one server in memory, no sockets. The server echoes framed messages; its time
alone counts, from the octets of a read to the octets to send. The client is the same for all.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from typing import Protocol as Interface

from OpenSSL import SSL
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.ssl import DefaultOpenSSLContextFactory
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.tls import TLSMemoryBIOFactory

from dotchain.tls.serverchannel import ServerChannel
from tests.interop.asking import anyone
from tests.interop.certificates import Files, leaf

MESSAGE = b"\x00\x2c" + bytes(44)
"""A query for a short name with an empty OPT record, framed (RFC 1035 section 4.2.2)."""

BATCHES = (1, 10, 100)
"""Messages in one read."""

_MESSAGES = 20_000
_REPEATS = 5
_RECORD = 16384


class Server(Interface):
    """A server's side."""

    def turn(self, octets: bytes) -> bytes:
        """Take what one read of the socket brought; give all that is to be sent."""
        ...


def echo(octets: bytes) -> bytes:
    """Take whole messages apart, as a front does, and put them together again, in one piece."""
    found, start = [], 0
    while start < len(octets):
        end = start + 2 + int.from_bytes(octets[start : start + 2], "big")
        found.append(octets[start:end])
        start = end
    return b"".join(found)


class Echo(Protocol):
    """The same behind one of Twisted's transports."""

    def dataReceived(self, data: bytes) -> None:
        """Answer in one write."""
        assert self.transport is not None
        self.transport.write(echo(data))


class TwistedServer:
    """
    Twisted's own TLS transport.

    It sends small writes at the end of the reactor's turn, which is the clock's advance here.
    """

    def __init__(self, files: Files) -> None:
        self._clock = Clock()
        credentials = DefaultOpenSSLContextFactory(str(files.key), str(files.certificate), SSL.TLS_METHOD)
        echoes = Factory.forProtocol(Echo)
        factory = TLSMemoryBIOFactory(credentials, isClient=False, wrappedFactory=echoes, clock=self._clock)
        self._protocol = factory.buildProtocol(None)
        self._transport = StringTransport()
        self._protocol.makeConnection(self._transport)

    def turn(self, octets: bytes) -> bytes:
        """One read, one turn of the reactor."""
        self._protocol.dataReceived(octets)
        self._clock.advance(0)
        sent: bytes = self._transport.value()
        self._transport.clear()
        return sent


class PyOpenSSLServer:
    """pyOpenSSL over a memory BIO: the end of what can be read is an exception."""

    def __init__(self, files: Files) -> None:
        side = SSL.Context(SSL.TLS_SERVER_METHOD)
        side.use_certificate_chain_file(str(files.certificate))
        side.use_privatekey_file(str(files.key))
        self._tls = SSL.Connection(side, None)
        self._tls.set_accept_state()
        self._open = False

    def turn(self, octets: bytes) -> bytes:
        """Handshake first, then messages."""
        tls = self._tls
        tls.bio_write(octets)
        if not self._open:
            try:
                tls.do_handshake()
            except SSL.WantReadError:
                return self._taken()
            self._open = True
        parts = []
        try:
            while True:
                parts.append(tls.recv(_RECORD))
        except SSL.WantReadError:
            pass
        if parts:
            tls.send(echo(b"".join(parts)))
        return self._taken()

    def _taken(self) -> bytes:
        try:
            return self._tls.bio_read(1 << 18)
        except SSL.WantReadError:
            return b""


class StdlibServer:
    """The stdlib's SSLObject over memory BIOs, as dotchain's fronts have it."""

    def __init__(self, files: Files) -> None:
        side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        side.load_cert_chain(files.certificate, files.key)
        self._channel = ServerChannel(side)

    def turn(self, octets: bytes) -> bytes:
        """Handshake first, then messages."""
        plain = self._channel.feed(octets)
        return self._channel.seal(echo(plain)) if plain else self._channel.take()


class Client:
    """The other side, whose time doesn't count."""

    def __init__(self, server: Server) -> None:
        """Shake hands."""
        self._server = server
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = anyone().wrap_bio(self._incoming, self._outgoing)
        for _ in range(4):
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._incoming.write(server.turn(self._outgoing.read()))
        self._incoming.write(server.turn(self._outgoing.read()))

    def timed(self, messages: bytes) -> int:
        """
        Send messages in one go and read their echo.

        @return: nanoseconds that the server took.
        """
        self._tls.write(messages)
        octets = self._outgoing.read()
        begin = perf_counter_ns()
        reply = self._server.turn(octets)
        took = perf_counter_ns() - begin
        self._incoming.write(reply)
        assert self._received(len(messages)) == messages, "the echo differs"
        return took

    def _received(self, length: int) -> bytes:
        got = b""
        while len(got) < length:
            got += self._tls.read(_RECORD)
        return got


SERVERS: dict[str, Callable[[Files], Server]] = {
    "Twisted's TLS": TwistedServer,
    "pyOpenSSL memory BIO": PyOpenSSLServer,
    "stdlib SSLObject": StdlibServer,
}


def cost(client: Client, batch: int, reads: int) -> float:
    """Microseconds a message, the mean over some reads with so many messages each."""
    messages = MESSAGE * batch
    return sum(client.timed(messages) for _ in range(reads)) / reads / batch / 1000


def main() -> None:
    """Measure in turns, and print the least of each, which other work on the machine disturbs least."""
    with TemporaryDirectory() as folder:
        files = leaf(None).write(Path(folder), "echo")
        clients = {label: Client(kind(files)) for label, kind in SERVERS.items()}
        bundled = SSL.SSLeay_version(SSL.SSLEAY_VERSION).decode().split()[1]
        sys.stdout.write(f"OpenSSL: {ssl.OPENSSL_VERSION.split()[1]} of the stdlib, {bundled} of pyOpenSSL\n")
        sys.stdout.write(f"{'µs a message (ratio), by messages a read':42}")
        sys.stdout.write("".join(f"{batch:>16}" for batch in BATCHES) + "\n")
        columns = [_column(clients, batch) for batch in BATCHES]
    for label in SERVERS:
        figures = (f"{one[label]:9.2f} ({one[label] / one['stdlib SSLObject']:.2f})" for one in columns)
        sys.stdout.write(f"{label:42}" + "".join(f"{figure:>16}" for figure in figures) + "\n")


def _column(clients: dict[str, Client], batch: int) -> dict[str, float]:
    reads = _MESSAGES // _REPEATS // batch
    rounds = [
        {label: cost(client, batch, reads) for label, client in clients.items()} for _ in range(_REPEATS)
    ]
    return {label: min(one[label] for one in rounds) for label in clients}


if __name__ == "__main__":
    main()
