"""Tests of the queues in which answers wait to be evicted."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.cache.evictionqueue import EvictionQueue


class EvictionQueueTests(SynchronousTestCase):
    """Who comes first, and who is not there any more."""

    def setUp(self) -> None:
        """A queue of three."""
        self.queue = EvictionQueue()
        for key in (b"a", b"b", b"c"):
            self.queue.add(key, 10)

    def popped(self) -> list[bytes]:
        """All, in their order."""
        found = []
        while (key := self.queue.pop()) is not None:
            found.append(key)
        return found

    def test_order(self) -> None:
        """Who came first goes first."""
        self.assertEqual((self.queue.first, self.queue.octets), (b"a", 30))
        self.assertEqual(self.popped(), [b"a", b"b", b"c"])
        self.assertEqual((self.queue.first, self.queue.pop()), (None, None))

    def test_left(self) -> None:
        """Who has left does not come, be it first or in the middle."""
        for key in (b"a", b"b"):
            self.queue.leave(key, 10)
        self.assertEqual((self.queue.first, self.queue.octets), (b"c", 10))
        self.assertEqual(self.popped(), [b"c"])

    def test_again(self) -> None:
        """Who left and came again, even twice, has the place of the last time."""
        for _ in range(2):
            self.queue.leave(b"a", 10)
            self.queue.add(b"a", 10)
        self.queue.add(b"d", 10)
        self.assertEqual((self.queue.first, self.queue.octets), (b"b", 40))
        self.assertEqual(self.popped(), [b"b", b"c", b"a", b"d"])

    def test_sweep(self) -> None:
        """All leave at once who are not kept, and those who left before do so once."""
        self.queue.leave(b"b", 10)
        self.queue.add(b"b", 10)
        self.queue.sweep({b"b": b"", b"c": b""})
        self.assertEqual(self.popped(), [b"c", b"b"])
