"""Frames on their way to a program that reads them at a UNIX socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.protocol import ReconnectingClientFactory
from twisted.python.failure import Failure

from ...reason import inWords
from .framestream import FrameStream


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
        return FrameStream(self._codec(), self.accepted, self.flush)

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
