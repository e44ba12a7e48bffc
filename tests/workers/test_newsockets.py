"""Sockets that are given to workers that run."""

from __future__ import annotations

import socket

from twisted.trial.unittest import SynchronousTestCase

from dotchain.workers.newsockets import receive, send


class GivenTests(SynchronousTestCase):
    """L{send} and L{receive}."""

    def setUp(self) -> None:
        """A pair, and three sockets that are bound."""
        self.ours, self.theirs = socket.socketpair()
        self.ours.setblocking(False)
        self.made = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
        for each in (self.ours, self.theirs, *self.made):
            self.addCleanup(each.close)

    def test_given(self) -> None:
        """The same sockets come, in their order, by how many are wanted; no copy of them blocks."""
        for each in self.made:
            each.setblocking(False)
        send(self.ours, self.made[:2])
        send(self.ours, self.made[2:])
        got = [*receive(self.theirs, 2), *receive(self.theirs, 1)]
        for each in got:
            self.addCleanup(each.close)
        self.assertEqual([each.getsockname() for each in got], [each.getsockname() for each in self.made])
        with got[0].dup() as copy:
            self.assertRaises(BlockingIOError, copy.accept)
        self.assertRaises(BlockingIOError, self.made[0].accept)

    def test_none(self) -> None:
        """Where there are none, nobody waits for any."""
        send(self.ours, [])
        self.assertEqual(receive(self.theirs, 0), [])

    def test_gone(self) -> None:
        """Where the other side has ended, that is an error."""
        self.theirs.close()
        self.assertRaises(OSError, send, self.ours, self.made)

    def test_missing(self) -> None:
        """Where they do not come, so it is."""
        self.ours.close()
        self.assertRaises(OSError, receive, self.theirs, 1)
