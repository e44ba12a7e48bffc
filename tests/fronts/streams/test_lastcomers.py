"""The end of a port, and those who have just come."""

from __future__ import annotations

from typing import NoReturn

from dotchain.testing import Scripted

from .peers import SecurePeer
from .portcase import ANSWER, StreamCase, bothTransports, framed


def _fails(_into: object) -> NoReturn:
    raise ZeroDivisionError


@bothTransports
class LastComersTests(StreamCase):
    """Who is on his way to ask when the port stops."""

    def test_handshake(self) -> None:
        """One whose handshake or first query is still to come gets its answer, and is closed in order."""
        for later in (False, True):
            self.serve(chain := Scripted(ANSWER, later=later))
            peer = self.approach()
            self.port.stop()
            self.assertTrue(self.listener.closed)
            peer.say(framed(1))
            self.pass_(0.5)
            chain.fireAll() if later else None
            self.run_()
            self.assertEqual((peer.ids, peer.ended, peer.reset), ([1], True, False))
            self.assertTrue(self.port.quiet)

    def test_waiting(self) -> None:
        """One that nobody has accepted yet is, and asks."""
        self.serve(Scripted(ANSWER))
        waiting = self.dial()
        self.port.stop()
        waiting.say(framed(1))
        self.pass_(0.5)
        self.assertEqual((waiting.ids, waiting.ended), ([1], True))

    def test_silent(self) -> None:
        """Who does not ask within a second is closed, and nothing is left that waits for him."""
        self.serve(Scripted(ANSWER))
        silent, stalled = self.connect(), self.approach()
        if isinstance(stalled, SecurePeer):
            stalled.hello()
        self.port.stop()
        self.pass_(0.75)
        self.assertFalse(silent.eof or stalled.eof)
        self.pass_(0.5)
        self.assertTrue(silent.ended and stalled.eof and self.port.quiet)
        self.port.close()
        self.assertEqual((self.loop.watched, self.loop.getDelayedCalls()), (set(), []))

    def test_arrived(self) -> None:
        """A query that has come by the end, but was not read yet, is answered."""
        self.serve(Scripted(ANSWER))
        peer = self.connect()
        peer.say(framed(1))
        self.run_()
        peer.say(framed(2))
        self.port.stop()
        self.run_()
        self.assertEqual((peer.ids, peer.ended, peer.reset), ([1, 2], True, False))

    def test_raising(self) -> None:
        """A connection that raises at the end is cut; the others are ended as they should be."""
        self.serve(Scripted(ANSWER))
        broken, fine = self.connect(), self.connect()
        for peer in (broken, fine):
            peer.say(framed(1))
        self.run_()
        broken.say(framed(2))
        fine.say(framed(2))
        self.patch(self.accepted[0], "recv_into", _fails)
        self.port.stop()
        self.run_()
        self.assertEqual((broken.ids, fine.ids, fine.ended, self.port.quiet), ([1], [1, 2], True, True))
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
