"""Connected sockets are written and read alike, by whatever system calls."""

from __future__ import annotations

import socket

from twisted.trial.unittest import SynchronousTestCase

from dotchain.batchcalls import available
from dotchain.upstreams.datagrams.calls import DatagramCalls
from dotchain.upstreams.datagrams.mmsg import BatchedCalls, fastest
from dotchain.wire.codes import UDP_SIZE


class SingleTests(SynchronousTestCase):
    """A system call a datagram."""

    def setUp(self) -> None:
        self.calls = self.make()
        self.ours, self.peer = (self.bound() for _ in range(2))
        self.ours.connect(self.peer.getsockname())
        self.peer.connect(self.ours.getsockname())

    def make(self) -> DatagramCalls:
        """What is tested."""
        return DatagramCalls()

    def bound(self) -> socket.socket:
        """A socket of this host's own, closed with the test."""
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(made.close)
        made.bind(("127.0.0.1", 0))
        made.setblocking(False)
        return made

    def received(self) -> list[bytes]:
        """What one call takes."""
        wires: list[bytes] = []
        self.calls.receive(self.ours, wires)
        return wires

    def test_sent(self) -> None:
        """Any number leaves, in order, octet for octet, whatever was sent before."""
        for count in (1, 3, 64, 65, 150, 2):
            wires = [bytes((number,)) * (number + 2) for number in range(count)]
            self.calls.send(self.ours, wires)
            self.assertEqual([self.peer.recv(65535) for _ in wires], wires)

    def test_largestQuery(self) -> None:
        """Queries of the largest size leave whole, side by side."""
        wires = [bytes((number,)) * (UDP_SIZE + 2) for number in range(64)]
        self.calls.send(self.ours, wires)
        self.assertEqual([self.peer.recv(65535) for _ in wires], wires)

    def test_received(self) -> None:
        """All that has come is taken, in order; behind a long one a short one has none of its octets."""
        sent = [b"", b"long" * 300, b"ab", b"c" * 65507, b"last"]
        for each in sent:
            self.peer.send(each)
        self.assertEqual(self.received(), sent)
        self.assertEqual(self.received(), [])

    def test_bounded(self) -> None:
        """One call takes 32 at the most; the others are there for the next."""
        for number in range(40):
            self.peer.send(bytes((number,)))
        self.assertEqual([len(self.received()) for _ in range(3)], [32, 8, 0])

    def test_fullBuffer(self) -> None:
        """What finds no room is lost, and nothing is said; what there was room for has left."""
        ours, peer = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(ours.close)
        self.addCleanup(peer.close)
        for each in (ours, peer):
            each.setblocking(False)
        wires = [b"%d" % number for number in range(5000)]
        for _ in range(2):
            self.calls.send(ours, wires)
        found: list[bytes] = []
        while (before := len(found)) < len(wires):
            self.calls.receive(peer, found)
            if len(found) == before:
                break
        self.assertTrue(0 < len(found) < len(wires))
        self.assertEqual(found, wires[: len(found)])

    def test_refused(self) -> None:
        """That nobody is there is raised by the next call, be it a receive or a send, and once."""
        self.peer.close()
        for call in (self.received, lambda: self.calls.send(self.ours, [b"1", b"2"])):
            self.calls.send(self.ours, [b"query"])
            self.assertRaises(ConnectionRefusedError, call)
        self.assertEqual(self.received(), [])

    def test_refusedAfterAnswers(self) -> None:
        """What came before is not lost with it."""
        self.peer.send(b"answer")
        self.peer.close()
        self.calls.send(self.ours, [b"query"])
        wires: list[bytes] = []
        for _ in range(3):
            try:
                self.calls.receive(self.ours, wires)
            except ConnectionRefusedError:
                continue
        self.assertEqual(wires, [b"answer"])


class BatchedTests(SingleTests):
    """A system call a batch."""

    def make(self) -> DatagramCalls:
        """Nothing where the platform lacks the calls."""
        if not available():
            self.skipTest("no recvmmsg here")
        return BatchedCalls()

    def test_fastest(self) -> None:
        """They are used where they are there."""
        self.assertIsInstance(fastest(), BatchedCalls)
