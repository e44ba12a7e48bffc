"""Copies of lists on disk."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.block.copies import Copy, Version

from ...folders import folder

URL = "https://lists.example.org/secret/ads.txt?token=1"
GOOD = Version('"1"', "Mon, 30 Nov 2026 00:00:00 GMT")


class CopyTests(SynchronousTestCase):
    """L{Copy} and L{Draft}."""

    def setUp(self) -> None:
        self.folder = folder(self) / "lists"
        self.copy = Copy(self.folder, URL)

    def write(self, octets: bytes, version: Version = GOOD) -> None:
        """Keep a list."""
        with self.copy.draft() as draft:
            draft.file.write(octets)
            draft.keep(version)

    def read(self) -> tuple[Version, bytes]:
        """What is kept."""
        version, file = self.copy.opened()
        with file:
            return version, file.read()

    def test_kept(self) -> None:
        """What was kept is there for the next start, with its version."""
        self.write(b"ads.example\n")
        self.assertEqual(self.read(), (GOOD, b"ads.example\n"))
        self.write(b"more.example\n", Version())
        self.assertEqual(self.read(), (Version(), b"more.example\n"))

    def test_private(self) -> None:
        """Its name tells the host alone, and nobody else may read it."""
        self.write(b"ads.example\n")
        (file,) = self.folder.iterdir()
        self.assertRegex(file.name, r"^lists\.example\.org-[0-9a-f]{16}$")
        self.assertEqual((file.stat().st_mode & 0o777, self.folder.stat().st_mode & 0o777), (0o600, 0o700))

    def test_notKept(self) -> None:
        """What is not good leaves the one before, and nothing of itself."""
        self.write(b"ads.example\n")
        with self.copy.draft() as draft:
            draft.file.write(b"<html>")
        self.assertEqual(self.read()[1], b"ads.example\n")
        self.assertEqual(len(list(self.folder.iterdir())), 1)

    def test_none(self) -> None:
        """Without a copy there is nothing to open, and with a damaged one neither."""
        self.assertRaises(FileNotFoundError, self.copy.opened)
        self.assertEqual(self.copy.confirmedAt, 0)
        self.write(b"ads.example\n")
        (file,) = self.folder.iterdir()
        file.write_bytes(b"")
        self.assertRaises(ValueError, self.copy.opened)

    def test_confirmed(self) -> None:
        """When its server has last said that it is good is kept, too."""
        self.write(b"ads.example\n")
        self.copy.confirm(1000.0)
        self.assertEqual(self.copy.confirmedAt, 1000)

    def test_nowhere(self) -> None:
        """Without a folder a draft can be read, and is gone with its end."""
        nowhere = Copy(None, URL)
        with nowhere.draft() as draft:
            draft.file.write(b"ads.example\n")
            self.assertEqual(draft.begin().read(), b"ads.example\n")
            draft.keep(GOOD)
        self.assertRaises(FileNotFoundError, nowhere.opened)

    def test_longVersion(self) -> None:
        """A server whose words for it have no room is asked for the whole list the next time."""
        self.write(b"ads.example\n", Version("x" * 5000))
        self.assertEqual(self.read(), (Version(), b"ads.example\n"))
