"""The sockets that a front listens on."""

from __future__ import annotations

import socket

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from dotchain.address import address
from dotchain.fronts.listening import canFreeBind, listening, several, spreads

from ..interop.ports import freePort
from .datagrams.sockets import received


class ListeningTests(SynchronousTestCase):
    """L{listening}."""

    def open(self, text: str, freeBind: bool = False) -> socket.socket:
        """A socket, closed with the test."""
        made = listening(address(text), freeBind)
        self.addCleanup(made.close)
        return made

    def test_kinds(self) -> None:
        """UDP takes datagrams and TLS connections, without ever blocking."""
        for text, kind in (("udp://127.0.0.1:0", socket.SOCK_DGRAM), ("tls://[::1]:0", socket.SOCK_STREAM)):
            made = self.open(text)
            self.assertEqual((made.type, made.getblocking()), (kind, False))

    def test_bounded(self) -> None:
        """What the system holds for a client of a stream is bounded, and what is sent leaves at once."""
        listener = self.open("tcp://127.0.0.1:0")
        with socket.create_connection(listener.getsockname()):
            listener.setblocking(True)
            accepted, _ = listener.accept()
            with accepted:
                for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                    self.assertLessEqual(accepted.getsockopt(socket.SOL_SOCKET, option), 1 << 18)
                self.assertTrue(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
                if hasattr(socket, "TCP_USER_TIMEOUT"):
                    timeout = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
                    self.assertEqual(timeout, 6000)

    def test_familiesApart(self) -> None:
        """The IPv6 wildcard leaves the port to IPv4."""
        for transport in ("udp", "tcp"):
            number = freePort()
            self.open(f"{transport}://[::]:{number}")
            self.open(f"{transport}://0.0.0.0:{number}")

    def test_wildcardClashes(self) -> None:
        """What the check of a file takes for granted: a wildcard leaves the port to no other address."""
        for transport in ("udp", "tcp"):
            for wild, one in (("0.0.0.0", "127.0.0.1"), ("[::]", "[::1]")):
                number = self.open(f"{transport}://{wild}:0").getsockname()[1]
                with self.assertRaises(OSError):
                    self.open(f"{transport}://{one}:{number}")

    def test_freeBind(self) -> None:
        """Only with free-bind is an address that is not there no error."""
        if not canFreeBind():
            raise SkipTest("the platform can't")
        for text in ("udp://192.0.2.1:0", "tcp://[2001:db8::1]:0"):
            with self.assertRaises(OSError):
                self.open(text)
            self.assertEqual(self.open(text, True).getsockname()[0], address(text).host)

    def free(self) -> int:
        """A port that was free a moment ago."""
        with self.open("udp://127.0.0.1:0") as made:
            return int(made.getsockname()[1])

    def several(self, text: str, count: int = 3) -> list[socket.socket]:
        """Sockets for several processes, closed with the test."""
        made = several(address(text), count)
        for each in made:
            self.addCleanup(each.close)
        return made

    def test_several(self) -> None:
        """Each process has a socket for datagrams, clients are spread over them; connections come to one."""
        if not spreads():
            raise SkipTest("the platform doesn't spread")
        number = self.free()
        made = self.several(f"udp://127.0.0.1:{number}")
        self.assertEqual(len(made), 3)
        for _ in range(60):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.sendto(b"x", ("127.0.0.1", number))
        counts = [len(received(each)) for each in made]
        self.assertEqual((sum(counts), min(counts) > 0), (60, True))
        self.assertEqual(len(self.several("tcp://127.0.0.1:0")), 1)

    def test_severalTaken(self) -> None:
        """A second daemon that is started by mistake gets no share of the first one's queries."""
        number = self.free()
        self.several(f"udp://127.0.0.1:{number}")
        with self.assertRaises(OSError):
            several(address(f"udp://127.0.0.1:{number}"), 3)
