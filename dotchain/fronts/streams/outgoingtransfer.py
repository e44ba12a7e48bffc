"""A zone transfer on its way to a client."""

from __future__ import annotations

from typing import Any, Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IConsumer
from twisted.python.failure import Failure
from zope.interface import implementer

from ...wire import Query
from ..relaypolicy import RelayPolicy


class TransferConnection(Protocol):
    """The client's connection."""

    @property
    def relayPolicy(self) -> RelayPolicy:
        """What is passed on besides questions."""

    @property
    def clogged(self) -> bool:
        """Whether the client does not take what is sent."""

    def begin(self, transfer: OutgoingTransfer) -> None:
        """A transfer is under way."""

    def carry(self, message: bytes) -> None:
        """Send a message of a transfer."""

    def end(self, transfer: OutgoingTransfer, error: BaseException | None) -> None:
        """A transfer is over."""


@implementer(IConsumer)
class OutgoingTransfer:
    """
    Messages from the upstream to a client, no faster than he takes them.

    @ivar query: what he asked.
    @ivar begun: whether he has got any.
    """

    def __init__(self, connection: TransferConnection, query: Query) -> None:
        self.query = query
        self.begun = False
        self._connection = connection
        self._producer: Any = None
        self._paused = False
        self._done: Deferred[None] | None = None

    def start(self) -> None:
        """
        Begin.

        @raise FormatError: where the request makes no sense.
        """
        self._done = self._connection.relayPolicy.start(self.query, self)
        self._connection.begin(self)
        self._done.addCallbacks(self._ended, self._failed)

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        """See L{IConsumer}."""
        self._producer = producer

    def unregisterProducer(self) -> None:
        """See L{IConsumer}."""
        self._producer = None

    def write(self, data: bytes) -> None:
        """See L{IConsumer}: one message, which goes out under the client's ID (RFC 5936 section 2.2.1)."""
        self.begun = True
        self._connection.carry(self.query.wire[:2] + data[2:])
        if self._connection.clogged and self._producer is not None and not self._paused:
            self._paused = True
            self._producer.pauseProducing()

    def resume(self) -> None:
        """The client has taken all that there was."""
        if self._paused and self._producer is not None:
            self._paused = False
            self._producer.resumeProducing()

    def stop(self) -> None:
        """The client is gone."""
        if self._done is not None:
            self._done.cancel()

    def _ended(self, _: None) -> None:
        self._connection.end(self, None)

    def _failed(self, failure: Failure) -> None:
        self._connection.end(self, failure.value)
