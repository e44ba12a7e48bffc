"""What takes long to read is read before whoever names it is made."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.readahead import NotYet, ReadAhead, Steps, asWhole, inSteps


def three() -> Steps[int]:
    """What is there after two steps."""
    yield
    yield
    return 3


class ReadAheadTests(SynchronousTestCase):
    """L{ReadAhead}."""

    def setUp(self) -> None:
        self.ahead = ReadAhead()

    def find(self) -> int:
        """What somebody who is made finds."""
        with self.ahead.inUse():
            return inSteps("three", three)

    def test_start(self) -> None:
        """Before anybody is served all is read at once."""
        self.assertEqual((inSteps("three", three), asWhole("four", lambda: 4)), (3, 4))

    def test_wanted(self) -> None:
        """What is named is told of, and found once it was read."""
        self.assertRaises(NotYet, self.find)
        ((key, work),) = self.ahead.wanted.items()
        self.assertTrue(work.inSteps)
        self.ahead.put(key, 5)
        self.assertEqual(self.find(), 5)
        self.assertEqual(self.ahead.wanted, {})

    def test_unreadable(self) -> None:
        """What can't be read is so for whoever names it, too."""
        self.assertRaises(NotYet, self.find)
        (key,) = self.ahead.wanted
        self.ahead.put(key, OSError("away"))
        self.assertRaises(OSError, self.find)

    def test_nobodyShares(self) -> None:
        """Of two that name the same each has its own."""
        for number in (1, 2):
            with self.ahead.inUse():
                for _ in range(number - 1):
                    asWhole("list", list)
                self.assertRaises(NotYet, asWhole, "list", list)
            (key,) = self.ahead.wanted
            self.ahead.put(key, [number])
        with self.ahead.inUse():
            self.assertEqual([asWhole("list", list), asWhole("list", list)], [[1], [2]])

    def test_after(self) -> None:
        """Once that is over, all is read at once again."""
        self.assertRaises(NotYet, self.find)
        self.assertEqual(inSteps("three", three), 3)
