"""L{EpollReactor}: what is ready is called, whatever the others do."""

from __future__ import annotations

import contextlib
import os
import select
import socket
from asyncio import CancelledError
from collections.abc import Callable
from typing import Any
from unittest import skipUnless

from twisted.internet.interfaces import IReactorFDSet, IReactorTCP, IReactorTime, IReadWriteDescriptor
from twisted.internet.protocol import Factory, Protocol
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from dotchain.daemon.reactor import EpollReactor
from dotchain.interfaces import IAfterReads, IForgetting


@implementer(IReadWriteDescriptor)
class Watched:
    """
    A descriptor that notes what it is told.

    @ivar told: the names of what was called.
    @ivar act: done at each of them.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.told: list[str] = []
        self.act: Callable[[], object] = lambda: None

    def fileno(self) -> int:
        """See L{IReadDescriptor}."""
        return self.number

    def logPrefix(self) -> str:
        """See L{IReadDescriptor}."""
        return "watched"

    def doRead(self) -> None:
        """See L{IReadDescriptor}."""
        self.told.append("read")
        self.act()

    def doWrite(self) -> None:
        """See L{IWriteDescriptor}."""
        self.told.append("write")
        self.act()

    def connectionLost(self, reason: Failure) -> None:
        """See L{IReadDescriptor}."""
        self.told.append("lost")


@skipUnless(hasattr(select, "epoll"), "the system has no epoll")
class EpollReactorTests(SynchronousTestCase):
    """A reactor that is turned by hand."""

    def setUp(self) -> None:
        self.reactor = EpollReactor()
        self.addCleanup(self.reactor.disconnectAll)

    def turn(self) -> None:
        """One turn, without waiting."""
        self.reactor.iterate(0)

    def pair(self) -> tuple[Watched, socket.socket]:
        """A descriptor, and its peer."""
        near, far = socket.socketpair()
        self.addCleanup(near.close)
        self.addCleanup(far.close)
        return Watched(near.fileno()), far

    def test_interface(self) -> None:
        """It is a reactor."""
        for interface in (IAfterReads, IForgetting, IReactorFDSet, IReactorTCP, IReactorTime):
            self.assertTrue(verifyObject(interface, self.reactor))

    def test_ready(self) -> None:
        """Whoever can read is told so once a turn, and nobody else."""
        (one, peer), (other, _) = self.pair(), self.pair()
        self.reactor.addReader(one)
        self.reactor.addReader(other)
        self.turn()
        peer.send(b"x")
        self.turn()
        self.assertEqual((one.told, other.told), (["read"], []))
        self.turn()
        self.assertEqual(one.told, ["read", "read"], "what was left unread is forgotten")

    def test_both(self) -> None:
        """Reading and writing are asked for, and given up, one by one."""
        one, peer = self.pair()
        peer.send(b"x")
        steps: tuple[tuple[Callable[[Watched], None], list[str]], ...] = (
            (self.reactor.addWriter, ["write"]),
            (self.reactor.addReader, ["read", "write"]),
            (self.reactor.addReader, ["read", "write"]),
            (self.reactor.removeWriter, ["read"]),
            (self.reactor.addWriter, ["read", "write"]),
            (self.reactor.removeReader, ["write"]),
            (self.reactor.removeReader, ["write"]),
            (self.reactor.removeWriter, []),
        )
        for step, told in steps:
            step(one)
            one.told = []
            self.turn()
            self.assertEqual(one.told, told)
            self.assertEqual(one in self.reactor.getReaders(), "read" in told)
            self.assertEqual(one in self.reactor.getWriters(), "write" in told)

    def test_forget(self) -> None:
        """Whose file is closed is asked for nothing more, and another one gets its number."""
        near, peer = socket.socketpair()
        self.addCleanup(peer.close)
        one = Watched(near.fileno())
        self.reactor.addReader(one)
        self.reactor.addWriter(one)
        peer.send(b"x")
        self.reactor.forget(one)
        near.close()
        self.turn()
        self.assertEqual(
            (one.told, one in self.reactor.getReaders(), self.reactor.getWriters()), ([], False, [])
        )
        self.reactor.forget(one)
        near, far = socket.socketpair()
        self.addCleanup(far.close)
        other = Watched(near.detach())
        self.addCleanup(os.close, other.fileno())
        self.assertEqual(other.fileno(), one.fileno())
        self.reactor.addReader(other)
        far.send(b"x")
        self.turn()
        self.assertEqual((one.told, other.told), ([], ["read"]))

    def test_closedByAnother(self) -> None:
        """Who is given up by one that is called before him is called no more."""
        pairs = [self.pair() for _ in range(2)]

        def closeAll() -> None:
            for each, _ in pairs:
                self.reactor.removeReader(each)

        for one, peer in pairs:
            one.act = closeAll
            self.reactor.addReader(one)
            peer.send(b"x")
        self.turn()
        self.assertEqual(sorted(one.told for one, _ in pairs), [[], ["read"]])

    def test_doneReading(self) -> None:
        """Who is closed by what he reads has nothing to write."""
        one, peer = self.pair()
        peer.send(b"x")

        def close() -> None:
            self.reactor.removeReader(one)
            self.reactor.removeWriter(one)

        one.act = close
        self.reactor.addReader(one)
        self.reactor.addWriter(one)
        self.turn()
        self.assertEqual(one.told, ["read"])

    def test_closedWhileWatched(self) -> None:
        """One that was closed can be given up all the same, and its number be another's."""
        one, peer = self.pair()
        self.reactor.addReader(one)
        number, one.number = one.number, -1
        os.close(os.dup(number))
        self.reactor.removeReader(one)
        other = Watched(number)
        self.reactor.addReader(other)
        peer.send(b"x")
        self.turn()
        self.assertEqual((one.told, other.told), ([], ["read"]))

    def test_closedUnnoticed(self) -> None:
        """One that was closed without a word is not in the way of the next with its number."""
        near, far = socket.socketpair()
        self.addCleanup(far.close)
        self.reactor.addReader(Watched(near.fileno()))
        number = near.fileno()
        near.close()
        other, peer = socket.socketpair()
        for each in (other, peer):
            self.addCleanup(each.close)
        self.assertEqual(other.fileno(), number)
        later = Watched(number)
        self.reactor.addReader(later)
        self.reactor.addWriter(later)
        peer.send(b"x")
        self.turn()
        self.assertEqual(later.told, ["read", "write"])

    def test_bug(self) -> None:
        """One that fails is logged and given up; all others are served."""
        pairs = [self.pair() for _ in range(3)]
        for one, peer in pairs:
            self.reactor.addReader(one)
            peer.send(b"x")
        pairs[1][0].act = lambda: 1 // 0
        self.turn()
        self.assertEqual([one.told for one, _ in pairs], [["read"], ["read", "lost"], ["read"]])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_worse(self) -> None:
        """So is one that fails by what is no Exception, and can't even be closed."""

        def fail() -> None:
            raise CancelledError

        pairs = [self.pair() for _ in range(3)]
        for one, peer in pairs:
            self.reactor.addReader(one)
            peer.send(b"x")
        pairs[1][0].act = fail
        self.patch(pairs[1][0], "connectionLost", lambda reason: fail())
        for _ in range(3):
            self.turn()
        self.assertEqual([one.told for one, _ in pairs], [["read"] * 3, ["read"], ["read"] * 3])
        self.assertTrue(self.flushLoggedErrors(CancelledError))

    def test_hungUp(self) -> None:
        """The end of a descriptor without anything to read ends the connection."""
        near, far = os.pipe()
        self.addCleanup(os.close, near)
        one = Watched(near)
        self.reactor.addReader(one)
        os.close(far)
        self.turn()
        self.assertEqual(one.told, ["lost"])

    def test_afterReads(self) -> None:
        """What reads ask for comes after all of their turn, whatever fails; what that asks for, later."""
        told: list[str] = []
        pairs = [self.pair() for _ in range(2)]
        for one, peer in pairs:
            self.reactor.addReader(one)
            peer.send(b"x")
            one.act = lambda: told.append("read")

        def ask() -> None:
            told.append("read")
            self.reactor.callAfterReads(lambda: 1 // 0)
            self.reactor.callAfterReads(lambda: self.reactor.callAfterReads(lambda: told.append("after")))

        pairs[0][0].act = ask
        self.turn()
        self.assertEqual(told, ["read", "read"])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        for one, _ in pairs:
            self.reactor.removeReader(one)
        self.turn()
        self.turn()
        self.assertEqual(told, ["read", "read", "after"])

    def test_afterTimedCalls(self) -> None:
        """What a timed call asks for does not wait for something to be read."""
        told: list[str] = []
        self.reactor.callLater(0, self.reactor.callAfterReads, lambda: told.append("after"))
        self.turn()
        self.assertEqual(told, ["after"])

    def test_removeAll(self) -> None:
        """At the end all are given up but what wakes the reactor itself."""
        one, _ = self.pair()
        self.reactor.addReader(one)
        self.reactor.addWriter(one)
        self.assertEqual(self.reactor.removeAll(), [one])
        self.assertEqual(self.reactor.getWriters(), [])

    def test_connections(self) -> None:
        """Twisted's own connections work: one is accepted, echoes, and is closed by its peer."""

        class Echo(Protocol):
            def dataReceived(self, data: bytes) -> None:
                transport: Any = self.transport
                transport.write(data)

            def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
                lost.append(type(reason.value).__name__)

        lost: list[str] = []
        port = self.reactor.listenTCP(0, Factory.forProtocol(Echo), interface="127.0.0.1")
        with socket.create_connection(("127.0.0.1", port.getHost().port)) as client:
            client.setblocking(False)
            client.send(b"hello")
            found = b""
            for _ in range(100):
                self.reactor.iterate(0.01)
                with contextlib.suppress(BlockingIOError):
                    found = found or client.recv(10)
                if found:
                    break
            self.assertEqual(found, b"hello")
        for _ in range(100):
            self.reactor.iterate(0.01)
            if lost:
                break
        self.assertEqual(lost, ["ConnectionDone"])
        port.stopListening()
        self.turn()
