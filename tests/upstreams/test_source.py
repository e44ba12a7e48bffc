"""From where an upstream is asked."""

from __future__ import annotations

import os
import socket
from errno import EADDRNOTAVAIL, EPERM
from os import strerror
from typing import Any
from unittest import mock

from twisted.internet.error import ConnectBindError
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import address, targets
from dotchain.options import OptionError
from dotchain.upstreams.datagrams.calls import DatagramCalls
from dotchain.upstreams.datagrams.connectedsocket import ConnectedSocket
from dotchain.upstreams.source import Source, absent, checkSource, connectFrom, inWordsFrom, source


class WrittenTests(SynchronousTestCase):
    """L{source}."""

    def test_right(self) -> None:
        """Addresses, one a family, an interface, or both."""
        self.assertEqual(source("192.0.2.7"), Source(("192.0.2.7",)))
        self.assertEqual(source("2001:DB8::1 192.0.2.7").hosts, ("2001:db8::1", "192.0.2.7"))
        self.assertEqual(source("eth1"), Source((), "eth1"))
        self.assertEqual(source("eth1 192.0.2.7"), Source(("192.0.2.7",), "eth1"))

    def test_wrong(self) -> None:
        """Two of a family, two interfaces, what is no name of an interface, any address, and nothing."""
        for text in ("192.0.2.7 192.0.2.8", "eth0 eth1", "a/b", "x" * 16, "0.0.0.0", "ff02::1", ""):
            self.assertRaises(ValueError, source, text)

    def test_families(self) -> None:
        """An address of a family without a source is refused, before anything is sent from elsewhere."""
        both = targets("tcp://192.0.2.1 tcp://[2001:db8::2]")
        checkSource(source("192.0.2.7 2001:db8::1"), both)
        checkSource(source("eth1"), both)
        error = self.assertRaises(OptionError, checkSource, source("192.0.2.7"), both)
        self.assertEqual((error.key, "IPv6" in str(error)), ("source", True))

    def test_absent(self) -> None:
        """A warning where this host does not have the address."""
        (text,) = absent(source("192.0.2.7"))
        self.assertIn("192.0.2.7", text)
        self.assertEqual(absent(source("127.0.0.1")), [])


class Recorder:
    """A reactor, and a socket, that note what is done to them."""

    def __init__(self, error: OSError | None = None) -> None:
        self.bound: Any = None
        self.device = b""
        self.failed: Any = None
        self.transport = self.socket = self
        self._error = error

    def connectTCP(self, host: str, port: int, factory: Any, **more: Any) -> Any:
        """See L{IReactorTCP<twisted.internet.interfaces.IReactorTCP>}."""
        self.bound = more.get("bindAddress")
        return self

    def setsockopt(self, level: int, option: int, value: bytes) -> None:
        """See L{socket.socket}."""
        if self._error is not None:
            raise self._error
        self.device = value

    def failIfNotConnected(self, error: Exception) -> None:
        """See Twisted's C{BaseClient}."""
        self.failed = error


class ConnectTests(SynchronousTestCase):
    """L{connectFrom}, and UDP sockets."""

    where = address("tcp://192.0.2.1:53")

    def connect(self, text: str, error: OSError | None = None) -> Recorder:
        """A connection that is made from somewhere."""
        made = Recorder(error)
        connectFrom(source(text), made, self.where, None)  # type: ignore[arg-type]
        return made

    def test_address(self) -> None:
        """The address of the right family is bound, with a port that the system draws."""
        self.assertEqual(self.connect("2001:db8::1 192.0.2.7").bound, ("192.0.2.7", 0))

    def test_interface(self) -> None:
        """An interface is bound by its name, and no address then."""
        made = self.connect("eth1")
        self.assertEqual((made.bound, made.device), (None, b"eth1\0"))

    def test_forbiddenAtStart(self) -> None:
        """So it is at the start, by C{dotchain check} too: no query need find it out."""
        refused = PermissionError(EPERM, strerror(EPERM))
        with mock.patch.object(Source, "bindToInterface", side_effect=refused):
            self.assertEqual(
                absent(source("eth1")),
                ["this process may not choose the interface eth1: it needs CAP_NET_RAW"],
            )
        self.assertEqual(absent(source("lo")), [])

    def test_forbidden(self) -> None:
        """Where this process may not do so, that and what it takes is told."""
        failed = self.connect("eth1", PermissionError(EPERM, "Operation not permitted")).failed
        self.assertIn("CAP_NET_RAW", inWordsFrom(source("eth1"), Failure(failed)))
        other = Failure(ConnectBindError(EADDRNOTAVAIL, "Cannot assign requested address"))
        self.assertIn("192.0.2.7: Cannot assign", inWordsFrom(source("192.0.2.7"), other))

    def test_datagrams(self) -> None:
        """UDP sockets have the address, and ports of their own."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            server.settimeout(5)
            seen = set()
            for _ in range(5):
                where = address(f"udp://127.0.0.1:{server.getsockname()[1]}")
                made = ConnectedSocket(where, DatagramCalls(), source("127.0.0.9"))
                with socket.socket(fileno=os.dup(made.number)) as copy:
                    copy.send(b"x")
                seen.add(server.recvfrom(9)[1])
                made.close()
        self.assertEqual({host for host, _ in seen}, {"127.0.0.9"})
        self.assertGreater(len({port for _, port in seen}), 2)
