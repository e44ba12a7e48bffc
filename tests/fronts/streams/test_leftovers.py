"""What is left of connections that have ended, or broken."""

from __future__ import annotations

import gc
import socket

from dotchain.fronts.streams.connection import Connection
from dotchain.testing import Scripted
from dotchain.tls.serverchannel import ServerChannel
from dotchain.wire import Answer

from .peers import Peer
from .portcase import ANSWER, StreamCase, bothTransports, framed, sized


@bothTransports
class LeftoverTests(StreamCase):
    """What an ended connection leaves behind."""

    def tearDown(self) -> None:
        """Collect garbage again."""
        gc.enable()

    def test_nothing(self) -> None:
        """However it ends, nothing refers to a connection any more, and its descriptor is closed."""
        self.serve(chain := Scripted(ANSWER, later=True))
        gc.collect()
        gc.disable()
        before = self.living()
        for leave in (self.finishing, self.leaving, self.sayingNonsense, self.sayingNothing):
            leave(self.connect())
            self.run_()
            chain.fireAll()
            self.pass_(20)
            self.assertEqual(self.living() - before, set())
            self.assertEqual((self.accepted[-1].fileno(), self.loop.watched), (-1, {self.port}))
        self.quiet()

    def living(self) -> set[int]:
        """The connections and channels that there are, by their place in memory."""
        kinds = {Connection, ServerChannel}
        return {id(each) for each in gc.get_objects() if type(each) in kinds}

    def finishing(self, peer: Peer) -> None:
        """A client that ends in order."""
        peer.say(framed(1))
        peer.finish()

    def leaving(self, peer: Peer) -> None:
        """One that is gone."""
        peer.say(framed(1))
        self.run_()
        peer.leave()

    def sayingNonsense(self, peer: Peer) -> None:
        """One that breaks the protocol while a query is in flight."""
        peer.say(framed(1))
        self.run_()
        peer.push(b"\0\0 and the like")

    def sayingNothing(self, peer: Peer) -> None:
        """One that has to be timed out."""


class FarewellTests(StreamCase):
    """The end of a connection over TLS."""

    encrypted = True

    def test_oneSegment(self) -> None:
        """close_notify goes in one segment with the FIN behind it, where the system can hold it back."""
        self.serve(Scripted(ANSWER))
        peer = self.connect()
        peer.say(framed(1))
        self.run_()
        self.pass_(11)
        *before, last = self.accepted[0].flags
        self.assertEqual((peer.eof, set(before), last), (True, {0}, getattr(socket, "MSG_MORE", 0)))

    def test_afterHisOwn(self) -> None:
        """One who has said that he sends no more gets his answer and close_notify all the same."""
        self.serve(Scripted(ANSWER))
        peer = self.connect()
        peer.say(framed(1))
        peer.sock.shutdown(socket.SHUT_WR)
        self.run_()
        self.assertEqual((peer.ids, peer.ended, peer.eof, peer.reset), ([1], True, True, False))


class BrokenTests(StreamCase):
    """TLS that breaks while queries are in flight."""

    encrypted = True

    def test_withOctetsUnsent(self) -> None:
        """
        A client that does not read, then breaks TLS, then is answered: all of it is
        taken in silence, and other clients are answered.
        """
        waiting = Scripted(
            lambda query: ANSWER if query.wire[1] == 2 else sized(60000), later=True, replays=False
        )
        self.serve(waiting)
        peer, other = self.connect(), self.connect()
        peer.deaf = True
        peer.say(framed(*[1] * 9))
        other.say(framed(2))
        self.run_()
        for _ in range(8):
            waiting.fire()
        self.run_()
        peer.push(b"\x17\x03\x03\x00\x20" + bytes(32))
        self.run_()
        waiting.fireAll()
        self.run_()
        self.assertEqual(other.ids, [2])
        self.assertEqual(self.port.inFlight, 0)
        self.pass_(3)
        self.assertEqual(len(self.port.connections), 1)
        self.quiet()

    def test_alert(self) -> None:
        """A record that does not decrypt gets an alert and a close, and no DNS."""
        answer: list[Answer] = [ANSWER]
        self.serve(chain := Scripted(*answer, later=True))
        peer = self.connect()
        peer.say(framed(1))
        self.run_()
        peer.push(b"\x17\x03\x03\x00\x20" + bytes(32))
        self.run_()
        chain.fireAll()
        self.run_()
        self.assertEqual((peer.heard, peer.eof), (b"", True))
        self.assertIn("BAD_RECORD_MAC", str(getattr(peer, "error", "")))
        self.assertEqual(
            [each for each in self.port.handshakes if each.startswith("later: ")],
            list(self.port.handshakes)[1:],
        )
        self.quiet()
