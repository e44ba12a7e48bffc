"""Datagrams behind PROXY headers, and datagrams whose clients' ports are told to upstreams."""

from __future__ import annotations

import socket
from typing import Any

from ...client import Origin
from ...wire.proxyheader import ProxyHeader
from ..introductions import Introductions
from .batches import Batches


class IntroducedBatches(Batches):
    """
    The datagrams of a socket as those would see it to whom each client sends himself.

    A front without balancers has none of this in its way. Who sent a datagram is a L{ProxyHeader} here,
    with ports only where they count; the response goes to the balancer, without a header (dnsdist and all
    others want it so).
    """

    def __init__(self, io: Batches, introductions: Introductions, bound: tuple[str, int]) -> None:
        """
        @param io: the socket as it is.
        @param bound: the address and the port that it is bound to.
        """
        super().__init__()
        self._io = io
        self._introductions = introductions
        self._bound = bound
        # Of the last batch: ID, source and place in the batch of the socket.
        self._batch: list[tuple[bytes, ProxyHeader, int]] = []

    def receive(self) -> tuple[list[bytes], list[Any]]:
        """See L{Batches.receive}; what has no header that it must have, or one that it must not, is gone."""
        io = self._io
        rests: list[bytes] = []
        self._batch = []
        for index, (rest, source) in enumerate(zip(*io.receive(), strict=True)):
            found = self._introduced(index, io.id(index) + rest, io.text(source))
            if found is not None:
                header, message = found
                self._batch.append((message[:2], header, index))
                rests.append(message[2:])
        return rests, [header for _, header, _ in self._batch]

    def _introduced(self, index: int, octets: bytes, sender: str) -> tuple[ProxyHeader, bytes] | None:
        """Who asks, and what; None for what is thrown away."""
        introductions = self._introductions
        if introductions.demands(sender):
            read = introductions.read(octets)
            if read is None:
                return None
            header, end = read
            if header.source:
                # Ports are none of a client's key where they don't count.
                known = header if introductions.origins else header._replace(port=0, local="", localPort=0)
                return known, octets[end:]
            octets = octets[end:]
        elif introductions.forbidden(octets):
            return None
        if not introductions.origins:
            return ProxyHeader(sender), octets
        host, port = self._bound
        return ProxyHeader(sender, self._io.port(index), self._io.asked(index) or host, port), octets

    def text(self, source: Any) -> str:
        """See L{Batches.text}."""
        return str(source.source)

    def packed(self, source: Any) -> bytes:
        """See L{Batches.packed}."""
        address = self.text(source).partition("%")[0]
        return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)

    def origin(self, source: Any) -> Origin | None:
        """See L{Batches.origin}."""
        if not self._introductions.origins:
            return None
        return Origin(source.port, source.local, source.localPort)

    def names(self, source: Any) -> tuple[str, str]:
        """See L{Batches.names}."""
        return source.sni, source.identity

    def port(self, index: int) -> int:
        """See L{Batches.port}: of what the response is sent to."""
        return self._io.port(self._batch[index][2])

    def id(self, index: int) -> bytes:
        """See L{Batches.id}."""
        return self._batch[index][0]

    def asked(self, index: int) -> str:
        """See L{Batches.asked}."""
        return self._io.asked(self._batch[index][2])

    def peer(self, index: int) -> Any:
        """See L{Batches.peer}: two clients of one balancer are two, whatever IDs they have drawn."""
        number, header, place = self._batch[index]
        return self._io.peerAs(place, number), header

    def peerAs(self, index: int, number: bytes) -> Any:
        """See L{Batches.peerAs}."""
        _, header, place = self._batch[index]
        return self._io.peerAs(place, number), header

    def prepare(self, tail: bytes) -> bytes:
        """See L{Batches.prepare}."""
        return tail

    def reply(self, index: int, ready: Any) -> None:
        """See L{Batches.reply}."""
        number, _, place = self._batch[index]
        self._io.replyTo(self._io.peerAs(place, number), ready)

    def replyTo(self, peer: Any, tail: bytes) -> None:
        """See L{Batches.replyTo}."""
        self._io.replyTo(peer[0], tail)

    def flush(self) -> None:
        """See L{Batches.flush}."""
        self._io.flush()
        self.sendErrors = self._io.sendErrors
