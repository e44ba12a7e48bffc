"""Frames to a program that reads them at a UNIX socket (Frame Streams, bidirectional)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import Protocol, ReconnectingClientFactory
from twisted.python.failure import Failure
from zope.interface import implementer

from ...reason import inWords
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

    def __init__(self, sender: Sender, codec: Any) -> None:
        """@param codec: of this connection alone."""
        self.ready = False
        self._sender = sender
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
            self._sender.accepted(self)
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
            self._sender.flush()

    def stopProducing(self) -> None:
        """The connection ends."""
        self.ready = False


class Sender(ReconnectingClientFactory):
    """
    Keeps a connection to the reader, and frames for it as long as it is slow or away, for which there is
    room.

    @ivar written: frames that were given to a connection.
    @ivar dropped: frames for which there was no room.
    """

    noisy = False
    # Seconds: between attempts at the most, that frames wait for others, that an attempt or the end may take.
    maxDelay = 30
    WAIT = 0.1
    PATIENCE = 1.0
    # Octets that wait at the most, and that go at once.
    ROOM = 4 << 20
    BATCH = 1 << 16

    def __init__(
        self, reactor: Any, path: str, codec: Callable[[], Any], tell: Callable[[str, int], None]
    ) -> None:
        """
        @param codec: makes what makes and reads frames.
        @param tell: see L{Spool<dotchain.stages.spool.Spool>}.
        """
        self.written = self.dropped = 0
        self.clock = self._reactor = reactor
        self._path = path
        self._codec = codec
        self._tell = tell
        self._frames: list[bytes] = []
        self._octets = 0
        self._stream: FrameStream | None = None
        self._connector: Any = None
        self._call: Any = None
        self._away = False

    def start(self) -> None:
        """Connect, and again whenever that ends."""
        self._connector = self._reactor.connectUNIX(self._path, self, timeout=self.PATIENCE)

    def buildProtocol(self, address: object) -> FrameStream:
        """See L{ReconnectingClientFactory.buildProtocol}."""
        return FrameStream(self, self._codec())

    def accepted(self, stream: FrameStream) -> None:
        """A reader is there."""
        self.resetDelay()  # type: ignore[no-untyped-call]
        self._stream = stream
        self._report("")
        self.flush()

    def add(self, frame: bytes) -> None:
        """Have a frame sent."""
        if self._octets + len(frame) > self.ROOM:
            self.dropped += 1
            return
        self._frames.append(frame)
        self._octets += len(frame)
        if self._octets >= self.BATCH:
            self.flush()
        elif self._call is None:
            self._call = self._reactor.callLater(self.WAIT, self.flush)

    def flush(self) -> None:
        """Give what there is to the connection, if that takes any."""
        call, self._call = self._call, None
        if call is not None and call.active():
            call.cancel()
        if self._stream is not None and self._stream.ready and self._frames:
            frames, self._frames, self._octets = self._frames, [], 0
            self.written += len(frames)
            self._stream.send(b"".join(frames))

    def clientConnectionFailed(self, connector: Any, reason: Failure) -> None:
        """See L{ReconnectingClientFactory.clientConnectionFailed}."""
        self._report(inWords(reason))
        ReconnectingClientFactory.clientConnectionFailed(self, connector, reason)

    def clientConnectionLost(self, connector: Any, unused_reason: Failure) -> None:
        """See L{ReconnectingClientFactory.clientConnectionLost}."""
        self._stream = None
        if self.continueTrying:
            self._report(inWords(unused_reason))
        ReconnectingClientFactory.clientConnectionLost(self, connector, unused_reason)

    def _report(self, why: str) -> None:
        """Tell that the reader is away, or back, once each."""
        if bool(why) != self._away:
            self._away = bool(why)
            self._tell(why, self.dropped)

    def stop(self) -> Deferred[None]:
        """
        Send what is left, and say that it was all.

        @return: fires when the reader has said that it has all, and after a second at the latest.
        """
        self.stopTrying()  # type: ignore[no-untyped-call]
        self.flush()
        stream = self._stream
        if stream is None:
            if self._connector is not None:
                self._connector.disconnect()
            return succeed(None)
        limit = self._reactor.callLater(self.PATIENCE, stream.transport.abortConnection)
        return stream.stop().addCallback(lambda _: limit.cancel() if limit.active() else None)
