"""Tests of frames to a socket."""

from __future__ import annotations

from typing import Any

from twisted.internet.error import ConnectError, ConnectionDone
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.dnstap.framestream import FrameStream
from dotchain.stages.dnstap.messages import CONTENT, Encoder
from dotchain.stages.dnstap.sender import Sender
from dotchain.testing import makeQuery

from .reading import FSTRM, frames

READY, ACCEPT, START, STOP, FINISH = 4, 1, 2, 3, 5


class SenderTests(SynchronousTestCase):
    """What a reader is told, and what becomes of frames where there is none."""

    def setUp(self) -> None:
        """A sender that has begun to connect, and a frame for it."""
        self.clock = MemoryReactorClock()
        self.told: list[tuple[str, int]] = []
        encoder = Encoder("ns1")
        self.frame = encoder.client(makeQuery(), 0.0)
        tell = lambda *told: self.told.append(told)  # noqa: E731
        self.sender = Sender(self.clock, "/run/tap", encoder.newCodec, tell)
        self.sender.jitter = 0
        self.sender.start()
        self.codec: Any = FSTRM.FstrmCodec()

    def connect(self) -> FrameStream:
        """The reader takes the connection."""
        stream = self.sender.buildProtocol(None)
        self.transport = StringTransport()
        stream.makeConnection(self.transport)
        return stream

    def accept(self, contents: tuple[bytes, ...] = (CONTENT,)) -> FrameStream:
        """It accepts, too."""
        stream = self.connect()
        stream.dataReceived(self.codec.encode(ACCEPT, list(contents)))
        return stream

    def controls(self) -> list[int]:
        """What it has got by now, 0 for frames with data."""
        return [control for control, _ in frames(self.transport.value())]

    def test_handshake(self) -> None:
        """We are ready, it accepts, we start, with the content that it is about."""
        self.connect()
        self.assertEqual(self.clock.unixClients[0][0], "/run/tap")
        self.assertEqual(frames(self.transport.value()), [(READY, [CONTENT])])
        self.accept()
        self.assertEqual(frames(self.transport.value()), [(READY, [CONTENT]), (START, [CONTENT])])

    def test_pieces(self) -> None:
        """What it says may come in pieces."""
        stream = self.connect()
        for octet in self.codec.encode(ACCEPT, [CONTENT]):
            stream.dataReceived(bytes((octet,)))
        self.assertEqual(self.controls(), [READY, START])

    def test_frames(self) -> None:
        """Frames of a moment leave together, those from before the connection first."""
        self.sender.add(self.frame)
        self.accept()
        self.assertEqual(self.controls(), [READY, START, 0])
        self.sender.add(self.frame)
        self.sender.add(self.frame)
        self.assertEqual(self.controls(), [READY, START, 0])
        self.clock.advance(Sender.WAIT)
        self.assertEqual(self.controls(), [READY, START, 0, 0, 0])
        self.assertEqual((self.sender.written, self.clock.getDelayedCalls()), (3, []))

    def test_otherContent(self) -> None:
        """A reader of something else gets nothing."""
        self.accept((b"other",))
        self.assertEqual(self.controls(), [READY])
        self.assertTrue(self.transport.disconnecting)

    def test_nonsense(self) -> None:
        """One that makes no sense is given up."""
        for said in (b"\0\0\0\0\0\0\0\2xx", b"\0\0\0\5hello", b"\0\0\0\0\0\1\0\0" + bytes(5000)):
            self.connect().dataReceived(said)
            self.assertTrue(self.transport.disconnecting, said[:12])

    def test_slow(self) -> None:
        """While it is slow frames wait, as many as there is room for; the others are dropped and counted."""
        stream = self.accept()
        stream.pauseProducing()
        for _ in range(3):
            self.sender.add(bytes(Sender.ROOM // 2))
        self.clock.advance(Sender.WAIT)
        self.assertEqual((self.sender.written, self.sender.dropped), (0, 1))
        stream.resumeProducing()
        self.assertEqual(self.sender.written, 2)

    def test_away(self) -> None:
        """Where nobody listens it is tried again, ever less often; it is told once, and so is the end."""
        connector = self.clock.connectors[0]
        for attempts in range(1, 6):
            self.sender.clientConnectionFailed(connector, Failure(ConnectError()))
            self.assertEqual(self.sender.retries, attempts)
            (call,) = self.clock.getDelayedCalls()
            self.assertLessEqual(call.getTime() - self.clock.seconds(), Sender.maxDelay)
            self.clock.advance(Sender.maxDelay)
        self.accept()
        self.assertEqual([bool(why) for why, _ in self.told], [True, False])
        self.assertEqual(self.sender.retries, 0)

    def test_lost(self) -> None:
        """Where it goes away frames wait for the next connection."""
        stream = self.accept()
        gone = Failure(ConnectionDone())
        stream.connectionLost(gone)
        self.sender.clientConnectionLost(self.clock.connectors[0], gone)
        self.sender.add(self.frame)
        self.clock.advance(Sender.WAIT)
        self.assertEqual(self.sender.written, 0)
        self.accept()
        self.assertEqual(self.controls(), [READY, START, 0])

    def test_stop(self) -> None:
        """At the end what is left leaves, then that it was all; the reader says that it has it."""
        stream = self.accept()
        self.sender.add(self.frame)
        stopped = self.sender.stop()
        self.assertEqual(self.controls(), [READY, START, 0, STOP])
        self.assertNoResult(stopped)
        stream.dataReceived(self.codec.encode(FINISH))
        self.assertTrue(self.transport.disconnecting)
        stream.connectionLost(Failure(ConnectionDone()))
        self.successResultOf(stopped)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_stopSilent(self) -> None:
        """A reader that never says so is left after a second."""
        stream = self.accept()
        self.sender.stop()
        self.clock.advance(Sender.PATIENCE)
        self.assertTrue(self.transport.disconnected)
        stream.connectionLost(Failure(ConnectionDone()))

    def test_stopAway(self) -> None:
        """Without a reader there is nothing to wait for."""
        self.sender.clientConnectionFailed(self.clock.connectors[0], Failure(ConnectError()))
        self.successResultOf(self.sender.stop())
        self.assertEqual(self.clock.getDelayedCalls(), [])
