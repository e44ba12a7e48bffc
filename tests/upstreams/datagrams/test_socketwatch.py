"""L{EpollWatch}: many sockets as one reader of the reactor."""

from __future__ import annotations

import errno
import select
from unittest import mock

from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from dotchain.upstreams.datagrams.calls import DatagramCalls
from dotchain.upstreams.datagrams.connectedsocket import ConnectedSocket
from dotchain.upstreams.datagrams.socketwatch import EpollWatch, SocketWatch, fittingWatch

from ..network import Network
from ..upstreamcommon import pending
from .socketpoolcase import Nameserver


class WatchCase(SynchronousTestCase):
    """Tests of what tells which sockets have something."""

    def setUp(self) -> None:
        self.network = Network()
        self.server = Nameserver()
        self.addCleanup(self.server.socket.close)
        self.ready: list[ConnectedSocket] = []
        self.lost: list[ConnectedSocket] = []
        self.watch = self.make()

    def make(self) -> SocketWatch:
        """What is tested."""
        raise NotImplementedError

    def open(self, count: int = 1) -> list[ConnectedSocket]:
        """So many sockets, watched, each of which has something to read."""
        made = [ConnectedSocket(self.server.address, DatagramCalls()) for _ in range(count)]
        for each in made:
            self.addCleanup(each.close)
            self.watch.add(each)
            each.send([(pending(), b"")], 0.0)
            _, origin = self.server.asked()
            self.server.say(b"answer", origin)
        return made


class EpollTests(WatchCase):
    """Where there is epoll."""

    watch: EpollWatch

    def make(self) -> EpollWatch:
        """Nothing where there is none."""
        if not hasattr(select, "epoll"):
            self.skipTest("no epoll here")
        return EpollWatch(self.network, self.ready.append, self.lost.append)

    def test_oneReader(self) -> None:
        """All are one reader, by which those that have something are told of."""
        first, second, third = self.open(3)
        second.receive([])
        self.assertEqual(self.network.readers, [self.watch])
        self.assertEqual(select.select([self.watch], [], [], 0)[0], [self.watch])
        self.watch.doRead()
        self.assertEqual(set(self.ready), {first, third})

    def test_boundedTurn(self) -> None:
        """A turn is for 64 sockets; those that are not among them come first in the next."""
        made = self.open(100)
        self.watch.doRead()
        self.assertEqual(len(set(self.ready)), 64)
        self.watch.doRead()
        self.assertEqual(set(self.ready), set(made))

    def test_removed(self) -> None:
        """What one does may take others away: they are not told of."""
        made = self.open(3)

        def ready(port: ConnectedSocket) -> None:
            self.ready.append(port)
            for each in made:
                self.watch.remove(each)

        self.watch = EpollWatch(self.network, ready, self.lost.append)
        for each in made:
            self.watch.add(each)
        self.watch.doRead()
        self.assertEqual(len(self.ready), 1)

    def test_noneLeft(self) -> None:
        """Without sockets there is no file open and nothing for the reactor; with the next one there is."""
        for _ in range(2):
            (only,) = self.open()
            self.assertGreaterEqual(self.watch.fileno(), 0)
            self.watch.remove(only)
            self.assertEqual((self.watch.fileno(), self.network.readers), (-1, []))

    def test_lost(self) -> None:
        """Where the reactor gives the reader up, all sockets are told to be lost."""
        made = self.open(3)
        self.watch.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(self.lost, made)

    def test_noFileLeft(self) -> None:
        """Where there is no file for an epoll that is said, and nothing is left behind."""
        made = ConnectedSocket(self.server.address, DatagramCalls())
        self.addCleanup(made.close)
        with mock.patch("select.epoll", side_effect=OSError(errno.EMFILE, "Too many open files")):
            self.assertRaises(OSError, self.watch.add, made)
        self.assertEqual((self.network.readers, self.watch.sockets), ([], {}))

    def test_noMoreWatched(self) -> None:
        """The system watches only so many: the first that is too many is none, and leaves no file open."""
        made = ConnectedSocket(self.server.address, DatagramCalls())
        self.addCleanup(made.close)
        epoll = mock.Mock()
        epoll.register.side_effect = OSError(errno.ENOSPC, "No space left on device")
        with mock.patch("select.epoll", return_value=epoll):
            self.assertRaises(OSError, self.watch.add, made)
        epoll.close.assert_called_once_with()
        self.assertEqual((self.network.readers, self.watch.sockets), ([], {}))

    def test_fitting(self) -> None:
        """It is used where it is there."""
        self.assertIsInstance(fittingWatch(self.network, self.ready.append, self.lost.append), EpollWatch)


class ReaderTests(WatchCase):
    """On any platform."""

    def make(self) -> SocketWatch:
        """Each socket is a reader."""
        return SocketWatch(self.network, self.ready.append, self.lost.append)

    def test_readers(self) -> None:
        """Each is told of by itself, and watched no more once it is removed."""
        first, second = self.open(2)
        readers = list(self.network.readers)
        self.assertEqual([each.fileno() for each in readers], [first.number, second.number])
        self.watch.remove(first)
        for each in readers:
            each.doRead()
        self.assertEqual((self.ready, self.network.readers), ([second], readers[1:]))

    def test_lost(self) -> None:
        """The end of a reader is how poll tells of an error: it is read first, and lost if it stays."""
        (only,) = self.open()
        (reader,) = self.network.readers
        reader.connectionLost(Failure(ConnectionDone()))
        self.assertEqual((self.ready, self.lost), ([only], [only]))
