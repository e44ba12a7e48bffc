"""Tests of a file of frames."""

from __future__ import annotations

import os

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.dnstap.framefile import FrameFile
from dotchain.stages.dnstap.messages import CONTENT, Encoder
from dotchain.stages.spool import Lost
from dotchain.testing import makeQuery

from ...folders import folder
from .reading import frames, messages


class FrameFileTests(SynchronousTestCase):
    """A file is whole whenever it is closed, whatever the disk did."""

    def setUp(self) -> None:
        """A file, and a frame for it."""
        self.file = folder(self) / "tap"
        encoder = Encoder("ns1")
        self.frame = encoder.client(makeQuery(), 0.0)
        self.made = FrameFile(self.file, encoder.newCodec())
        self.addCleanup(self.made.close)

    def test_whole(self) -> None:
        """It starts, has its frames, and stops; nobody else may read it."""
        self.made.write([self.frame])
        self.made.write([self.frame, self.frame])
        self.made.close()
        found = frames(self.file.read_bytes())
        self.assertEqual([control for control, _ in found], [2, 0, 0, 0, 3])
        self.assertEqual(found[0][1], [CONTENT])
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)

    def test_old(self) -> None:
        """What is there stays beside it, once."""
        self.file.write_bytes(b"before")
        self.made.write([self.frame])
        self.made.renew()
        self.made.write([])
        self.made.close()
        old = self.file.with_name("tap.old")
        self.assertEqual([control for control, _ in frames(old.read_bytes())], [2, 0, 3])
        self.assertEqual([control for control, _ in frames(self.file.read_bytes())], [2, 3])

    def test_full(self) -> None:
        """Where the disk is full within a frame the batch is lost, and the file is whole."""
        self.made.write([self.frame])
        real, room = os.write, [len(self.frame) + 5]

        def full(fd: int, data: bytes) -> int:
            if not room[0]:
                raise OSError(28, "No space left on device")
            taken = real(fd, data[: room[0]])
            room[0] -= taken
            return taken

        self.patch(os, "write", full)
        lost = self.assertRaises(Lost, self.made.write, [self.frame, self.frame])
        self.assertEqual((lost.why, lost.count), ("No space left on device", 2))
        room[0] = 1 << 20
        self.made.write([self.frame])
        self.made.close()
        self.assertEqual(len(messages(self.file.read_bytes())), 2)

    def test_unwritable(self) -> None:
        """A file that can't be opened loses all."""
        self.file.mkdir()
        self.assertEqual(self.assertRaises(Lost, self.made.write, [self.frame]).count, 1)
