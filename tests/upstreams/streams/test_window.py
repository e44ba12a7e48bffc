"""L{Window}: how many queries a connection bears."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.upstreams.streams.window import Window


class WindowTests(SynchronousTestCase):
    """Queries in flight of one connection."""

    def test_first(self) -> None:
        """It begins at 64 (A13), or at less where no more is allowed."""
        self.assertEqual((Window(4096).size, Window(10).size), (64, 10))

    def test_grows(self) -> None:
        """Used up and answered it doubles each round, up to the cap."""
        window = Window(300)
        sizes = []
        for _ in range(4):
            window.answered(window.size)
            sizes.append(window.size)
        self.assertEqual(sizes, [128, 256, 300, 300])

    def test_cut(self) -> None:
        """A connection closed under its load halves it; then it grows by a quarter a round (A13)."""
        window = Window(4096)
        window.cut(64)
        window.cut(32)
        self.assertEqual(window.size, 16)
        for _ in range(4):
            window.answered(16)
        self.assertEqual(window.size, 16)
        for _ in range(4):
            window.answered(16)
        self.assertEqual(window.size, 17)

    def test_few(self) -> None:
        """A connection that ends with a few queries in flight was not closed for their number."""
        window = Window(4096)
        window.cut(7)
        self.assertEqual(window.size, 64)

    def test_floor(self) -> None:
        """It never falls below 8, for fewer are no reason to close, nor below what is allowed at all."""
        for most, least in ((4096, 8), (3, 3)):
            window = Window(most)
            for _ in range(20):
                window.cut(64)
            self.assertEqual(window.size, least)
