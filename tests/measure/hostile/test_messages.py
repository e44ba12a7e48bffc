"""Hostile messages are what they are said to be."""

from __future__ import annotations

import dns.exception
import dns.message
import pytest
from twisted.trial.unittest import SynchronousTestCase

from measure.hostile.attacks.messages import largeQuestions, pointerBombs, responses


class MessageTests(SynchronousTestCase):
    """Each of them."""

    def test_bombs(self) -> None:
        """A frame of TCP has room for each; of a datagram's all are as small as they must be."""
        self.assertTrue(all(12 < len(each) <= 65_535 for each in pointerBombs()))
        self.assertTrue(all(12 < len(each) <= 1400 for each in pointerBombs(1400)))
        self.assertGreater(max(map(len, pointerBombs())), 60_000)

    def test_endless(self) -> None:
        """The first four are names that point at themselves, at each other, or past the end."""
        for each in pointerBombs()[:4]:
            with pytest.raises(dns.exception.DNSException):
                dns.message.from_wire(each)

    def test_records(self) -> None:
        """The last one counts thousands of records, and all of them are there."""
        records = pointerBombs()[-1]
        number = int.from_bytes(records[10:12], "big")
        self.assertGreater(number, 4000)
        self.assertEqual(len(records), 12 + 7 + 14 * number)

    def test_large(self) -> None:
        """Questions fill a frame; the first is one that may well be answered."""
        padded, many, labels = largeQuestions()
        self.assertEqual(len(padded), 65_535)
        self.assertEqual(dns.message.from_wire(padded).question[0].name.to_text(), "a.example.org.")
        self.assertTrue(all(65_000 < len(each) <= 65_535 for each in (many, labels)))

    def test_responses(self) -> None:
        """All of them have QR=1."""
        self.assertTrue(all(each[2] & 0x80 for each in responses()))
