"""Replies that leave together because they go to one client."""

from __future__ import annotations

import errno
import socket
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.batchcalls import available, ffi, libc
from dotchain.fronts.datagrams.mmsg import BatchSocket
from dotchain.fronts.datagrams.segments import Segments, canSegment

from .sockets import bound, received


class Refusing:
    """The system, where it can't cut what goes to any client."""

    def __init__(self, error: int) -> None:
        self._error = error
        self.asked = 0

    def sendmmsg(self, number: int, headers: Any, count: int, flags: int) -> int:
        """Refuse whatever consists of more than an ID and the rest."""
        self.asked += 1
        if headers[0].msg_hdr.msg_iovlen > 2:
            ffi.errno = self._error
            return -1
        return int(libc.sendmmsg(number, headers, 1, flags))

    def recvmmsg(self, *args: Any) -> int:
        """As ever."""
        return int(libc.recvmmsg(*args))


class SegmentsTests(SynchronousTestCase):
    """L{Segments}, as clients of a socket see them."""

    def setUp(self) -> None:
        """Nothing where the system can't."""
        if not (available() and canSegment(bound(self))):
            self.skipTest("the system cuts no datagrams here")

    def open(self, host: str = "127.0.0.1", clients: int = 3, bindTo: str = "") -> None:
        """A socket, and clients of it."""
        self.port = bound(self, bindTo or host)
        self.io = BatchSocket(self.port, bool(bindTo))
        self.clients = [bound(self, host) for _ in range(clients)]
        for client in self.clients:
            client.connect((host, self.port.getsockname()[1]))

    def ask(self, count: int) -> int:
        """Each client in turn asks until there are so many questions; how many have come."""
        for number in range(count):
            self.clients[number % len(self.clients)].send(bytes((number, 7)) + b"question")
        return len(self.io.receive()[0])

    def expect(self, count: int, tails: list[bytes]) -> None:
        """Each client gets the responses to his own questions, whatever their order."""
        for place, client in enumerate(self.clients):
            numbers = range(place, count, len(self.clients))
            self.assertEqual(sorted(received(client)), sorted(bytes((n, 7)) + tails[n] for n in numbers))

    @property
    def headers(self) -> list[int]:
        """Of how many replies each is that was put together."""
        segments = self.io._segments
        assert isinstance(segments, Segments)
        return [len(each) for each in segments.members]

    def replyAll(self, tails: list[bytes]) -> None:
        """Reply to all questions at once."""
        for index, tail in enumerate(tails):
            self.io.reply(index, self.io.prepare(tail))
        self.io.flush()

    def test_together(self) -> None:
        """Of thirty replies to three clients those of a length leave as one; each arrives as it is."""
        self.open()
        self.assertEqual(self.ask(30), 30)
        tails = [b"answer %d" % (number // 15) + bytes(number // 15) for number in range(30)]
        self.replyAll(tails)
        self.expect(30, tails)
        self.assertEqual(self.headers, [5, 5, 5, 5, 5, 5])

    def test_order(self) -> None:
        """A client's responses of one length come in the order of his questions."""
        self.open(clients=1)
        self.ask(20)
        self.replyAll([b"answer"] * 20)
        self.assertEqual([octets[0] for octets in received(self.clients[0])], list(range(20)))

    def test_later(self) -> None:
        """Those that come later leave together, too, with those that are there at once."""
        self.open()
        self.ask(24)
        peers = [self.io.peer(index) for index in range(12)]
        for index in range(12, 24):
            self.io.reply(index, self.io.prepare(b"answer"))
        for peer in peers:
            self.io.replyTo(peer, b"answer")
        self.io.flush()
        self.expect(24, [b"answer"] * 24)
        self.assertEqual(self.headers, [8, 8, 8])

    def test_addresses(self) -> None:
        """Each leaves from the address that was asked, where a socket has all of the machine's."""
        self.open(bindTo="0.0.0.0")
        other = bound(self, "127.0.0.1")
        other.connect(("127.0.0.2", self.port.getsockname()[1]))
        # One that asks two addresses from one port.
        both = bound(self, "127.0.0.1")
        for number in range(10):
            self.clients[0].send(bytes((number, 1)) + b"question")
            other.send(bytes((number, 2)) + b"question")
            both.sendto(
                bytes((number, 3)) + b"question", (f"127.0.0.{1 + number % 2}", self.port.getsockname()[1])
            )
        self.assertEqual(len(self.io.receive()[0]), 30)
        self.replyAll([b"answer"] * 30)
        self.assertEqual((len(received(self.clients[0])), len(received(other))), (10, 10))
        came = [both.recvfrom(512) for _ in range(10)]
        self.assertEqual({name[0] for octets, name in came if octets[0] % 2}, {"127.0.0.2"})
        self.assertEqual({name[0] for octets, name in came if not octets[0] % 2}, {"127.0.0.1"})
        self.assertEqual(sorted(self.headers), [5, 5, 10, 10])

    def test_ip6(self) -> None:
        """Clients of IPv6 as those of IPv4, with an address of its own and with all of the machine's."""
        for bindTo in ("", "::"):
            self.open("::1", bindTo=bindTo)
            self.ask(30)
            self.replyAll([b"answer"] * 30)
            self.expect(30, [b"answer"] * 30)
            self.assertEqual(self.headers, [10, 10, 10])

    def test_long(self) -> None:
        """What a network might have to cut leaves by itself, and no more together than a packet holds."""
        self.open(clients=1)
        self.clients[0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        for length, headers in ((1230, [52, 8]), (1231, [1] * 60)):
            self.ask(60)
            self.replyAll([bytes(length)] * 60)
            self.expect(60, [bytes(length)] * 60)
            self.assertEqual(self.headers, headers)

    def test_refused(self) -> None:
        """Where the way to a client can't do it, each leaves by itself, and so do the next thousands."""
        self.open()
        system = Refusing(errno.EIO)
        self.io._libc = system
        for asked in (33, 30):
            system.asked = 0
            self.ask(30)
            self.replyAll([b"answer"] * 30)
            self.expect(30, [b"answer"] * 30)
            self.assertEqual((system.asked, self.io.sendErrors), (asked, 0))

    def test_full(self) -> None:
        """A full buffer is no reason for not sending together from then on; what is lost is counted."""
        self.open()
        full = Refusing(errno.EAGAIN)
        for sent in (False, True):
            self.io._libc = libc if sent else full
            self.ask(30)
            self.replyAll([b"answer"] * 30)
            self.expect(30, [b"answer"] * 30)
        self.assertEqual(self.headers, [10, 10, 10])

    def test_few(self) -> None:
        """Where hardly two go to one client, batches of that size are left alone for a while."""
        self.open(clients=40)
        for count in (20, 40):
            self.ask(count)
            self.replyAll([b"answer"] * count)
            self.assertEqual(self.headers, [])
            self.expect(count, [b"answer"] * count)
        del self.clients[2:]
        for _ in range(Segments.REST - 3):
            self.ask(30)
            self.replyAll([b"answer"] * 30)
            self.assertEqual(self.headers, [])
        self.ask(30)
        self.replyAll([b"answer"] * 30)
        self.assertEqual(self.headers, [15, 15])
