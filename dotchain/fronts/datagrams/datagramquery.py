"""A query in a datagram that has no answer yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...node import Later
from ...wire import Answer, Hop, Query
from ..waitingquery import WaitingQuery

if TYPE_CHECKING:
    from .port import DatagramPort


class DatagramQuery(WaitingQuery):
    """One that knows where its answer goes."""

    __slots__ = ("_hop", "_peer", "_port")

    def __init__(self, port: DatagramPort, query: Query, asked: Later, peer: Any, hop: Hop) -> None:
        """
        @param peer: who asks.
        @param hop: how he is to be answered.
        """
        self.responder = port.responder
        self.query = query
        self.waited = asked
        self._port = port
        self._peer = peer
        self._hop = hop

    def respond(self, answer: Answer) -> None:
        """See L{WaitingQuery.respond}."""
        self._port.answered(self.query, answer, self._peer, self._hop)
