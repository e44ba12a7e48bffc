"""Zone transfers of a client, among the responses on his connection."""

from __future__ import annotations

import socket
from abc import abstractmethod
from typing import TYPE_CHECKING

from ...tls.channel import Channel
from ...wire import Query, framing
from ...wire.codes import EDE_NOT_SUPPORTED
from ..relaypolicy import RelayPolicy
from .outgoingtransfer import OutgoingTransfer
from .transport import Transport

if TYPE_CHECKING:
    from .port import StreamPort
    from .streamquery import StreamQuery


class TransferTransport(Transport):
    """
    A transport by which zone transfers leave, too: a stream of messages for each (RFC 5936).

    @ivar inFlight: queries taken whose response is not yet written, those for transfers among them.
    """

    __slots__ = ("_outgoing", "inFlight")

    def __init__(self, port: StreamPort, sock: socket.socket, channel: Channel) -> None:
        super().__init__(port, sock, channel)
        self._outgoing: list[OutgoingTransfer] = []
        self.inFlight = 0

    @abstractmethod
    def _stay(self) -> None:
        """Be idle from now on, and no sooner."""

    @abstractmethod
    def _leave(self, response: bytes | StreamQuery) -> None:
        """Send a response with the others of this turn."""

    def _transfer(self, query: Query) -> bytes | None:
        """
        Begin a zone transfer, or say why not.

        @raise FormatError: where the request makes no sense.
        """
        if not self._channel.forTransfers:
            why = "a zone transfer over TLS needs TLS 1.3 and ALPN dot (RFC 9103)"
            answer = query.refuse(EDE_NOT_SUPPORTED, why)
            return self._port.responder.render(query, answer, self._port.hop)
        OutgoingTransfer(self, query).start()
        return None

    def _resume(self) -> None:
        """Go on with those that wait for the client, where he has taken all that was sent."""
        if not self._unsent:
            for transfer in list(self._outgoing):
                transfer.resume()

    @property
    def relayPolicy(self) -> RelayPolicy:
        """What is passed on besides questions."""
        return self._port.responder.relayPolicy

    @property
    def clogged(self) -> bool:
        """Whether the client does not take what is sent."""
        return self._lost or len(self._unsent) > self.HIGH_WATER

    def begin(self, transfer: OutgoingTransfer) -> None:
        """A transfer is under way."""
        self.inFlight += 1
        self._outgoing.append(transfer)

    def carry(self, message: bytes) -> None:
        """Send a message of a transfer."""
        self._stay()
        self._seal(framing.frame(message))

    def end(self, transfer: OutgoingTransfer, error: BaseException | None) -> None:
        """
        A transfer is over.

        What is cut off must not look whole: behind it the connection is closed, as soon as
        what else was asked is answered (RFC 5936 section 2.2).
        """
        if transfer in self._outgoing:
            self._outgoing.remove(transfer)
        self.inFlight -= 1
        if self._lost:
            return
        if error is not None and not transfer.begun:
            responder, query = self._port.responder, transfer.query
            tail = responder.render(query, responder.failed(error), self._port.hop)
            self._leave(framing.frame(query.wire[:2] + tail))
        else:
            self._stay()
            if error is not None:
                self._port.responder.failed(error)
                self.drain()
            self._proceed()

    def abort(self) -> None:
        """See L{Transport.abort}; nobody wants the rest of his transfers."""
        super().abort()
        for transfer in list(self._outgoing):
            transfer.stop()
