"""L{RouteWatch}."""

from __future__ import annotations

from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IReadDescriptor
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from dotchain.upstreams.routewatch import RouteWatch

from .network import Network


class Notices:
    """A socket by which so many notices come."""

    def __init__(self) -> None:
        self.left = 0
        self.closed = False

    def recv(self, size: int) -> bytes:
        """One of them, or as a socket that has none."""
        if not self.left:
            raise BlockingIOError
        self.left -= 1
        return b"notice"

    def fileno(self) -> int:
        """A number."""
        return 5

    def close(self) -> None:
        """Remember."""
        self.closed = True


class RouteWatchTests(SynchronousTestCase):
    """Notices come in crowds, and are told as one."""

    def setUp(self) -> None:
        self.network = Network()
        self.notices = Notices()
        self.told: list[float] = []
        self.watch = RouteWatch(
            self.network, lambda: self.told.append(self.network.seconds()), lambda: self.notices
        )
        self.watch.startService()

    def notice(self, count: int = 1) -> None:
        """So many notices come."""
        self.notices.left = count
        self.watch.doRead()

    def test_interface(self) -> None:
        """The reactor can read it."""
        verifyObject(IReadDescriptor, self.watch)
        self.assertEqual(self.network.readers, [self.watch])

    def test_together(self) -> None:
        """A hundred notices of one change are told once, when they have settled."""
        for _ in range(10):
            self.notice(10)
            self.network.advance(0.01)
        self.network.advance(0.2)
        self.assertEqual((len(self.told), self.notices.left), (1, 0))

    def test_seldom(self) -> None:
        """Routes that change all the time are told every two seconds."""
        for _ in range(100):
            self.notice()
            self.network.advance(0.1)
        self.assertLessEqual(len(self.told), 6)
        self.assertGreaterEqual(len(self.told), 5)

    def test_lost(self) -> None:
        """Where the reactor gives it up it is listened to anew, and what may have been missed is told."""
        self.network.removeReader(self.watch)
        self.watch.connectionLost(Failure(ConnectionLost()))
        self.assertTrue(self.notices.closed)
        self.network.advance(RouteWatch.PAUSE)
        self.assertEqual((len(self.told), self.network.readers), (1, [self.watch]))
        self.notice()
        self.network.advance(RouteWatch.PAUSE)
        self.assertEqual(len(self.told), 2)

    def test_stop(self) -> None:
        """At the end nothing is left."""
        self.notice()
        self.watch.stopService()
        self.assertEqual((self.network.getDelayedCalls(), self.network.readers), ([], []))
        self.assertTrue(self.notices.closed)

    def test_none(self) -> None:
        """Where the system has no such thing it does nothing."""
        watch = RouteWatch(self.network, lambda: None, lambda: None)
        watch.startService()
        watch.stopService()
        self.assertEqual(self.network.readers, [self.watch])
