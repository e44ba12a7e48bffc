"""One attempt at a connection: TCP, and TLS on it, within one time limit."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import IAddress, IConnector
from twisted.python.failure import Failure

from ...options import whole
from ...reason import phrase
from ..oneconnection import OneConnection
from ..source import connectFrom, inWordsFrom, socketOf
from .pipeline import Pipeline
from .pipelineprotocol import PipelineProtocol

if TYPE_CHECKING:
    from .pool import Pool


def segment(text: str) -> int:
    """Octets of a TCP segment, or 0; the least is what any way carries (RFC 9293 section 3.7.1)."""
    size = whole(text)
    if size and not 536 <= size <= 32767:
        raise ValueError(
            f"{text!r} is no size of a segment; 1220 suits nearly any way, 0 leaves it to the system"
        )
    return size


class Dial(OneConnection):
    """One attempt at a connection, with one time limit for TCP and TLS together."""

    # Milliseconds that sent octets may stay unacknowledged, where the system counts them:
    # it would give up a peer after 15 minutes.
    UNACKNOWLEDGED = 5000

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._timer: Any = None
        self._over = False
        self.pipeline: Pipeline | None = None

    def start(self) -> None:
        """Dial, as soon as the upstream has no more than one other connection in the making."""
        self._pool.common.dialLimit.enter(self._begin)

    def _begin(self) -> None:
        pool = self._pool
        if self._over:
            pool.common.dialLimit.leave()
            return
        reactor = pool.common.reactor
        pool.dials += 1
        self._timer = reactor.callLater(pool.common.patience, self._expired)
        factory = pool.peer.dress(self, pool.preface if pool.outside else b"")
        self.connector = connectFrom(pool.common.settings.source, reactor, pool.address, factory)
        self._tune()

    def _tune(self) -> None:
        """Set what holds from the first segment on: Twisted connects in the next turn."""
        handle = socketOf(self.connector)
        if handle is None:
            return
        segment = self._pool.common.settings.segment
        for option, value in (("TCP_USER_TIMEOUT", self.UNACKNOWLEDGED), ("TCP_MAXSEG", segment)):
            if value and hasattr(socket, option):
                handle.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)

    def buildProtocol(self, addr: IAddress | None) -> PipelineProtocol:
        """See L{ClientFactory}."""
        self.pipeline = Pipeline(self._pool)
        return PipelineProtocol(self.pipeline)

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """See L{ClientFactory}."""
        OneConnection.clientConnectionFailed(self, connector, reason)
        if not self._over:
            why = inWordsFrom(self._pool.common.settings.source, reason)
            self._pool.dialFailed("connect", phrase("connection failed: {}", why))

    def _expired(self) -> None:
        seconds = self._pool.common.patience
        phase, what = ("connect", "TCP connection") if self.pipeline is None else ("tls", "TLS handshake")
        self._pool.dialFailed(phase, f"{what} not done in {seconds:g} s")

    def done(self) -> None:
        """The attempt is over, and makes room for another one."""
        self._over = True
        if self._timer is not None:
            self._pool.common.dialLimit.leave()
            if self._timer.active():
                self._timer.cancel()

    def abandon(self) -> None:
        """Close whatever there is of it."""
        if self.pipeline is not None:
            self.pipeline.abort()
        elif self.connector is not None:
            self.connector.disconnect()
