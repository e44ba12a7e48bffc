"""L{SocketPool}: what the system tells of, and truncated answers."""

from __future__ import annotations

import errno
import os
import socket
from unittest import mock

from twisted.logger import capturedLogs

from dotchain.upstreams.datagrams.calls import DatagramCalls
from dotchain.upstreams.pendingquery import PendingQuery
from dotchain.wire import Query

from ...wire import vectors
from ..network import response
from ..upstreamcommon import pending, pendingQueries
from .socketpoolcase import SocketPoolCase


class FullBuffer(DatagramCalls):
    """The system's buffer has no room left."""

    def send(self, port: socket.socket, wires: list[bytes]) -> None:
        """See L{DatagramCalls.send}."""
        full = mock.Mock()
        full.send.side_effect = BlockingIOError
        super().send(full, wires)


class FailureTests(SocketPoolCase):
    """What the system tells of."""

    def test_refused(self) -> None:
        """ICMP says that nobody is there: the queries go elsewhere at once."""
        each = pending()
        self.server.socket.close()
        self.give(each)
        self.read()
        self.assertEqual(self.all.failed, [(each, "Connection refused")])
        self.assertEqual((self.sockets(), self.endpoint.usable), ([], False))

    def test_refusedAtSending(self) -> None:
        """What ICMP said of an earlier query is told to the next one: all of the socket's fail, each once."""
        self.endpoint = self.make(sockets=1)
        two = pendingQueries(2)
        self.server.socket.close()
        self.give(*two)
        self.assertEqual([each for each, _ in self.all.failed], two)
        self.assertEqual((self.sockets(), self.endpoint.failures), ([], 1))

    def test_others(self) -> None:
        """An error that one socket tells is nothing to the queries that leave by others in that turn."""
        self.endpoint = self.make(sockets=2)
        first, second, *more = pendingQueries(40)
        self.give(first, second)
        gone, kept = self.sockets()
        with (
            socket.socket(fileno=os.dup(gone.number)) as same,
            socket.socket(type=socket.SOCK_DGRAM) as nobody,
        ):
            nobody.bind(("127.0.0.1", 0))
            same.connect(nobody.getsockname())
            nobody.close()
            same.send(b"")
            self.give(*more)
        if not self.all.failed:
            # It was drawn for none of them.
            self.read()
        failed = [each for each, _ in self.all.failed]
        self.assertIn(first, failed)
        self.assertEqual(set(failed) | set(kept.inFlightTable.recent.values()), {first, second, *more})
        self.assertEqual(len(failed) + len(kept.inFlightTable), 40)
        self.assertEqual(self.sockets(), [kept])

    def test_manyAtOnce(self) -> None:
        """A restart of the nameserver with 50 queries in flight is one failure, a moment's pause."""
        self.server.socket.close()
        self.give(*pendingQueries(50))
        with capturedLogs() as events:
            self.read()
        self.assertEqual((len(self.all.failed), self.endpoint.failures, len(events)), (50, 1, 1))
        self.assertLessEqual(self.endpoint.retryAt, self.network.seconds() + 0.25)

    def test_noRoute(self) -> None:
        """No socket at all: the query fails, once, and nothing is left open."""
        each = pending()
        with mock.patch("socket.socket", side_effect=OSError(errno.EMFILE, "Too many open files")):
            self.give(each)
        self.assertEqual(self.all.failed, [(each, "send failed: Too many open files")])
        self.assertEqual((self.sockets(), self.endpoint.usable), ([], False))

    def test_unreachable(self) -> None:
        """A connect that fails closes its socket."""
        made = mock.Mock()
        made.connect.side_effect = OSError(errno.ENETUNREACH, "Network is unreachable")
        with mock.patch("socket.socket", return_value=made):
            self.give(pending())
        self.assertEqual([reason for _, reason in self.all.failed], ["send failed: Network is unreachable"])
        made.close.assert_called_once_with()

    def test_fullBuffer(self) -> None:
        """A full buffer is a datagram lost on the way: not a failure of the address."""
        self.endpoint.calls = FullBuffer()
        self.give(pending())
        self.assertEqual((self.all.failed, self.endpoint.usable), ([], True))


class TruncatedTests(SocketPoolCase):
    """TC=1 (RFC 2181 section 9, RFC 7766 section 5)."""

    def truncated(self, each: PendingQuery) -> None:
        """This query is answered with TC=1."""
        wire, origin = self.submit(each)
        self.server.say(response(wire, 0x8380), origin)
        self.read()

    def test_overTCP(self) -> None:
        """A truncated answer is never delivered: the question goes out again over TCP."""
        each = pending()
        self.truncated(each)
        self.assertEqual(self.all.answered, [])
        dial = self.network.dial()
        self.assertEqual((dial.host, dial.port), ("127.0.0.1", self.server.address.port))
        peer = dial.accept()
        self.network.advance(0)
        self.assertEqual(peer.replyAll(), 1)
        ((found, answer),) = self.all.answered
        self.assertIs(found, each)
        self.assertEqual(answer.flags & 0x0200, 0)

    def test_noTCP(self) -> None:
        """Where TCP fails the query fails, with the reason, once."""
        each = pending()
        self.truncated(each)
        self.network.dial().refuse()
        self.assertEqual(self.all.failed, [(each, "connection failed: Connection refused")])
        self.assertTrue(self.endpoint.usable)

    def test_noStorm(self) -> None:
        """After a failure of TCP other truncated answers still have their chance, one dial for all (UP13)."""
        self.truncated(pending())
        self.network.dial().refuse()
        for _ in range(3):
            self.truncated(pending())
        self.assertEqual(len(self.network.attempts), 2)
        peer = self.network.dial().accept()
        self.network.advance(0)
        self.assertEqual((peer.replyAll(), len(self.all.answered), len(self.all.failed)), (3, 3, 1))

    def test_atRest(self) -> None:
        """A TCP connection under way is something open, and is stopped with the rest."""
        each = pending()
        self.truncated(each)
        each.done = True
        self.network.advance(9)
        self.sweep()
        self.assertTrue(self.endpoint.nothingOpen)
        self.truncated(pending())
        self.assertFalse(self.endpoint.nothingOpen)
        self.assertIsNone(self.endpoint.stop())
        self.assertEqual((self.network.getDelayedCalls(), self.sockets()), ([], []))

    def test_largeQuery(self) -> None:
        """A signed query that fits no datagram goes over TCP from the start, octet for octet."""
        filler = vectors.record(16, bytes(1500))
        query = Query(vectors.query(filler, vectors.TSIG))
        self.endpoint.submit(pending(query=query))
        self.assertEqual(self.sockets(), [])
        peer = self.network.dial().accept()
        self.network.advance(0)
        (wire,) = peer.queries()
        self.assertEqual(wire[2:], query.wire[2:])


class BareFailureTests(FailureTests):
    """The same where there are neither epoll nor calls for many datagrams."""

    bare = True
