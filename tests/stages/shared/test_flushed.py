"""What was flushed."""

from __future__ import annotations

from unittest import TestCase

from dotchain.stages.shared.flushed import EVERYTHING, Flushed, Marks
from dotchain.testing import makeQuery
from dotchain.wire.domains import nameOf


def _wire(name: str) -> bytes:
    return nameOf(name).to_digestable()


class FlushedTests(TestCase):
    """L{Flushed}."""

    def setUp(self) -> None:
        """Nothing was flushed."""
        self.flushed = Flushed()

    def isVoid(self, name: str, generation: int = 10, time: int = 10, kind: str = "A") -> bool:
        """Whether a value is."""
        return self.flushed.voids(makeQuery(name, kind).key, generation, time)

    def test_nothing(self) -> None:
        """Before any flush, no value is void."""
        self.assertFalse(self.isVoid("example.org.", 0, 0))

    def test_everything(self) -> None:
        """Of everything: whatever was asked for before, of any name; nothing that was asked for after it."""
        self.flushed.everywhere(EVERYTHING, True, 20)
        self.assertTrue(self.isVoid("example.org.", 19))
        self.assertTrue(self.isVoid(".", 19))
        self.assertFalse(self.isVoid("example.org.", 20))
        self.assertEqual((self.flushed.generation, self.flushed.count), (20, 1))

    def test_name(self) -> None:
        """Of a name: all its types, in any case of letters, and no name below it or beside it."""
        self.flushed.everywhere(_wire("example.org."), False, 20)
        self.assertTrue(self.isVoid("EXAMPLE.org."))
        self.assertTrue(self.isVoid("example.org.", kind="MX"))
        for other in ("www.example.org.", "notexample.org.", "org."):
            self.assertFalse(self.isVoid(other), other)
        self.assertFalse(self.isVoid("example.org.", 20))

    def test_below(self) -> None:
        """Of a name and all below it, label by label."""
        self.flushed.everywhere(_wire("example.org."), True, 20)
        for name in ("example.org.", "www.example.org.", "a.b.example.org."):
            self.assertTrue(self.isVoid(name), name)
        for other in ("notexample.org.", "org.", "example.com."):
            self.assertFalse(self.isVoid(other), other)

    def test_here(self) -> None:
        """A flush of this machine alone counts by its clock, and makes no generation."""
        self.flushed.here(_wire("example.org."), False, 20)
        self.assertTrue(self.isVoid("example.org.", 99, 19))
        self.assertFalse(self.isVoid("example.org.", 0, 20))
        self.assertEqual((self.flushed.generation, self.flushed.count), (0, 1))

    def test_late(self) -> None:
        """What is heard out of order takes nothing back of what was heard before."""
        self.flushed.everywhere(_wire("example.org."), False, 20)
        self.flushed.everywhere(_wire("example.org."), False, 5)
        self.assertTrue(self.isVoid("example.org."))
        self.assertEqual(self.flushed.generation, 20)

    def test_expire(self) -> None:
        """A flush that is older than all values can be is forgotten; a later one stays."""
        self.flushed.everywhere(_wire("example.org."), False, 20)
        self.flushed.everywhere(_wire("example.net."), True, 30)
        self.flushed.expire(25, 0)
        self.assertFalse(self.isVoid("example.org.", 1))
        self.assertTrue(self.isVoid("example.net.", 1))

    def test_many(self) -> None:
        """With more names than are remembered, values are rather void than not."""
        for number in range(1, Marks.MOST + 101):
            self.flushed.everywhere(_wire(f"n{number}.example.org."), number % 2 == 0, number)
        for number in range(1, Marks.MOST + 101):
            self.assertTrue(self.isVoid(f"n{number}.example.org.", number - 1))
            self.assertFalse(self.isVoid(f"n{number}.example.org.", Marks.MOST + 101))
        self.assertFalse(self.isVoid("other.example.", 600))
