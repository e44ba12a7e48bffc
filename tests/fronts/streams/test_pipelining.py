"""Many queries of one client: in whatever order they are answered, and what is remembered."""

from __future__ import annotations

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
from twisted.internet.defer import Deferred, succeed

from dotchain.testing import Scripted, makeAnswer
from dotchain.wire import Answer, Query

from ...tolls import Purse, Tolled
from .portcase import ANSWER, StreamCase, bothTransports, framed


@bothTransports
class OrderTests(StreamCase):
    """Answers that become ready in whatever order."""

    def test_asReady(self) -> None:
        """Answers leave as they become ready (RFC 7766 section 7)."""
        self.serve(chain := Scripted(ANSWER, later=True))
        peer = self.connect()
        peer.say(framed(1, 2, 3))
        self.run_()
        for index in (2, 0, 0):
            chain.fire(index)
            self.run_()
        self.assertEqual(peer.ids, [3, 1, 2])

    def test_knownFirst(self) -> None:
        """99 answers that are known don't wait for one that is not (B12)."""
        waiting: Deferred[Answer] = Deferred()
        self.serve(Scripted(lambda query: waiting if query.wire[1] == 0 else ANSWER))  # type: ignore[arg-type, return-value]
        peer = self.connect()
        peer.say(framed(*range(100)))
        self.run_()
        self.assertEqual(peer.ids, list(range(1, 100)))
        waiting.callback(ANSWER)
        self.run_()
        self.assertEqual(peer.ids[-1], 0)

    def test_firedAlready(self) -> None:
        """A Deferred that has its answer already is answered in the same turn."""
        self.serve(Scripted(lambda query: succeed(ANSWER)))  # type: ignore[arg-type, return-value]
        peer = self.connect()
        peer.say(framed(*range(100)))
        self.run_()
        self.assertEqual((sorted(peer.ids), self.port.inFlight), (list(range(100)), 0))

    def test_firedByAnother(self) -> None:
        """An answer that comes while another query is asked is sent, once."""
        waiting: list[Deferred[Answer]] = []

        def said(query: Query) -> object:
            if not waiting:
                waiting.append(Deferred())
                return waiting[0]
            if len(waiting) == 1:
                waiting.append(waiting[0])
                waiting[0].callback(ANSWER)
            return ANSWER

        self.serve(Scripted(said, replays=False))  # type: ignore[arg-type]
        peer = self.connect()
        peer.say(framed(1, 2, 3))
        self.run_()
        self.assertEqual((sorted(peer.ids), self.port.inFlight), ([1, 2, 3], 0))

    def test_sameID(self) -> None:
        """Two questions under one ID are both answered, each with its own."""
        self.serve(chain := Scripted(makeAnswer, later=True))
        peer = self.connect()
        peer.say(framed(5, name="a.example.org.") + framed(5, name="b.example.org."))
        self.run_()
        chain.fire(1)
        chain.fire(0)
        self.run_()
        names = [str(message.question[0].name) for message in peer.messages]
        self.assertEqual((names, peer.ids), (["b.example.org.", "a.example.org."], [5, 5]))


@bothTransports
class PacketCacheTests(StreamCase):
    """What a port remembers of one second."""

    def asked(self, chain: Scripted) -> int:
        """How often the chain is asked for two queries in a second, and one in the next."""
        self.serve(chain)
        peer = self.connect()
        for identity, seconds in ((1, 0.0), (2, 0.5), (3, 0.75)):
            self.loop.advance(seconds)
            peer.say(framed(identity))
            self.run_()
        self.assertEqual(peer.ids, [1, 2, 3])
        self.assertEqual(len({response[2:] for response in peer.responses}), 1)
        return len(chain.asked)

    def test_untilTheSecondIsOver(self) -> None:
        """The same octets are asked once a second where the chain replays."""
        self.assertEqual(self.asked(Scripted(ANSWER)), 2)

    def test_neverWithoutLeave(self) -> None:
        """Every query is asked where an answer may depend on more than its octets."""
        self.assertEqual(self.asked(Scripted(ANSWER, replays=False)), 3)

    def test_paid(self) -> None:
        """What a stage asks something for is given again while that is paid; then the chain is asked."""
        self.serve(chain := Tolled(Purse(2), ANSWER))
        peer = self.connect()
        for identity in range(6):
            peer.say(framed(identity))
            self.run_()
        assert chain.purse is not None
        self.assertEqual((peer.ids, len(chain.asked), len(chain.purse.payers)), ([*range(6)], 4, 2))

    def test_once(self) -> None:
        """An answer that is for one client at one moment is not remembered."""
        self.serve(chain := Tolled(None, ANSWER))
        peer = self.connect()
        for identity in range(3):
            peer.say(framed(identity))
            self.run_()
        self.assertEqual((peer.ids, len(chain.asked)), ([*range(3)], 3))

    def test_notForTheDenied(self) -> None:
        """A client that may not ask gets nothing that another's query left behind, nor leaves anything."""
        self.serve(Scripted(ANSWER), deny="198.51.100.0/24")
        peer, other = self.connect(), self.connect("198.51.100.1")
        for each in (other, peer, other, peer):
            each.say(framed(1))
            self.run_()
        self.assertEqual([message.rcode() for message in other.messages], [dns.rcode.REFUSED] * 2)
        self.assertEqual([message.rcode() for message in peer.messages], [dns.rcode.NOERROR] * 2)
