"""What every socket of a UDP front does, however it is read and written."""

from __future__ import annotations

import socket
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.datagrams.batches import Batches


def bound(case: SynchronousTestCase, host: str = "127.0.0.1") -> socket.socket:
    """A UDP socket of this host's own, closed with the test."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    case.addCleanup(made.close)
    made.bind((host, 0))
    made.setblocking(False)
    return made


def received(sock: socket.socket) -> list[bytes]:
    """All that has come to a socket."""
    found = []
    while True:
        try:
            found.append(sock.recv(65536))
        except BlockingIOError:
            return found


class Through(Batches):
    """A socket that is read and written by another one's means."""

    def __init__(self, io: Batches) -> None:
        super().__init__()
        self._io = io

    def receive(self) -> tuple[list[bytes], list[Any]]:
        """See L{Batches.receive}."""
        return self._io.receive()

    def text(self, source: Any) -> str:
        """See L{Batches.text}."""
        return self._io.text(source)

    def packed(self, source: Any) -> bytes:
        """See L{Batches.packed}."""
        return self._io.packed(source)

    def port(self, index: int) -> int:
        """See L{Batches.port}."""
        return self._io.port(index)

    def id(self, index: int) -> bytes:
        """See L{Batches.id}."""
        return self._io.id(index)

    def peer(self, index: int) -> Any:
        """See L{Batches.peer}."""
        return self._io.peer(index)

    def asked(self, index: int) -> str:
        """See L{Batches.asked}."""
        return self._io.asked(index)

    def peerAs(self, index: int, number: bytes) -> Any:
        """See L{Batches.peerAs}."""
        return self._io.peerAs(index, number)

    def prepare(self, tail: bytes) -> Any:
        """See L{Batches.prepare}."""
        return self._io.prepare(tail)

    def reply(self, index: int, ready: Any) -> None:
        """See L{Batches.reply}."""
        self._io.reply(index, ready)

    def replyTo(self, peer: Any, tail: bytes) -> None:
        """See L{Batches.replyTo}."""
        self._io.replyTo(peer, tail)

    def flush(self) -> None:
        """See L{Batches.flush}."""
        self._io.flush()


class SocketCase(SynchronousTestCase):
    """
    Tests of a sort of socket.

    @ivar made: what is tested.
    """

    made: Any

    def open(self, host: str = "127.0.0.1", wildcard: bool = False) -> Any:
        """A socket to be tested."""
        self.port = bound(self, host)
        return self.made(self.port, wildcard)

    def client(self, host: str = "127.0.0.1") -> socket.socket:
        """A client whose datagrams go to the socket and who takes answers from nowhere else."""
        made = bound(self, host)
        made.connect((host, self.port.getsockname()[1]))
        return made

    def test_reply(self) -> None:
        """Each gets his response behind his ID; many responses may be one that is kept ready."""
        io = self.open()
        clients = [self.client() for _ in range(5)]
        for number, client in enumerate(clients):
            client.send(bytes((number, 7)) + b"question")
        rests, sources = io.receive()
        self.assertEqual(rests, [b"question"] * 5)
        self.assertEqual([io.id(index) for index in range(5)], [bytes((n, 7)) for n in range(5)])
        self.assertEqual([io.text(source) for source in sources], ["127.0.0.1"] * 5)
        ready = io.prepare(b"answer")
        for index in (4, 0, 2):
            io.reply(index, ready)
        io.flush()
        found = [received(client) for client in clients]
        self.assertEqual(found, [[b"\0\7answer"], [], [b"\2\7answer"], [], [b"\4\7answer"]])
        self.assertEqual((io.receive(), io.sendErrors), (([], []), 0))

    def test_port(self) -> None:
        """The port that each message came from is known."""
        io = self.open()
        clients = [self.client() for _ in range(3)]
        for client in clients:
            client.send(b"\1\2q")
        io.receive()
        ports = [client.getsockname()[1] for client in clients]
        self.assertEqual([io.port(index) for index in range(3)], ports)

    def test_replyTo(self) -> None:
        """A response to an earlier batch reaches its client, also together with one to this batch."""
        io = self.open()
        early, late = self.client(), self.client()
        early.send(b"\1\1first")
        io.receive()
        peer = io.peer(0)
        late.send(b"\2\2second")
        io.receive()
        io.reply(0, io.prepare(b"now"))
        io.replyTo(peer, b"later")
        io.reply(0, io.prepare(b"again"))
        io.flush()
        self.assertEqual((received(early), received(late)), ([b"\1\1later"], [b"\2\2now", b"\2\2again"]))

    def test_oneAfterTheOther(self) -> None:
        """What one batch left behind does not show in the next."""
        io = self.open()
        for number in range(5):
            client = self.client()
            client.send(bytes((number, number)) + bytes((number,)) * (100 - 20 * number))
            rests, _ = io.receive()
            self.assertEqual(rests, [bytes((number,)) * (100 - 20 * number)])
            io.reply(0, io.prepare(rests[0]))
            io.flush()
            self.assertEqual(received(client), [bytes((number,)) * (102 - 20 * number)])

    def test_many(self) -> None:
        """No more than 64 datagrams are received at once, and any number is sent."""
        io = self.open()
        client = self.client()
        for number in range(100):
            client.send(number.to_bytes(2, "big") + b"q")
        sizes, peers = [], []
        for _ in range(3):
            rests, _ = io.receive()
            sizes.append(len(rests))
            peers += [io.peer(index) for index in range(len(rests))]
        self.assertEqual(sizes, [64, 36, 0])
        for peer in peers:
            io.replyTo(peer, b"r")
        io.flush()
        self.assertEqual(received(client), [number.to_bytes(2, "big") + b"r" for number in range(100)])

    def test_manyToOneBatch(self) -> None:
        """More than 64 replies to one batch leave, too."""
        io = self.open()
        client = self.client()
        client.send(b"\1\2q")
        io.receive()
        ready = [io.prepare(b"%d" % number) for number in range(150)]
        for each in ready:
            io.reply(0, each)
        io.flush()
        self.assertEqual(received(client), [b"\1\2%d" % number for number in range(150)])

    def test_short(self) -> None:
        """Datagrams of less than an ID are received as nothing."""
        io = self.open()
        client = self.client()
        for octets in (b"", b"a", b"ab", b"abc"):
            client.send(octets)
        self.assertEqual(io.receive()[0], [b"", b"", b"", b"c"])

    def test_large(self) -> None:
        """A datagram larger than any query of use is cut; the next is whole."""
        io = self.open()
        client = self.client()
        client.send(b"\1\2" + bytes(20000))
        client.send(b"\3\4next")
        (large, after), _ = io.receive()
        self.assertTrue(8000 < len(large) < 20000)
        self.assertEqual(after, b"next")

    def test_sendError(self) -> None:
        """A response that the system does not take is counted; the others leave (B3)."""
        io = self.open()
        clients = [self.client() for _ in range(3)]
        for number, client in enumerate(clients):
            client.send(bytes((0, number)))
        io.receive()
        io.reply(0, io.prepare(b"a"))
        io.reply(1, io.prepare(bytes(70000)))
        io.reply(2, io.prepare(b"c"))
        io.flush()
        found = [received(client) for client in clients]
        self.assertEqual((found, io.sendErrors), ([[b"\0\0a"], [], [b"\0\2c"]], 1))

    def test_portZero(self) -> None:
        """A client that claims the source port 0 can't be answered, which is counted (B3)."""
        io = self.open()
        client = self.client()
        client.send(b"\0\1q")
        io.receive()
        io.replyTo(self.atPortZero(io.peer(0)), b"a")
        io.replyTo(io.peer(0), b"b")
        io.flush()
        self.assertEqual((received(client), io.sendErrors), ([b"\0\1b"], 1))

    def atPortZero(self, peer: Any) -> Any:
        """The same peer with the port 0."""
        raise NotImplementedError

    def test_askedAddress(self) -> None:
        """Bound to the wildcard, a response comes from the address that was asked (RFC 2181 section 4.1)."""
        for host, asked in (("0.0.0.0", "127.0.0.2"), ("0.0.0.0", "127.0.0.1"), ("::", "::1")):
            io = self.open(host, wildcard=True)
            client = bound(self, "::1" if ":" in asked else "127.0.0.1")
            client.connect((asked, self.port.getsockname()[1]))
            client.send(b"\1\1now")
            client.send(b"\2\2later")
            _, sources = io.receive()
            self.assertEqual(io.text(sources[0]), "::1" if ":" in asked else "127.0.0.1")
            peer = io.peer(1)
            io.reply(0, io.prepare(b"a"))
            io.flush()
            io.receive()
            io.replyTo(peer, b"b")
            io.flush()
            self.assertEqual((received(client), io.sendErrors), ([b"\1\1a", b"\2\2b"], 0))

    def test_mixedAddresses(self) -> None:
        """The same within one batch, whatever order responses leave in."""
        io = self.open("0.0.0.0", wildcard=True)
        clients = []
        for number in (1, 2, 3):
            client = bound(self)
            client.connect((f"127.0.0.{number}", self.port.getsockname()[1]))
            client.send(bytes((number, number)))
            clients.append(client)
        io.receive()
        peer = io.peer(1)
        for index in (2, 0):
            io.reply(index, io.prepare(b"x"))
        io.replyTo(peer, b"y")
        io.flush()
        self.assertEqual([received(client) for client in clients], [[b"\1\1x"], [b"\2\2y"], [b"\3\3x"]])

    def test_sixth(self) -> None:
        """A socket bound to one IPv6 address."""
        io = self.open("::1")
        client = self.client("::1")
        client.send(b"\1\2q")
        rests, sources = io.receive()
        io.reply(0, io.prepare(b"a"))
        io.flush()
        self.assertEqual((rests, io.text(sources[0]), received(client)), ([b"q"], "::1", [b"\1\2a"]))

    def test_sourcesAreKeys(self) -> None:
        """Datagrams of one address have equal, hashable sources, whatever the port; others differ."""
        io = self.open("0.0.0.0", wildcard=True)
        for host in ("127.0.0.1", "127.0.0.1", "127.0.0.9"):
            client = bound(self, host)
            client.sendto(b"\0\0q", ("127.0.0.1", self.port.getsockname()[1]))
        _, sources = io.receive()
        self.assertEqual((len(set(sources)), sources[0]), (2, sources[1]))
