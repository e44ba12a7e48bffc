"""Tests of the file that lines are added to."""

from __future__ import annotations

import os
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.querylog.logfile import AppendedFile
from dotchain.stages.querylog.rotation import Rotation
from dotchain.stages.spool import Lost

from ...folders import folder


class AppendedFileTests(SynchronousTestCase):
    """What becomes of lines."""

    def setUp(self) -> None:
        """A file that makes place for another at 10 octets, two of which are kept."""
        self.file = folder(self) / "queries"
        self.now = 0.0
        self.made = self.opened(Rotation(10, 0.0, 2))

    def opened(self, rotation: Rotation) -> AppendedFile:
        """The file as a process has it."""
        made = AppendedFile(self.file, rotation, lambda: self.now)
        self.addCleanup(made.close)
        return made

    def numbered(self, number: int) -> Path:
        """A file that has made place."""
        return self.file.with_name(f"queries.{number}")

    def test_mode(self) -> None:
        """Nobody else may read it; lines are added to what is there."""
        self.made.write([b"a\n"])
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
        self.made.close()
        self.made.write([b"b\n", b"c\n"])
        self.assertEqual(self.file.read_bytes(), b"a\nb\nc\n")

    def test_moved(self) -> None:
        """Where it was moved away, as logrotate does, or removed, a new one begins."""
        self.made.write([b"a\n"])
        self.file.rename(self.file.with_name("moved"))
        self.made.write([b"b\n"])
        self.assertEqual(self.file.read_bytes(), b"b\n")
        self.file.unlink()
        self.made.write([b"c\n"])
        self.assertEqual(self.file.read_bytes(), b"c\n")

    def test_rotated(self) -> None:
        """At its size a new one begins, and of the old ones as many are kept as are wanted."""
        for line in (b"first one\n", b"second 1\n", b"third one\n", b"fourth 1\n", b"fifth\n"):
            self.made.write([line, b"x\n"])
        self.assertEqual(self.file.read_bytes(), b"fifth\nx\n")
        self.assertEqual(self.numbered(1).read_bytes(), b"fourth 1\nx\n")
        self.assertEqual(self.numbered(2).read_bytes(), b"third one\nx\n")
        self.assertFalse(self.numbered(3).exists())

    def test_rotatedByTime(self) -> None:
        """So it does when another day has begun since the last line, be it of a process before."""
        made = self.opened(Rotation(0, 86400.0, 1))
        made.write([b"a\n"])
        os.utime(self.file, (86399, 86399))
        self.now = 86400.0
        made.write([b"b\n"])
        self.assertEqual((self.file.read_bytes(), self.numbered(1).read_bytes()), (b"b\n", b"a\n"))

    def test_noneKept(self) -> None:
        """With none kept the old one goes."""
        made = self.opened(Rotation(1, 0.0, 0))
        made.write([b"a\n"])
        made.write([b"b\n"])
        self.assertEqual(self.file.read_bytes(), b"b\n")
        self.assertEqual(len(list(self.file.parent.iterdir())), 1)

    def test_twoProcesses(self) -> None:
        """What one process has rotated another one does not rotate again."""
        other = self.opened(Rotation(10, 0.0, 2))
        self.made.write([b"0123456789\n"])
        other.write([])
        self.made.write([b"a\n"])
        other.write([b"b\n"])
        self.assertEqual(self.file.read_bytes(), b"a\nb\n")
        self.assertEqual(self.numbered(1).read_bytes(), b"0123456789\n")
        self.assertFalse(self.numbered(2).exists())

    def test_unwritable(self) -> None:
        """Where it can't be opened all lines are lost, for a reason."""
        self.file.mkdir()
        lost = self.assertRaises(Lost, self.made.write, [b"a\n", b"b\n"])
        self.assertEqual((lost.why, lost.count), ("Is a directory", 2))

    def test_full(self) -> None:
        """Where the disk is full within a line, the rest is lost, and the next line begins on its own."""
        real, room = os.write, [4]

        def full(fd: int, data: bytes) -> int:
            if not room[0]:
                raise OSError(28, "No space left on device")
            taken = real(fd, data[: room[0]])
            room[0] -= taken
            return taken

        self.patch(os, "write", full)
        lost = self.assertRaises(Lost, self.made.write, [b"ab\n", b"cd\n", b"ef\n"])
        self.assertEqual((lost.why, lost.count), ("No space left on device", 2))
        room[0] = 100
        self.made.write([b"gh\n"])
        self.assertEqual(self.file.read_bytes(), b"ab\nc\ngh\n")
