"""Queries and answers in dnstap's form (https://dnstap.info), by the packages fstrm and dnstap-pb."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ... import __version__
from ...networktable import packed
from ...wire import Answer, Hop, render
from ...wire.codes import QR, RD
from ...wire.edns import errorOption
from ...wire.edns import record as opt

if TYPE_CHECKING:
    from ...address import Address
    from ...wire import Query

CONTENT = b"protobuf:dnstap.Dnstap"
"""What frames carry, as it is said in the handshake."""

_PROTOCOLS = {"udp": 1, "tcp": 2, "tls": 3}
_CLIENT, _FORWARDER = 5, 7
_RESPONSE = 1
_STREAM = Hop(stream=True)
_DATAGRAM = Hop()


class Encoder:
    """
    Makes frames.

    @ivar newCodec: makes what makes and reads frames, control frames among them, of one stream.
    """

    def __init__(self, identity: str) -> None:
        """
        @param identity: of this server.
        @raise ImportError: where a package is not installed.
        """
        self.newCodec: Callable[[], Any] = import_module("fstrm").FstrmCodec
        self._codec = self.newCodec()
        self._dnstap: Any = import_module("dnstap_pb").Dnstap
        self._identity = identity.encode()

    def client(self, query: Query, askedAt: float, answer: Answer | None = None, at: float = 0.0) -> bytes:
        """
        CLIENT_QUERY, or with an answer CLIENT_RESPONSE.

        @param askedAt: seconds since 1970, and so all times here.
        """
        who = query.client
        made, message = self._begun(_CLIENT, who.transport, askedAt)
        octets = packed(who.address)
        if octets is not None:
            message.query_address = octets
            message.socket_family = 1 if len(octets) == 4 else 2
        if answer is None:
            message.query_message = query.wire
        else:
            hop = _DATAGRAM if who.transport == "udp" else _STREAM
            self._answer(message, query.wire[:2] + render(query, answer, hop), at)
        return self._frame(made)

    def forwarder(
        self,
        query: Query,
        address: Address | None,
        askedAt: float,
        answer: Answer | None = None,
        at: float = 0.0,
    ) -> bytes:
        """
        FORWARDER_QUERY, or with an answer FORWARDER_RESPONSE.

        @param address: where it was sent, if that is known.
        """
        made, message = self._begun(_FORWARDER, "" if address is None else address.transport, askedAt)
        octets = None if address is None else packed(address.host)
        if address is not None and octets is not None:
            message.response_address = octets
            message.response_port = address.port
            message.socket_family = 1 if len(octets) == 4 else 2
        if answer is None:
            message.query_message = query.wire
        else:
            self._answer(message, _octets(query, answer), at)
        return self._frame(made)

    def _begun(self, kind: int, transport: str, askedAt: float) -> tuple[Any, Any]:
        made = self._dnstap()
        made.type = 1
        made.identity = self._identity
        made.version = f"dotchain {__version__}".encode()
        message = made.message
        message.type = kind
        if transport in _PROTOCOLS:
            message.socket_protocol = _PROTOCOLS[transport]
        message.query_time_sec, message.query_time_nsec = _split(askedAt)
        return made, message

    def _answer(self, message: Any, octets: bytes, at: float) -> None:
        message.type += _RESPONSE
        message.response_time_sec, message.response_time_nsec = _split(at)
        message.response_message = octets

    def _frame(self, made: Any) -> bytes:
        frame: bytes = self._codec.encode_data(made.SerializeToString())
        return frame


def _split(at: float) -> tuple[int, int]:
    """Seconds and nanoseconds."""
    second = int(at)
    return second, int((at - second) * 1_000_000_000)


def _octets(query: Query, answer: Answer) -> bytes:
    """An answer as an upstream said it, but for the hop's own: ID and OPT."""
    if answer.verbatim is not None:
        return answer.verbatim
    extra = b""
    if answer.errors or answer.rcode > 15:
        options = b"".join([errorOption(code, text) for code, text in answer.errors])
        extra = opt(False, answer.rcode >> 4, options)
    flags = QR | query.flags & RD | answer.flags | answer.rcode & 15
    additional = int.from_bytes(answer.counts[4:], "big") + bool(extra)
    counts = b"\0\1" + answer.counts[:4] + additional.to_bytes(2, "big")
    return b"".join((query.wire[:2], flags.to_bytes(2, "big"), counts, query.question, answer.body, extra))
