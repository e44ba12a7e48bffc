"""A DNS-over-TLS server that does as a test's script says, and remembers every octet it received."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import dns.exception
import dns.message
import dns.rrset

from .certificates import Files
from .ports import HOST, freePort
from .serving import Serving


class Asked(NamedTuple):
    """
    A query that came, and the way back to whoever asked.

    @ivar send: sends one message on the connection that the query came on.
    @ivar call: calls a function after so many seconds.
    @ivar close: ends that connection.
    @ivar connection: its number, from 1 up.
    """

    query: dns.message.Message
    send: Callable[[dns.message.Message], None]
    call: Callable[..., object]
    close: Callable[[], None]
    connection: int

    @property
    def label(self) -> str:
        """The first label of the name asked for."""
        return self.query.question[0].name.labels[0].decode()

    def later(self, seconds: float, answer: dns.message.Message) -> None:
        """Send one message after so many seconds."""
        self.call(seconds, self.send, answer)


Script = Callable[[Asked], None]


def serverSide(files: Files) -> ssl.SSLContext:
    """A TLS server's side with this certificate."""
    side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    side.load_cert_chain(files.certificate, files.key)
    side.set_alpn_protocols(["dot"])
    return side


def answerTo(query: dns.message.Message, address: str = "192.0.2.1", ttl: int = 300) -> dns.message.Message:
    """One A record for whatever name was asked."""
    answer = dns.message.make_response(query)
    answer.answer.append(dns.rrset.from_text(query.question[0].name, ttl, "IN", "A", address))
    return answer


def plainly(asked: Asked) -> None:
    """The script of a server that behaves."""
    asked.send(answerTo(asked.query))


class Scripted(Serving):
    """
    The server.

    The script runs in the thread's event loop for every query; it may send at once or
    later, none or several answers.

    @ivar received: all octets that came, decrypted, over all connections.
    @ivar queries: all queries that came whole.
    @ivar connections: how many connections completed their handshake.
    @ivar protocols: the ALPN protocol of each connection.
    """

    def __init__(
        self,
        side: ssl.SSLContext | None,
        script: Script = plainly,
        port: int | None = None,
        host: str = HOST,
    ) -> None:
        super().__init__(port or freePort(), host, side)
        self.received = b""
        self.queries: list[dns.message.Message] = []
        self.connections = 0
        self.protocols: list[str | None] = []
        self.script = script

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        tls = writer.get_extra_info("ssl_object")
        self.protocols.append(tls.selected_alpn_protocol() if tls else None)
        unread, number = b"", self.connections
        while octets := await reader.read(65536):
            self.received += octets
            unread = self._take(unread + octets, writer, number)

    def _take(self, octets: bytes, writer: asyncio.StreamWriter, number: int) -> bytes:
        """Hand whole messages to the script; what is left waits for more octets."""
        while len(octets) >= 2:
            size = 2 + int.from_bytes(octets[:2], "big")
            if len(octets) < size:
                break
            message, octets = octets[2:size], octets[size:]
            try:
                query = dns.message.from_wire(message)
            except dns.exception.DNSException:
                continue  # a TLS greeting where clear text is spoken; it is in C{received}
            self.queries.append(query)
            send = partial(self._send, writer)
            self.script(Asked(query, send, self._loop.call_later, writer.close, number))
        return octets

    def _send(self, writer: asyncio.StreamWriter, answer: dns.message.Message) -> None:
        wire = answer.to_wire(max_size=65535)
        if writer in self._writers:
            writer.write(len(wire).to_bytes(2, "big") + wire)
