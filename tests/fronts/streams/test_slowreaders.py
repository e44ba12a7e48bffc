"""Clients that take too little."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.streams.slowreaders import SlowReaders


class Client:
    """
    One that takes what it takes.

    @ivar cut: it was given up.
    """

    def __init__(self, slowReaders: SlowReaders) -> None:
        self.taken = 7
        self.cut = False
        self.slowReaders = slowReaders

    def abort(self) -> None:
        """Note it; a connection that has ended waits for nothing."""
        self.cut = True
        self.slowReaders.done(self)


class SlowReadersTests(SynchronousTestCase):
    """L{SlowReaders}."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.slowReaders = SlowReaders(self.clock.seconds)
        self.client = Client(self.slowReaders)
        self.slowReaders.wait(self.client)

    def pass_(self, seconds: float, taken: int = 0) -> None:
        """Let time go by, of which the client makes so much."""
        self.clock.advance(seconds)
        self.client.taken += taken
        self.slowReaders.look()

    def test_nothing(self) -> None:
        """Who takes nothing has his time, and no more."""
        self.pass_(SlowReaders.PATIENCE)
        self.assertFalse(self.client.cut)
        self.pass_(0.1)
        self.assertTrue(self.client.cut)
        self.pass_(100)

    def test_littleByLittle(self) -> None:
        """It is what he takes in that time that counts, however often he takes a little."""
        for _ in range(6):
            self.pass_(1, SlowReaders.LEAST // 7)
        self.assertTrue(self.client.cut)

    def test_steady(self) -> None:
        """Who takes enough, each time anew, is waited for as long as it takes."""
        for _ in range(100):
            self.pass_(SlowReaders.PATIENCE + 1, SlowReaders.LEAST)
        self.assertFalse(self.client.cut)
        self.pass_(SlowReaders.PATIENCE + 1, SlowReaders.LEAST - 1)
        self.assertTrue(self.client.cut)

    def test_done(self) -> None:
        """Who has taken all is not looked at."""
        self.slowReaders.done(self.client)
        self.pass_(100)
        self.assertFalse(self.client.cut)

    def test_many(self) -> None:
        """Of many that are too slow at once each look gives up some, and the next looks all the others."""
        clients = [Client(self.slowReaders) for _ in range(3 * SlowReaders.PORTION)]
        for each in clients:
            self.slowReaders.wait(each)
        self.clock.advance(SlowReaders.PATIENCE + 0.1)
        cut = []
        for _ in range(4):
            self.slowReaders.look()
            cut.append(sum(each.cut for each in (self.client, *clients)))
        self.assertEqual(cut, [SlowReaders.PORTION * n for n in (1, 2, 3)] + [len(clients) + 1])
