"""One message to an upstream, and all that comes back for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IConsumer, IPushProducer
from twisted.python.failure import Failure
from zope.interface import implementer

from ...reason import phrase
from ...resolver import NoAnswer, ResolveError
from ...tls.alerts import lastWords
from ...wire import FormatError, framing
from ...wire.records import messageEnd
from ...wire.transfer import TransferProgress, asksForTransfer
from ..inflighttable import RandomIds
from ..oneconnection import OneConnection
from ..source import Source, connectFrom, inWordsFrom
from ..streams.peer import Peer
from .relayconnection import RelayConnection

if TYPE_CHECKING:
    from ...address import Address
    from ...tls.client import UpstreamIdentity

_ids = RandomIds()


class RelayView(Protocol):
    """
    What passes messages on, and holds the transactions.

    @ivar identity: whom the upstream must prove to be; None for clear text.
    @ivar timeout: seconds for connecting, and for the answer where there is only one.
    @ivar source: from where it is asked.
    @ivar open: the transactions that are under way.
    """

    # Seconds that a transfer may stand still.
    IDLE: float
    reactor: Any
    identity: UpstreamIdentity | None
    timeout: float
    source: Source | None
    open: set[RelayTransaction]


@implementer(IPushProducer)
class RelayTransaction(OneConnection):
    """
    One message, and the messages that come back for it.

    @ivar relay: what it belongs to.
    @ivar peer: who is at the address that is called on now.
    @ivar done: see L{IRelay.converse <dotchain.interfaces.IRelay.converse>}.
    """

    def __init__(
        self,
        relay: RelayView,
        message: bytes,
        consumer: IConsumer,
        addresses: list[Address],
        preface: bytes = b"",
        outside: bool = False,
    ) -> None:
        """
        @param preface: what each connection begins with.
        @param outside: that stands in front of TLS, not inside.
        @raise FormatError: where the message asks for a transfer in a way that makes no sense.
        """
        self.done: Deferred[None] = Deferred(lambda _: self.end(ResolveError("given up")))
        self.relay = relay
        self._message = message
        self._preface = preface
        self._outside = outside
        self._consumer = consumer
        self._addresses = addresses
        self._progress = TransferProgress(message) if asksForTransfer(message) else None
        self._number = _ids.next()
        self._connection: RelayConnection | None = None
        self._timer: Any = None
        self._over = False
        self.peer: Peer

    def dial(self, error: ResolveError) -> None:
        """
        Call on the next address.

        @param error: what to fail with where none is left.
        """
        self._stopTimer()
        if not self._addresses:
            self.end(error)
            return
        address, *self._addresses = self._addresses
        relay = self.relay
        self._connection = None
        self.peer = Peer(relay.identity, address)
        self._timer = relay.reactor.callLater(relay.timeout, self._late)
        factory = self.peer.dress(self, self._preface if self._outside else b"")
        self.connector = connectFrom(relay.source, relay.reactor, address, factory)

    def buildProtocol(self, addr: IAddress | None) -> RelayConnection:
        """See L{ClientFactory}."""
        self._connection = RelayConnection(self, self.relay.reactor)
        return self._connection

    def clientConnectionFailed(self, connector: Any, reason: Failure) -> None:
        """See L{ClientFactory}."""
        OneConnection.clientConnectionFailed(self, connector, reason)
        if not self._over:
            late = f"nobody there within {self.relay.timeout:g} s"
            why = inWordsFrom(self.relay.source, reason) if self._timer.active() else late
            self.dial(ResolveError(phrase("connection failed: {}", why)))

    def ready(self, connection: RelayConnection) -> None:
        """The way is open, and leads to whom it must: send."""
        self._restart()
        self._consumer.registerProducer(self, True)
        inside = b"" if self._outside and self.peer.encrypted else self._preface
        connection.write(inside + framing.frame(self._number + self._message[2:]))

    def unfit(self, connection: RelayConnection, reason: str) -> None:
        """Nothing was sent, and nothing can be, on this connection."""
        if connection is self._connection and not self._over:
            self._connection = None
            connection.abort()
            self.dial(ResolveError(reason))

    def heard(self, messages: list[bytes]) -> None:
        """Messages have come back."""
        if messages:
            self._restart()
        for message in messages:
            if self._over:
                return
            last = self._ends(message)
            self._consumer.write(message[: messageEnd(message)])
            if last and not self._over:
                self.end(None)

    def _ends(self, message: bytes) -> bool:
        """
        Whether a message is the last one.

        @raise FormatError: where it does not belong to the request.
        """
        opcode = self._message[2] & 0x78
        if message[:2] != self._number or message[2] & 0xF8 != 0x80 | opcode:
            raise FormatError("a message that belongs to nothing")
        return self._progress is None or self._progress.ends(message)

    def lost(self, connection: RelayConnection, reason: Failure, sent: bool) -> None:
        """The connection has ended."""
        if connection is not self._connection or self._over:
            return
        if sent:
            text = "connection closed before the end of the answer"
            alert = lastWords(reason)
            self.end(ResolveError(f"{text}: {alert}" if alert else text))
        else:
            self._connection = None
            self.dial(ResolveError(self.peer.explain(connection.transport, reason)[1]))

    def _late(self) -> None:
        if self._connection is not None and self._connection.sent:
            self.end(NoAnswer("no answer, or nobody who takes it"))
        elif self._connection is not None:
            self.unfit(self._connection, "TLS handshake takes too long")
        else:
            self.connector.disconnect()

    def _restart(self) -> None:
        """Something went on: wait from now."""
        self._stopTimer()
        relay = self.relay
        wait = relay.timeout if self._progress is None else relay.IDLE
        self._timer = relay.reactor.callLater(wait, self._late)

    def _stopTimer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def end(self, error: ResolveError | None) -> None:
        """Over, well or not."""
        if self._over:
            return
        self._over = True
        self._stopTimer()
        self.relay.open.discard(self)
        connection, self._connection = self._connection, None
        if connection is not None and error is None:
            self.peer.remember(connection.transport)
            connection.close()
        elif connection is not None:
            connection.abort()
        elif self.connector is not None:
            self.connector.disconnect()
        if connection is not None and connection.sent:
            self._consumer.unregisterProducer()
        if error is None:
            self.done.callback(None)
        else:
            self.done.errback(error)

    def pauseProducing(self) -> None:
        """See L{IPushProducer}: the consumer has no room."""
        if self._connection is not None:
            self._connection.flow(False)

    def resumeProducing(self) -> None:
        """See L{IPushProducer}."""
        if self._connection is not None and not self._over:
            self._connection.flow(True)

    def stopProducing(self) -> None:
        """See L{IPushProducer}: nobody wants the rest."""
        self.end(ResolveError("given up"))
