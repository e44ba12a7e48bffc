"""A listening socket: accepting, limits, time, and the end of service."""

from __future__ import annotations

import errno
from asyncio import CancelledError
from typing import NoReturn

import dns.edns
import dns.message

from dotchain.fronts.streams.port import StreamPort
from dotchain.testing import Scripted
from dotchain.wire import framing

from .portcase import ANSWER, StreamCase, bothTransports, framed

KEEPALIVE = dns.edns.GenericOption(dns.edns.OptionType(11), b"")


@bothTransports
class TimeTests(StreamCase):
    """Connections end when their time is over."""

    def test_idle(self) -> None:
        """A connection without a query for the idle time is closed in order (FR06, TL11)."""
        self.serve(Scripted(ANSWER), idle=10.0)
        peer = self.connect()
        for _ in range(3):
            peer.say(framed(1))
            self.pass_(9)
            self.assertFalse(peer.eof)
        self.assertEqual(peer.ids, [1, 1, 1])
        self.pass_(2)
        self.assertEqual((peer.ended, peer.reset), (True, False))

    def test_asleep(self) -> None:
        """When the machine wakes, connections whose idle time is over by then are closed; others stay."""
        asleep = 0.0
        self.serve(Scripted(ANSWER), idle=60.0)
        self.port.now = lambda: self.loop.seconds() + asleep
        peer = self.connect()
        for seconds, ended in ((30, False), (3600, True)):
            peer.say(framed(1))
            self.run_()
            asleep += seconds
            self.pass_(1)
            self.assertEqual(peer.ended, ended)
        self.assertEqual(peer.ids, [1, 1])

    def test_outstandingIsNotIdle(self) -> None:
        """While a query is in flight nothing is idle; idleness counts from its answer (FR06)."""
        self.serve(chain := Scripted(ANSWER, later=True), idle=10.0)
        peer = self.connect()
        peer.say(framed(1))
        self.pass_(30)
        self.assertFalse(peer.eof)
        chain.fire()
        self.pass_(9)
        self.assertEqual((peer.ids, peer.eof), ([1], False))
        self.pass_(2)
        self.assertTrue(peer.ended)

    def test_dribble(self) -> None:
        """Octets that make no whole query keep nothing open (RFC 7766 section 6.2.3, FR07)."""
        self.serve(Scripted(ANSWER), idle=4.0)
        peer = self.connect()
        peer.say(framed(1))
        for octet in framed(2)[:-1]:
            self.pass_(0.5)
            if peer.eof:
                break
            peer.say(bytes((octet,)))
        self.assertTrue(peer.ended)
        self.assertLess(self.loop.seconds(), 5.1)

    def test_firstQuery(self) -> None:
        """A new connection that stays silent is closed after the time for a first query."""
        self.serve(Scripted(ANSWER), firstQuery=7.0, idle=100.0)
        silent, dribbling, asking = self.connect(), self.connect(), self.connect()
        asking.say(framed(1))
        dribbling.say(framed(1)[:5])
        self.pass_(6.5)
        dribbling.say(framed(1)[5:9])
        self.assertEqual([peer.eof for peer in self.peers], [False] * 3)
        self.pass_(1.5)
        self.assertEqual([silent.ended, dribbling.ended, asking.ended], [True, True, False])


@bothTransports
class AcceptTests(StreamCase):
    """Who is let in."""

    def test_tooMany(self) -> None:
        """At the limit the connection idle longest makes room; busy ones complete (FR12)."""
        self.serve(chain := Scripted(ANSWER, later=True), maxConnections=4, idle=60.0)
        busy, first, second, third = (self.connect() for _ in range(4))
        busy.say(framed(1))
        self.run_()
        for peer in (second, first, third):
            self.pass_(1)
            peer.say(framed(2))
            self.run_()
            chain.fire(1)
            self.run_()
        for shed in (second, first, third):
            self.connect().say(framed(3))
            self.run_()
            self.assertEqual((shed.ended, shed.reset), (True, False))
        late = self.connect()
        self.assertEqual((late.heard, late.eof), (b"", True))
        chain.fireAll()
        self.run_()
        self.assertEqual([peer.ids for peer in (busy, *self.peers[4:7])], [[1], [3], [3], [3]])
        self.assertEqual((self.port.shed, len(self.port.connections)), (4, 4))

    def test_silentOnesMakeRoom(self) -> None:
        """Connections that never ask can't shut others out for their whole time: the oldest goes (B7)."""
        self.serve(Scripted(ANSWER), maxConnections=2, firstQuery=10.0)
        asker, silent = self.connect(), self.connect()
        asker.say(framed(1))
        self.run_()
        self.pass_(7)
        newcomer = self.connect()
        newcomer.say(framed(2))
        self.run_()
        self.assertEqual((asker.eof, silent.eof, newcomer.ids), (False, True, [2]))

    def test_answeredInThisTurn(self) -> None:
        """A connection whose answer waits for the end of the turn is not idle."""
        self.serve(chain := Scripted(ANSWER, later=True), maxConnections=1)
        peer = self.connect()
        peer.say(framed(1))
        self.run_()
        chain.fire()
        self.connect()
        self.assertEqual((peer.ids, peer.eof), ([1], False))

    def test_twoInOneTurn(self) -> None:
        """Two that come in one turn each get the place of another."""
        self.serve(Scripted(ANSWER), maxConnections=2)
        for _ in range(2):
            self.connect().say(framed(1))
            self.run_()
        coming = self.listener.coming
        self.approach()
        self.port.doRead()
        self.approach()
        self.assertEqual(coming, [])
        self.run_()
        self.assertEqual([peer.eof for peer in self.peers], [True, True, False, False])

    def test_busyAgain(self) -> None:
        """Who was idle in an earlier turn and asks again is not closed for another's sake."""
        self.serve(chain := Scripted(ANSWER, later=True, replays=False), maxConnections=2)
        for _ in range(2):
            self.connect().say(framed(1))
            self.run_()
            chain.fireAll()
            self.run_()
        self.connect()
        self.peers[1].say(framed(2))
        self.run_()
        late = self.connect()
        self.assertEqual([peer.eof for peer in self.peers], [True, False, False, True])
        chain.fireAll()
        self.run_()
        self.assertEqual((self.peers[1].ids, late.heard), ([1, 2], b""))

    def test_silentRefusal(self) -> None:
        """With refuse = drop who may not ask is closed at once, without one octet."""
        self.serve(Scripted(ANSWER), deny="192.0.2.0/24", drop=True)
        denied, allowed = self.connect(), self.connect("198.51.100.1")
        self.assertEqual((denied.wire, denied.eof, allowed.eof), (b"", True, False))

    def test_boundedTurn(self) -> None:
        """One turn takes a bounded number of connections."""
        self.serve(Scripted(ANSWER), maxConnections=1000)
        accept, self.listener.accept = self.listener.accept, self.nobody  # type: ignore[method-assign]
        for _ in range(StreamPort.ACCEPTS + 1):
            self.approach()
        self.listener.accept = accept  # type: ignore[method-assign]
        self.port.doRead()
        self.assertEqual((self.port.accepted, len(self.listener.coming)), (StreamPort.ACCEPTS, 1))

    def nobody(self) -> NoReturn:
        """Nobody comes."""
        raise BlockingIOError

    def test_notTaken(self) -> None:
        """One that can't be taken, for whatever reason, is closed; those behind it are let in."""

        def fail() -> NoReturn:
            raise CancelledError

        self.serve(Scripted(ANSWER))
        channels, self.port._channels = self.port._channels, fail
        self.approach()
        self.port._channels = channels
        second = self.connect()
        second.say(framed(1))
        self.run_()
        self.assertEqual((self.accepted[0].fileno(), second.ids, self.port.shed), (-1, [1], 1))
        self.assertEqual(len(self.flushLoggedErrors(CancelledError)), 1)
        self.events.clear()

    def test_notExpired(self) -> None:
        """One that can't be closed when its time is over does not keep the others open."""

        def fail(how: int) -> NoReturn:
            raise CancelledError

        self.serve(Scripted(ANSWER))
        peers = [self.connect() for _ in range(3)]
        first = next(iter(self.port.connections))
        self.accepted[0].shutdown = fail  # type: ignore[method-assign]
        self.pass_(20)
        self.assertEqual([peer.eof for peer in peers], [False, True, True])
        self.assertEqual((len(self.flushLoggedErrors(CancelledError)), self.port.connections), (1, {}))
        first.abort()
        self.events.clear()

    def test_outOfDescriptors(self) -> None:
        """Out of descriptors the port pauses for a tenth of a second instead of spinning (C4)."""
        self.serve(Scripted(ANSWER))
        for number in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
            self.listener.coming.append(OSError(number, ""))
            self.port.doRead()
            self.assertNotIn(self.port, self.loop.readers)
            self.loop.advance(0.05)
            self.assertNotIn(self.port, self.loop.readers)
            self.loop.advance(0.06)
            self.assertIn(self.port, self.loop.readers)
        self.connect().say(framed(1))
        self.run_()
        self.assertEqual(self.peers[0].ids, [1])
        self.quiet()

    def test_stoppedWhilePaused(self) -> None:
        """A port that is stopped within that time does not come back."""
        self.serve(Scripted(ANSWER))
        self.listener.coming.append(OSError(errno.EMFILE, ""))
        self.port.doRead()
        self.port.stop()
        self.loop.advance(1)
        self.assertEqual(self.loop.watched, set())

    def test_goneBeforeAccepted(self) -> None:
        """A client that is gone before it is accepted does no harm."""
        self.serve(Scripted(ANSWER))
        self.listener.coming.append(OSError(errno.ECONNABORTED, ""))
        self.port.doRead()
        self.assertIn(self.port, self.loop.readers)
        self.quiet()


@bothTransports
class EndTests(StreamCase):
    """The end of service."""

    def test_drain(self) -> None:
        """A stopped port takes nothing new, answers what is in flight, then closes in order."""
        self.serve(chain := Scripted(ANSWER, later=True), maxInFlight=2)
        idle, busy = self.connect(), self.connect()
        idle.say(framed(4))
        self.run_()
        chain.fire()
        busy.say(framed(1, 2, 3))
        self.run_()
        self.port.stop()
        self.run_()
        self.assertEqual((idle.ended, busy.eof, self.listener.closed), (True, False, True))
        self.assertEqual((idle.ids, self.loop.watched), ([4], set()))
        while chain.pending:
            chain.fire()
            self.run_()
        self.assertEqual((busy.ids, busy.ended), ([1, 2, 3], True))
        self.assertEqual((list(self.port.connections), self.port.inFlight), ([], 0))

    def test_told(self) -> None:
        """Who asks how long the connection may stay is told that it may not (RFC 7828 section 3.3.2)."""
        self.serve(chain := Scripted(ANSWER, later=True))
        peer = self.connect()
        query = dns.message.make_query("foo.example.org.", "A", use_edns=0, options=[KEEPALIVE])
        for each in (b"", b"\0\0"):
            peer.say(framing.frame(query.to_wire()))
            self.run_()
            if each:
                self.port.stop()
            chain.fireAll()
            self.run_()
        told = [message.options[0].to_wire() for message in peer.messages]
        self.assertEqual(told, [b"\0\x64", b"\0\0"])

    def test_close(self) -> None:
        """A closed port leaves nothing open, watched or due, drained before or not."""
        for stop in (True, False):
            self.serve(chain := Scripted(ANSWER, later=True))
            peer = self.connect()
            peer.say(framed(1))
            self.run_()
            if stop:
                self.port.stop()
            self.port.close()
            self.assertEqual((self.loop.watched, self.loop.getDelayedCalls()), (set(), []))
            chain.fireAll()
            self.run_()
            self.assertEqual((peer.heard, peer.eof, self.accepted[-1].fileno()), (b"", True, -1))
        self.quiet()
