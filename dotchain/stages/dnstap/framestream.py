"""One connection to a program that reads frames (Frame Streams, bidirectional)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure
from zope.interface import implementer

from .messages import CONTENT

_ACCEPT, _STOP, _FINISH = 1, 3, 5
# Octets that a reader may say at a time: it has nothing to say but that it accepts and that it has finished.
_MOST = 4096


@implementer(IPushProducer)
class FrameStream(Protocol):
    """
    One connection: we are ready, it accepts, we start; we stop, it finishes.

    @ivar ready: frames may be written.
    """

    transport: Any

    def __init__(
        self, codec: Any, accepted: Callable[[FrameStream], None], caughtUp: Callable[[], None]
    ) -> None:
        """
        @param codec: of this connection alone.
        @param accepted: called once frames may be written.
        @param caughtUp: called when they may be again.
        """
        self.ready = False
        self._tellAccepted = accepted
        self._tellCaughtUp = caughtUp
        self._codec = codec
        self._stopping: Deferred[None] | None = None
        self._accepted = False

    def connectionMade(self) -> None:
        """Say what we have."""
        self.transport.registerProducer(self, True)
        self.transport.write(self._codec.encode_ctrlready(CONTENT))

    def dataReceived(self, data: bytes) -> None:
        """Take what the reader says; one that makes no sense is given up."""
        codec = self._codec
        codec.append(data)
        try:
            while codec.process():
                self._said(*codec.decode()[:2])
        except Exception:
            self.transport.loseConnection()
        if len(codec.buf) > _MOST:
            self.transport.loseConnection()

    def _said(self, control: int, contents: list[bytes]) -> None:
        if control == _ACCEPT and not self._accepted and CONTENT in (contents or [CONTENT]):
            self._accepted = self.ready = True
            self.transport.write(self._codec.encode_ctrlstart(CONTENT))
            self._tellAccepted(self)
        else:
            # It has finished, be it that it was to, or speaks of something else.
            self.transport.loseConnection()

    def send(self, frames: bytes) -> None:
        """Frames, as many as there are."""
        self.transport.write(frames)

    def stop(self) -> Deferred[None]:
        """
        Say that this was all.

        @return: fires when the connection has ended.
        """
        self._stopping = Deferred()
        if self._accepted:
            self.transport.write(self._codec.encode(_STOP))
        else:
            self.transport.loseConnection()
        return self._stopping

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        """See L{Protocol.connectionLost}."""
        self.ready = False
        if self._stopping is not None:
            self._stopping.callback(None)

    def pauseProducing(self) -> None:
        """The reader is slow."""
        self.ready = False

    def resumeProducing(self) -> None:
        """It has caught up."""
        if self._accepted:
            self.ready = True
            self._tellCaughtUp()

    def stopProducing(self) -> None:
        """The connection ends."""
        self.ready = False
