"""One attempt at a connection: TCP, and TLS on it, within one time limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import IAddress, IConnector
from twisted.internet.protocol import ClientFactory
from twisted.python.failure import Failure

from .pipeline import Pipeline

if TYPE_CHECKING:
    from .pool import Pool


class Dial(ClientFactory):
    """One attempt at a connection, with one time limit for TCP and TLS together."""

    noisy = False

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._connector: Any = None
        self.pipeline: Pipeline | None = None
        self._timer = pool.around.reactor.callLater(pool.around.patience, self._expired)

    def start(self) -> None:
        """Dial."""
        pool = self._pool
        reactor = pool.around.reactor
        factory = pool.peer.dress(self, reactor)
        self._connector = reactor.connectTCP(pool.address.host, pool.address.port, factory)

    def buildProtocol(self, addr: IAddress | None) -> Pipeline:
        """See L{ClientFactory}."""
        self.pipeline = Pipeline(self._pool)
        return self.pipeline

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """See L{ClientFactory}."""
        if self._timer.active():
            self._pool.dialFailed(f"connection failed: {reason.getErrorMessage()}")

    def _expired(self) -> None:
        seconds = self._pool.around.patience
        phase = "TLS handshake" if self.pipeline is not None else "TCP connection"
        self._pool.dialFailed(f"{phase} not done in {seconds:g} s")

    def done(self) -> None:
        """The attempt is over."""
        if self._timer.active():
            self._timer.cancel()

    def abandon(self) -> None:
        """Close whatever there is of it."""
        if self.pipeline is not None:
            self.pipeline.abort()
        elif self._connector is not None:
            self._connector.disconnect()
