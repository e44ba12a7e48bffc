"""Tests of what is known of flushes."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.shared.flushed import Flushed
from dotchain.testing import makeQuery

WWW = makeQuery("www.example.org.").key
MAIL = makeQuery("mail.example.org.").key
ORG = b"\3org\0"
EXAMPLE = b"\7example\3org\0"
HOST = b"\3www\7example\3org\0"


class FlushedTests(SynchronousTestCase):
    """When a name was flushed last."""

    def setUp(self) -> None:
        self.flushed = Flushed(1000)

    def test_never(self) -> None:
        """Nothing was."""
        self.assertEqual((self.flushed.since(WWW), self.flushed.count), (0, 0))

    def test_all(self) -> None:
        """A flush of all is one of each name."""
        self.flushed.all(5)
        self.assertEqual((self.flushed.since(WWW), self.flushed.count), (5, 1))

    def test_one(self) -> None:
        """One of a name is one of no other, be it below it."""
        self.flushed.one(HOST, False, 5)
        self.flushed.one(EXAMPLE, False, 6)
        self.assertEqual((self.flushed.since(WWW), self.flushed.since(MAIL)), (5, 0))

    def test_below(self) -> None:
        """One of all names below is one of each of them, and of the name itself."""
        self.flushed.one(HOST, True, 5)
        self.assertEqual((self.flushed.since(WWW), self.flushed.since(MAIL)), (5, 0))
        self.flushed.one(ORG, True, 7)
        self.assertEqual((self.flushed.since(WWW), self.flushed.since(MAIL)), (7, 7))

    def test_labels(self) -> None:
        """Octets within a label are no name."""
        self.flushed.one(ORG, True, 5)
        self.assertEqual(self.flushed.since(b"\5x\3org\0\0\1\0\1\0\0"), 0)

    def test_last(self) -> None:
        """The last one counts, in whatever order they are heard of."""
        self.flushed.one(HOST, False, 9)
        self.flushed.one(HOST, False, 5)
        self.flushed.all(7)
        self.assertEqual((self.flushed.since(WWW), self.flushed.since(MAIL)), (9, 7))

    def test_old(self) -> None:
        """One that no value can be older than any more is forgotten."""
        self.flushed.one(HOST, False, 5)
        self.flushed.one(EXAMPLE, False, 1006)
        self.assertEqual(self.flushed.since(WWW), 0)

    def test_many(self) -> None:
        """With too many names the oldest is for all names: nothing that was flushed comes back."""
        flushed = Flushed(10_000)
        for number in range(Flushed.MOST + 1):
            flushed.one(b"\4%04d\0" % number, False, 500 + number)
        self.assertEqual((flushed.since(WWW), flushed.count), (500, Flushed.MOST + 1))
