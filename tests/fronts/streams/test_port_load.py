"""Stream fronts when clients ask much and read little."""

from __future__ import annotations

import socket

import dns.rcode

from dotchain.fronts.streams.backlog import Backlog
from dotchain.testing import Scripted, makeQuery
from dotchain.wire import framing

from .peers import Peer
from .portcase import ANSWER, StreamCase, bothTransports, framed, sized


@bothTransports
class CapTests(StreamCase):
    """Too many queries in flight (A6, OP02)."""

    def test_allConnections(self) -> None:
        """A client's cap is that of all its connections; over it comes SERVFAIL, and nothing is lost."""
        self.serve(chain := Scripted(ANSWER, later=True), most=5)
        one, two, other = self.connect(), self.connect(), self.connect("198.51.100.1")
        for peer in (one, two, other):
            peer.say(framed(1, 2, 3))
            self.run_()
        codes = [(each.id, each.rcode()) for peer in (one, two, other) for each in peer.messages]
        self.assertEqual(codes, [(3, dns.rcode.SERVFAIL)])
        self.assertEqual((len(chain.asked), self.port.responder.counts.shed), (8, 1))
        chain.fireAll()
        self.run_()
        self.assertEqual([sorted(peer.ids) for peer in (one, two, other)], [[1, 2, 3]] * 3)

    def test_clientGone(self) -> None:
        """What a client that has gone had asked counts until its answer comes, and no longer."""
        self.serve(chain := Scripted(ANSWER, later=True), most=3)
        self.connect().say(framed(1, 2, 3))
        self.run_()
        next(iter(self.port.connections)).abort()
        peer = self.connect()
        for identity in (4, 5):
            peer.say(framed(identity))
            self.run_()
            chain.fireAll()
            self.run_()
        self.assertEqual([(each.id, each.rcode()) for each in peer.messages], [(4, 2), (5, 0)])


@bothTransports
class BacklogTests(StreamCase):
    """What waits for clients that don't read, and for the rest of what they say."""

    def stuffed(self, count: int) -> Peer:
        """A client that asks so many large answers and reads none; the system takes little."""
        peer = self.connect()
        socket.socket.setsockopt(self.accepted[-1], socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        peer.deaf = True
        peer.say(framed(*range(count)))
        self.run_()
        return peer

    def test_greediest(self) -> None:
        """Over the limit of all together the one that holds most is closed; others are served on."""
        backlog = Backlog(1_000_000)
        self.serve(Scripted(sized(60_000)), backlog=backlog)
        modest = self.stuffed(1)
        greedy = [self.stuffed(count) for count in (7, 8, 7)]
        self.assertLessEqual(backlog.octets, backlog.most)
        self.assertEqual((backlog.shed, len(self.port.connections)), (1, 3))
        for peer in self.peers:
            peer.deaf = False
        self.run_()
        self.assertEqual([len(peer.ids) for peer in (modest, greedy[0], greedy[2])], [1, 7, 7])
        self.assertLess(len(greedy[1].heard), 60_000)
        self.assertEqual((greedy[1].eof, backlog.octets), (True, 0))
        self.quiet()

    def test_sharedAnswer(self) -> None:
        """One large answer that many wait for makes no copies before they leave."""
        backlog = Backlog(1_000_000)
        self.serve(chain := Scripted(sized(60_000), later=True), backlog=backlog)
        for _ in range(5):
            self.stuffed(10)
        chain.fireAll()
        self.run_()
        self.assertLessEqual(backlog.octets, backlog.most)
        self.assertEqual((backlog.shed, len(self.port.connections)), (4, 1))

    def test_halfFrames(self) -> None:
        """Half of a large frame counts as long as it waits for the rest."""
        backlog = Backlog(100_000)
        self.serve(Scripted(ANSWER), backlog=backlog)
        wire = framing.frame(makeQuery().wire) + b"\xff\xff" + bytes(40_000)
        for _ in range(3):
            self.connect().say(wire)
            self.run_()
        self.assertEqual((backlog.shed, backlog.octets), (1, 2 * 40_002))
        for peer in self.peers:
            self.assertEqual(peer.ids, [0x1234])
        for connection in list(self.port.connections):
            connection.abort()
        self.assertEqual(backlog.octets, 0)

    def test_ended(self) -> None:
        """Connections that have ended hold nothing."""
        backlog = Backlog(10_000_000)
        self.serve(Scripted(sized(60_000)), backlog=backlog)
        self.stuffed(5)
        self.assertGreater(backlog.octets, 200_000)
        self.port.close()
        self.assertEqual(backlog.octets, 0)
