"""The same nameserver for scripts that read and write messages with dnspython."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import NamedTuple

import dns.exception
import dns.message
import dns.rrset

from . import asked as raw
from .ports import HOST
from .server import Server, serverSide

__all__ = ["Asked", "Script", "Scripted", "answerTo", "plainly", "serverSide"]


class Asked(NamedTuple):
    """
    A query that came, and the way back to whoever asked.

    @ivar raw: the same as octets.
    """

    query: dns.message.Message
    raw: raw.Asked

    @property
    def connection(self) -> int:
        """The number of its connection, from 1 up."""
        return self.raw.connection

    @property
    def label(self) -> str:
        """The first label of the name asked for."""
        return self.query.question[0].name.labels[0].decode()

    def send(self, answer: dns.message.Message) -> None:
        """Send one message on the connection that the query came on."""
        self.later(0.0, answer)

    def later(self, seconds: float, answer: dns.message.Message) -> None:
        """Send one message after so many seconds."""
        self.raw.send(answer.to_wire(max_size=65535), seconds)

    def call(self, seconds: float, what: Callable[..., object], *arguments: object) -> None:
        """Call a function after so many seconds."""
        self.raw.call(seconds, what, *arguments)

    def close(self) -> None:
        """End that connection."""
        self.raw.close()


Script = Callable[[Asked], None]


def answerTo(query: dns.message.Message, address: str = "192.0.2.1", ttl: int = 300) -> dns.message.Message:
    """One A record for whatever name was asked."""
    answer = dns.message.make_response(query)
    answer.answer.append(dns.rrset.from_text(query.question[0].name, ttl, "IN", "A", address))
    return answer


def plainly(asked: Asked) -> None:
    """The script of a server that behaves."""
    asked.send(answerTo(asked.query))


class Scripted(Server):
    """
    The server.

    @ivar queries: all queries that came whole.
    @ivar answers: what it does with them.
    """

    def __init__(
        self,
        side: ssl.SSLContext | None,
        script: Script = plainly,
        port: int | None = None,
        host: str = HOST,
    ) -> None:
        super().__init__(self._read, side, port=port, host=host)
        self.queries: list[dns.message.Message] = []
        self.answers = script

    @property
    def protocols(self) -> list[str | None]:
        """The ALPN protocol of each connection."""
        return [connection.protocol for connection in self.met]

    def _read(self, asked: raw.Asked) -> None:
        try:
            query = dns.message.from_wire(asked.wire)
        except dns.exception.DNSException:
            return  # a TLS greeting where clear text is spoken; it is in C{received}
        self.queries.append(query)
        self.answers(Asked(query, asked))
