"""Sockets that systemd has opened for the daemon."""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain import activation
from dotchain.activation import PassedSocket, SocketName, listened, passed
from dotchain.address import Address


class ListenedTests(SynchronousTestCase):
    """L{listened}."""

    def test_both(self) -> None:
        """Addresses and names stand side by side, in the order that the operator wrote."""
        self.assertEqual(
            listened("udp://127.0.0.1:53 systemd://dns\ntls://[::1]"),
            (Address("udp", "127.0.0.1", 53), SocketName("dns"), Address("tls", "::1", 853)),
        )
        self.assertEqual(str(SocketName("dns")), "systemd://dns")

    def test_refused(self) -> None:
        """systemd has no sockets without a name, nor such with a colon; nothing at all is no address."""
        for text in ("systemd://", "systemd://a:b", "systemd://ü", "", "systemd:dns"):
            self.assertRaises(ValueError, listened, text)


class PassedTests(SynchronousTestCase):
    """L{passed}, with descriptors of the test's own in the place of 3 and those behind it."""

    def passed(self, *sockets: int, **environ: str) -> list[PassedSocket]:
        """What is found."""
        # Above all that are open, so that they follow one another.
        first = 1 + max(int(each.name) for each in Path("/dev/fd").iterdir())
        files = [fcntl.fcntl(each, fcntl.F_DUPFD, first) for each in sockets]
        for each in files:
            self.addCleanup(os.close, each)
        self.patch(activation, "_FIRST", first)
        told = {"LISTEN_PID": "7", "LISTEN_FDS": str(len(files)), **environ}
        return [each._replace(file=each.file - first) for each in passed(told, 7)]

    def socket(self, kind: int, host: str = "127.0.0.1", family: int = socket.AF_INET) -> socket.socket:
        """One that is bound, as systemd does."""
        made = socket.socket(family, kind)
        self.addCleanup(made.close)
        made.bind((host, 0))
        return made

    def test_kinds(self) -> None:
        """Datagram and stream sockets are told with their names and addresses, of both families."""
        udp, tcp = self.socket(socket.SOCK_DGRAM), self.socket(socket.SOCK_STREAM, "::1", socket.AF_INET6)
        tcp.listen()
        self.assertEqual(
            self.passed(udp.fileno(), tcp.fileno(), LISTEN_FDNAMES="a:b"),
            [
                PassedSocket("a", 0, "udp", "127.0.0.1", udp.getsockname()[1]),
                PassedSocket("b", 1, "tcp", "::1", tcp.getsockname()[1]),
            ],
        )

    def test_unnamed(self) -> None:
        """Without LISTEN_FDNAMES the name is that of sd_listen_fds_with_names(3)."""
        self.assertEqual(self.passed(self.socket(socket.SOCK_DGRAM).fileno())[0].name, "unknown")

    def test_unfit(self) -> None:
        """No front can serve on a Unix socket, on a TCP socket that does not listen, or on a file."""
        unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(unix.close)
        null = os.open(os.devnull, os.O_RDONLY)
        self.addCleanup(os.close, null)
        deaf = self.socket(socket.SOCK_STREAM)
        wrong = [each.wrong for each in self.passed(unix.fileno(), deaf.fileno(), null)]
        for text, word in zip(wrong, ("no IP address", "Accept=no", "no socket"), strict=True):
            self.assertIn(word, text)

    def test_nothingLeft(self) -> None:
        """To look at a descriptor that is none of a socket leaves nothing open."""
        null = os.open(os.devnull, os.O_RDONLY)
        self.addCleanup(os.close, null)
        copies: list[int] = []
        dup = os.dup

        def noted(file: int) -> int:
            copies.append(dup(file))
            return copies[-1]

        self.patch(os, "dup", noted)
        self.patch(activation, "_FIRST", null)
        self.assertIn("no socket", passed({"LISTEN_PID": "7", "LISTEN_FDS": "1"}, 7)[0].wrong)
        self.assertRaises(OSError, PassedSocket("a", null, "tcp").at("tls").open)
        self.assertEqual(len(copies), 2)
        for each in copies:
            self.assertRaises(OSError, os.fstat, each)

    def test_others(self) -> None:
        """What was passed to another process, as to the one that has started this one, is not looked at."""
        told = {"LISTEN_PID": "7", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "a"}
        self.assertEqual(passed(told, 8), ())
        self.assertEqual((passed({}, 7), passed({**told, "LISTEN_FDS": "x"}, 7)), ((), ()))

    def test_open(self) -> None:
        """A front may close it and have it again: systemd's own stays open."""
        udp = self.socket(socket.SOCK_DGRAM)
        host, port = udp.getsockname()
        address = PassedSocket("a", udp.fileno(), "udp", host, port).at("udp")
        address.open().close()
        with address.open() as again:
            self.assertEqual(again.getsockname(), (host, port))

    def test_broken(self) -> None:
        """One that takes no connections any more is not taken for one that does."""
        deaf = self.socket(socket.SOCK_STREAM)
        self.assertRaises(OSError, PassedSocket("a", deaf.fileno(), "tcp").at("tls").open)
