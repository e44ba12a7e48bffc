"""Tests of the file that answers are saved in, octet by octet."""

from __future__ import annotations

import contextlib
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.cache.entry import Entry
from dotchain.stages.cache.saved import END, Clocks, NotUsable, Saved, chunks, head, readChunk, readHead
from dotchain.testing import SOA, makeAnswer, makeQuery
from dotchain.wire import Answer, Query
from dotchain.wire.codes import AD, CD, NXDOMAIN, RD

from ...wire.test_fuzz import quick

THEN = Clocks(1_700_000_000.5, 1000.25)


def entryOf(query: Query, answer: Answer, expires: int = 1300, negative: bool = False) -> Entry:
    """An entry of the second 1000."""
    return Entry(query.key, answer, 1000, expires - 1000, negative)


def written(*entries: Entry) -> bytes:
    """A file with these."""
    return head(THEN) + b"".join(chunks(entries, 1001)) + END


def read(octets: bytes) -> list[Saved]:
    """All that is in a file."""
    file, found = BytesIO(octets), []
    readHead(file)
    while answers := readChunk(file):
        found += answers
    return found


def texts(saved: Saved) -> tuple[bytes, bytes, int]:
    """What an answer was, to be compared."""
    return saved.key, saved.answer.body, saved.left


class FormatTests(SynchronousTestCase):
    """What is written is what is read."""

    def test_answer(self) -> None:
        """Key, records, AD, extended errors and what is left of its time come back."""
        for options in ({}, {"do": True}, {"flags": RD | CD}):
            query = makeQuery("fOO.example.org.", "HTTPS", **options)
            answer = makeAnswer(
                query, "foo.example.org. 300 IN HTTPS 1 .", flags=AD, errors=[(4, "x"), (3, "")]
            )
            (saved,) = read(written(entryOf(query, answer)))
            self.assertEqual((saved.key, saved.left, saved.negative), (query.key, 299, False))
            for attribute in ("flags", "rcode", "counts", "body", "ttls", "errors"):
                self.assertEqual(getattr(saved.answer, attribute), getattr(answer, attribute))

    def test_negative(self) -> None:
        """NXDOMAIN and empty answers are known for what they are, and what is over is below 0."""
        query = makeQuery()
        for rcode in (0, NXDOMAIN):
            answer = makeAnswer(query, authority=[SOA], rcode=rcode)
            (saved,) = read(written(entryOf(query, answer, expires=900, negative=True)))
            self.assertEqual((saved.answer.rcode, saved.left, saved.negative), (rcode, -101, True))

    def test_many(self) -> None:
        """Any number of answers, in chunks of bounded length, large ones among them."""
        large = [f"foo.example.org. 300 IN TXT {' '.join([str(i) + 'x' * 200] * 20)}" for i in range(14)]
        queries = [makeQuery(f"n{number}.example.org.") for number in range(2000)]
        answers = [
            makeAnswer(each, *(large if i % 500 == 7 else large[:0]), authority=[SOA])
            for i, each in enumerate(queries)
        ]
        entries = [entryOf(query, answer) for query, answer in zip(queries, answers, strict=True)]
        self.assertEqual([saved.key for saved in read(written(*entries))], [query.key for query in queries])
        self.assertGreater(len(list(chunks(entries, 1001))), 5)
        self.assertEqual(read(written()), [])

    def test_foreign(self) -> None:
        """A file of something else, or of a later version, is told apart from a damaged one."""
        whole = written(entryOf(makeQuery(), makeAnswer(makeQuery(), "foo.example.org. 300 IN A 192.0.2.1")))
        for octets, why in (
            (b"", "no file of a cache"),
            (b"SQLite format 3\0" + bytes(100), "no file of a cache"),
            (whole.replace(b"cache 1", b"cache 2"), "another version"),
            (whole[:20], "damaged"),
        ):
            self.assertIn(why, str(self.assertRaises(NotUsable, read, octets)))

    def test_damaged(self) -> None:
        """
        Wherever it was cut off, or an octet of its answers is another, it is damaged; but for the
        bits behind the last one of a compressed chunk, which mean nothing.
        """
        queries = [makeQuery(f"n{number}.example.org.") for number in range(5)]
        answers = [makeAnswer(query, f"{query.name} 300 IN A 192.0.2.1") for query in queries]
        whole = written(*map(entryOf, queries, answers))
        right, survived = list(map(texts, read(whole))), 0
        start = len(head(THEN))
        for end in range(len(whole)):
            self.assertRaises(NotUsable, read, whole[:end])
        for at in range(start, len(whole)):
            for bit in (1, 0x80):
                octets = bytearray(whole)
                octets[at] ^= bit
                with contextlib.suppress(NotUsable):
                    self.assertEqual(list(map(texts, read(bytes(octets)))), right)
                    survived += 1
        self.assertLess(survived, 8)

    @quick
    @given(st.binary(max_size=200))
    def test_octets(self, octets: bytes) -> None:
        """No octets raise anything but that."""
        with contextlib.suppress(NotUsable):
            read(head(THEN) + octets)


class ClockTests(SynchronousTestCase):
    """How long a file has lain there."""

    def test_since(self) -> None:
        """The clock that says more is believed, and a part of a second is one."""
        for wall, steady, passed in ((10.0, 10.0, 10), (10.2, 3.0, 11), (3.0, 10.2, 11), (10.0, -990.0, 10)):
            now = Clocks(THEN.wall + wall, THEN.steady + steady)
            self.assertEqual(now.since(THEN), passed)

    def test_setBack(self) -> None:
        """Where the clock says that the file is of the future, nobody knows."""
        error = self.assertRaises(NotUsable, Clocks(THEN.wall - 1, THEN.steady + 1).since, THEN)
        self.assertIn("clock was set back", str(error))
