"""Back-pressure and closing."""

from __future__ import annotations

import errno
import socket
from typing import Any

from dotchain.testing import Scripted

from .peers import Peer
from .portcase import ANSWER, StreamCase, bothTransports, everyWay, framed, sized


@everyWay
class SlowReaderTests(StreamCase):
    """Clients that ask and don't read."""

    def test_readNoMore(self) -> None:
        """A client that does not read is read no more, holds little memory, and loses nothing (FR11)."""
        self.serve(chain := self.scripted(sized(4000)))
        peer, other = self.connect(), self.connect()
        peer.deaf = True
        for start in range(0, 2000, 10):
            peer.say(framed(*range(start, start + 10)))
            self.settle(chain)
        (connection, _) = self.port.connections
        self.assertNotIn(connection, self.loop.readers)
        self.assertLess(len(connection._unsent), connection.HIGH_WATER + 20 * 4100 + 4096)
        self.assertLess(len(chain.asked), 300)
        other.say(framed(1))
        self.settle(chain)
        self.assertEqual(other.ids, [1])
        peer.deaf = False
        self.settle(chain)
        self.assertEqual(peer.ids, list(range(2000)))
        self.assertIn(connection, self.loop.readers)

    def test_bigAnswersInOneRead(self) -> None:
        """One read of small queries for big answers is bounded by the cap, too."""
        self.serve(chain := self.scripted(sized(60000)), maxInFlight=5)
        peer = self.connect()
        peer.deaf = True
        peer.say(framed(*range(60)))
        self.settle(chain)
        (connection,) = self.port.connections
        self.assertLess(len(connection._unsent), connection.HIGH_WATER + 5 * 60100)
        peer.deaf = False
        self.settle(chain)
        self.assertEqual(peer.ids, list(range(60)))

    def test_finishedBeforeReading(self) -> None:
        """Who says that nothing more comes, then reads slowly, gets all that he asked for."""
        self.serve(chain := self.scripted(sized(60000)), maxInFlight=5)
        peer = self.connect()
        peer.deaf = True
        peer.say(framed(*range(40)))
        peer.finish()
        self.settle(chain)
        peer.deaf = False
        for _ in range(100):
            self.loop.advance(1)
            peer.pump(100_000)
            self.loop.settle()
            chain.fireAll()
            self.loop.settle()
        self.assertEqual((peer.ids, peer.ended, peer.reset), (list(range(40)), True, False))

    def test_givenUp(self) -> None:
        """A client that reads nothing for its idle time is cut, unsent octets or not (FR11)."""
        self.serve(chain := self.scripted(sized(4000)), idle=10.0)
        peer = self.connect()
        peer.deaf = True
        peer.say(framed(*range(200)))
        self.settle(chain)
        self.assertEqual(len(self.port.connections), 1)
        self.pass_(13)
        self.assertEqual(list(self.port.connections), [])
        self.assertEqual(self.loop.watched, {self.port})
        self.quiet()

    def waited(self, chain: Scripted, most: int, **limits: Any) -> Peer:
        """A client for whom three megabytes wait, and who takes so many octets a second for a minute."""
        self.serve(chain, idle=100.0, maxInFlight=50, **limits)
        peer = self.connect()
        peer.deaf = True
        peer.say(framed(*range(50)))
        self.settle(chain)
        for _ in range(60):
            self.loop.advance(1)
            peer.deaf = not most
            peer.pump(most)
            self.loop.settle()
        return peer

    def test_nothingTaken(self) -> None:
        """A client that reads nothing is cut after 5 s without progress, however long it may be idle."""
        for most in (0, 1, 1000):
            self.waited(self.scripted(sized(60000)), most)
            self.assertEqual(list(self.port.connections), [], most)
            self.assertEqual(self.loop.watched - self.loop.aside, set())
        self.quiet()

    def test_slowlyTaken(self) -> None:
        """One that reads slowly, but steadily, gets all, though it takes a minute."""
        peer = self.waited(self.scripted(sized(60000)), 55_000)
        self.assertEqual(len(peer.ids), 50)
        self.assertFalse(peer.eof)

    def test_closingAndDeaf(self) -> None:
        """The same while the connection is being closed: nobody waits for a deaf client's last octets."""
        for finish in (True, False):
            self.serve(chain := self.scripted(sized(60000)), maxInFlight=50)
            peer = self.connect()
            peer.deaf = True
            peer.say(framed(*range(50)))
            self.settle(chain)
            if finish:
                peer.finish()
            else:
                self.port.stop()
            self.pass_(6)
            self.assertEqual(list(self.port.connections), [])

    def test_forgotten(self) -> None:
        """The system is not left with what a client that was given up has not read."""
        self.serve(chain := self.scripted(sized(60000)), maxInFlight=50)
        peer, fine = self.connect(), self.connect()
        peer.deaf = True
        for each, count in ((peer, 50), (fine, 1)):
            each.say(framed(*range(count)))
            self.settle(chain)
        self.pass_(12)
        self.assertEqual(list(self.port.connections), [])
        options = [[each[1] for each in end.options] for end in self.accepted]
        self.assertEqual([socket.SO_LINGER in each for each in options], [True, False])
        self.assertEqual(fine.ids, [0])

    def settle(self, chain: Scripted) -> None:
        """Go on until nothing is left to answer."""
        self.run_()
        while chain.pending:
            chain.fireAll()
            self.run_()


@bothTransports
class ClosingTests(StreamCase):
    """The ends that a conversation can have."""

    def test_halfClose(self) -> None:
        """Who says that nothing more comes is still answered, then closed in order (TL12)."""
        self.serve(chain := Scripted(ANSWER, later=True))
        peer = self.connect()
        peer.say(framed(1, 2))
        peer.finish()
        self.run_()
        self.assertFalse(peer.eof)
        chain.fire(1)
        self.run_()
        self.assertEqual((peer.ids, peer.eof), ([2], False))
        chain.fire()
        self.run_()
        self.assertEqual((peer.ids, peer.ended, peer.reset), ([2, 1], True, False))
        self.assertEqual(self.loop.watched, {self.port})

    def test_halfCloseAboveTheCap(self) -> None:
        """Queries that waited for room are answered after a half-close, too."""
        self.serve(chain := Scripted(ANSWER, later=True), maxInFlight=5)
        peer = self.connect()
        peer.say(framed(*range(23)))
        peer.finish()
        self.run_()
        while chain.pending:
            chain.fire()
            self.run_()
        self.assertEqual((peer.ids, peer.ended), (list(range(23)), True))

    def test_halfCloseInIdleness(self) -> None:
        """Who says so with nothing in flight, or within a frame, is closed at once."""
        self.serve(Scripted(ANSWER))
        for octets in (b"", framed(1), framed(1)[:9]):
            peer = self.connect()
            peer.say(octets)
            peer.finish()
            self.run_()
            self.assertTrue(peer.ended)
        self.assertEqual(list(self.port.connections), [])

    def test_gone(self) -> None:
        """Answers for a client that is gone are discarded, silently (FR08)."""
        self.serve(chain := Scripted(ANSWER, later=True))
        peer = self.connect()
        peer.say(framed(1, 2, 3))
        self.run_()
        peer.leave()
        chain.fire()
        self.run_()
        chain.fireAll()
        self.run_()
        self.assertEqual((self.port.inFlight, list(self.port.connections)), (0, []))
        fresh = self.connect()
        self.pass_(1)
        self.assertEqual((fresh.heard, fresh.eof), (b"", False))
        self.quiet()

    def test_sendFails(self) -> None:
        """Whatever error send gives ends the connection without a word in the log."""
        self.serve(Scripted(ANSWER))
        for number in (errno.EPIPE, errno.ECONNRESET, errno.ETIMEDOUT, errno.ENOBUFS):
            peer = self.connect()
            self.accepted[-1].fails = OSError(number, "")
            peer.say(framed(1))
            self.run_()
            self.assertEqual(list(self.port.connections), [])
        self.assertEqual(self.loop.watched, {self.port})
        self.quiet()

    def test_sendFailsLater(self) -> None:
        """The same where octets had waited to be sent."""
        self.serve(Scripted(ANSWER))
        peer = self.connect()
        self.accepted[0].takes = 5
        peer.say(framed(1))
        self.loop.turn()
        (connection,) = self.port.connections
        self.assertIn(connection, self.loop.writers)
        self.accepted[0].fails = OSError(errno.EPIPE, "")
        self.run_()
        self.assertEqual(self.loop.watched, {self.port})
        self.quiet()

    def test_twice(self) -> None:
        """A connection that has ended takes every further call in silence."""
        self.serve(chain := Scripted(ANSWER, later=True))
        peer = self.connect()
        peer.say(framed(1))
        self.run_()
        (connection,) = self.port.connections
        connection.abort()
        for call in (
            connection.abort,
            connection.close,
            connection.drain,
            connection.expire,
            connection.start,
            connection.doRead,
            connection.doWrite,
        ):
            call()
        chain.fire()
        self.run_()
        self.assertEqual((self.loop.watched, connection.fileno(), peer.heard), ({self.port}, -1, b""))

    def test_noReset(self) -> None:
        """Octets that come too late don't turn the end into a reset, which could overtake responses."""
        self.serve(chain := Scripted(ANSWER, later=True))
        peer = self.connect()
        peer.say(framed(1))
        self.run_()
        self.port.stop()
        peer.say(framed(2, 3, 4))
        chain.fire()
        self.run_()
        self.assertEqual((peer.ids, peer.ended, peer.reset), ([1], True, False))
