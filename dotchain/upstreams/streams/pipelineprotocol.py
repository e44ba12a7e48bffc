"""What Twisted's transports call of a connection to an upstream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.interfaces import IHandshakeListener
from twisted.internet.protocol import Protocol, connectionDone
from zope.interface import implementer

if TYPE_CHECKING:
    from twisted.python.failure import Failure

    from .pipeline import Pipeline


@implementer(IHandshakeListener)
class PipelineProtocol(Protocol):
    """Hands everything on to a L{Pipeline}, which no class of Twisted's makes slow when it is compiled."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def connectionMade(self) -> None:
        """See L{Protocol}."""
        self._pipeline.connectionMade(self.transport)

    def handshakeCompleted(self) -> None:
        """See L{IHandshakeListener}."""
        self._pipeline.handshakeCompleted()

    def dataReceived(self, data: bytes) -> None:
        """See L{Protocol}."""
        self._pipeline.dataReceived(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """See L{Protocol}."""
        self._pipeline.connectionLost(reason)
