"""The files that a daemon is made of."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.ini import ConfigError
from dotchain.config.source import source

from ..folders import folder


class SourceTests(SynchronousTestCase):
    """L{source}."""

    def refused(self, file: str) -> list[str]:
        """The lines that reading a file ends with."""
        lines: list[str] = self.assertRaises(ConfigError, source, file).lines
        return lines

    def test_missing(self) -> None:
        """A file that is not there is one line."""
        self.assertEqual(
            self.refused("/nonexistent.ini"),
            ["/nonexistent.ini:1: cannot be read: No such file or directory"],
        )

    def test_folder(self) -> None:
        """A folder is no file."""
        place = str(folder(self))
        self.assertEqual(self.refused(place), [f"{place}:1: cannot be read: Is a directory"])

    def test_notUTF8(self) -> None:
        """The line of the first wrong octet is named."""
        file = folder(self) / "f.ini"
        file.write_bytes(b"[a b]\nx = caf\xe9\n")
        self.assertEqual(
            self.refused(str(file)), [f"{file}:2: octet 0xe9 is not UTF-8; save the file in UTF-8"]
        )

    def test_byteOrderMark(self) -> None:
        """A byte order mark is no part of the first line."""
        file = folder(self) / "f.ini"
        file.write_bytes(b"\xef\xbb\xbf[a b]\n")
        sections, problems = source(str(file)).sections()
        self.assertEqual(([section.title for section in sections], problems), (["a b"], []))
