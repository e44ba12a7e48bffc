"""Sockets that are watched through an epoll of our own."""

from __future__ import annotations

import os
import select
import socket
from asyncio import CancelledError
from collections.abc import Callable
from types import SimpleNamespace
from unittest import skipUnless
from unittest.mock import patch

from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IReadDescriptor, IReadWriteDescriptor
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from dotchain.fronts.streams import nestedepoll
from dotchain.fronts.streams.nestedepoll import NestedEpoll, nested

from ..loop import Loop, logged


@implementer(IReadWriteDescriptor)
class Watched:
    """
    A descriptor that notes what it is told.

    @ivar told: the names of what was called.
    @ivar act: done at each of them.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self.told: list[str] = []
        self.act: Callable[[], object] = lambda: None

    def fileno(self) -> int:
        """See L{IReadDescriptor}."""
        return self._number

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
class NestedEpollTests(SynchronousTestCase):
    """One descriptor to the reactor."""

    def setUp(self) -> None:
        """A nested epoll in a reactor."""
        self.loop = Loop()
        self.epoll = NestedEpoll(self.loop)
        self.events = logged(self)

    def pair(self) -> tuple[Watched, socket.socket]:
        """A descriptor, and its peer."""
        near, far = socket.socketpair()
        self.addCleanup(near.close)
        self.addCleanup(far.close)
        return Watched(near.fileno()), far

    def test_interface(self) -> None:
        """The reactor can watch it."""
        self.assertTrue(verifyObject(IReadDescriptor, self.epoll))

    def test_ready(self) -> None:
        """Whoever can read is told so once a turn, and nobody else."""
        (one, peer), (other, _) = self.pair(), self.pair()
        self.epoll.addReader(one)
        self.epoll.addReader(other)
        self.assertEqual(self.loop.watched, {self.epoll})
        self.loop.turn()
        peer.send(b"x")
        self.loop.turn()
        self.assertEqual((one.told, other.told), (["read"], []))
        self.loop.turn()
        self.assertEqual(one.told, ["read", "read"], "what was left unread is forgotten")

    def test_both(self) -> None:
        """Reading and writing are asked for, and given up, one by one."""
        one, peer = self.pair()
        peer.send(b"x")
        steps: tuple[tuple[Callable[[Watched], None], list[str]], ...] = (
            (self.epoll.addWriter, ["write"]),
            (self.epoll.addReader, ["read", "write"]),
            (self.epoll.removeWriter, ["read"]),
            (self.epoll.addWriter, ["read", "write"]),
            (self.epoll.removeReader, ["write"]),
            (self.epoll.removeReader, ["write"]),
            (self.epoll.removeWriter, []),
        )
        for step, told in steps:
            step(one)
            one.told = []
            self.loop.turn()
            self.assertEqual(one.told, told)
        self.epoll.removeWriter(one)
        self.assertEqual(self.loop.watched, set(), "with nobody to watch it is watched itself")

    def test_closedByAnother(self) -> None:
        """Who is given up by one that is called before him is called no more."""
        pairs = [self.pair() for _ in range(2)]

        def closeAll() -> None:
            for each, _ in pairs:
                self.epoll.removeReader(each)

        for one, peer in pairs:
            one.act = closeAll
            self.epoll.addReader(one)
            peer.send(b"x")
        self.loop.turn()
        self.assertEqual(sorted(one.told for one, _ in pairs), [[], ["read"]])

    def test_doneReading(self) -> None:
        """Who is closed by what he reads has nothing to write."""
        one, peer = self.pair()
        peer.send(b"x")

        def close() -> None:
            self.epoll.removeReader(one)
            self.epoll.removeWriter(one)

        one.act = close
        self.epoll.addReader(one)
        self.epoll.addWriter(one)
        self.loop.turn()
        self.assertEqual(one.told, ["read"])

    def test_bug(self) -> None:
        """One that fails is logged and given up; all others are served."""
        pairs = [self.pair() for _ in range(3)]
        for one, peer in pairs:
            self.epoll.addReader(one)
            peer.send(b"x")
        pairs[1][0].act = lambda: 1 // 0
        self.loop.turn()
        self.assertEqual([one.told for one, _ in pairs], [["read"], ["read", "lost"], ["read"]])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_worse(self) -> None:
        """So is one that fails by what is no Exception, and can't even be closed."""

        def fail() -> None:
            raise CancelledError

        pairs = [self.pair() for _ in range(3)]
        for one, peer in pairs:
            self.epoll.addReader(one)
            peer.send(b"x")
        pairs[1][0].act = fail
        self.patch(pairs[1][0], "connectionLost", lambda reason: fail())
        for _ in range(3):
            self.loop.turn()
        self.assertEqual([one.told for one, _ in pairs], [["read"] * 3, ["read"], ["read"] * 3])
        self.assertEqual(len(self.flushLoggedErrors(CancelledError)), 1)

    def test_givenUpByTheReactor(self) -> None:
        """Where the reactor has lost it, those that come later are watched, though some can't be closed."""

        def fail(reason: Failure) -> None:
            raise CancelledError

        one, _ = self.pair()
        self.patch(one, "connectionLost", fail)
        self.epoll.addReader(one)
        self.epoll.connectionLost(Failure(ConnectionLost()))
        self.flushLoggedErrors(CancelledError)
        self.loop.readers.clear()
        other, peer = self.pair()
        self.epoll.addReader(other)
        peer.send(b"x")
        self.loop.turn()
        self.assertEqual(other.told, ["read"])

    def test_givenUp(self) -> None:
        """What the reactor tells at its end is told to all."""
        pairs = [self.pair() for _ in range(2)]
        for one, _ in pairs:
            self.epoll.addReader(one)
        self.epoll.connectionLost(Failure(ConnectionLost()))
        self.assertEqual([one.told for one, _ in pairs], [["lost"], ["lost"]])

    def test_hungUp(self) -> None:
        """The end of a descriptor without anything to read ends the connection."""
        near, far = os.pipe()
        self.addCleanup(os.close, near)
        one = Watched(near)
        self.epoll.addReader(one)
        os.close(far)
        self.loop.turn()
        self.assertEqual(one.told, ["lost"])


class NestedTests(SynchronousTestCase):
    """Systems without epoll."""

    def test_without(self) -> None:
        """Without epoll the reactor itself watches."""
        loop = Loop()
        with patch.object(nestedepoll, "select", SimpleNamespace()):
            self.assertIs(nested(loop), loop)
