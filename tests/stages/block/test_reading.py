"""Tests of lists that are read in small pieces."""

from __future__ import annotations

import gzip
from io import BytesIO

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.lists.reading import Parsed
from dotchain.readahead import atOnce
from dotchain.stages.block.reading import ListReader, NotUsable

LIST = b"ads.example.org\ntracker.example\n"


class ListReaderTests(SynchronousTestCase):
    """L{ListReader}."""

    def read(self, octets: bytes) -> Parsed:
        """What these octets are as a file."""
        return atOnce(ListReader("auto", Clock()).steps(BytesIO(octets)))

    def test_packed(self) -> None:
        """A list that is packed by gzip is read as one that is not."""
        for octets in (LIST, gzip.compress(LIST)):
            self.assertEqual(self.read(octets).entries, 2)

    def test_cutOff(self) -> None:
        """What is packed and damaged is none."""
        packed = gzip.compress(LIST)
        for octets in (packed[:-9], packed[:12], packed[:2] + b"x"):
            self.assertRaises(NotUsable, self.read, octets)

    def test_lastLine(self) -> None:
        """Octets that are no text are refused with their line, also in a last line that has no end."""
        for end in (b"", b"\n"):
            error = self.assertRaises(NotUsable, self.read, LIST + b"a\0b" + end)
            self.assertEqual(error.line, 3)
            self.assertIn("it is no text", str(error))
