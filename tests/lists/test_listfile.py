"""A list in a file."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.lists.listfile import ListFile

from ..folders import folder, written
from .made import wire


class ListFileTests(SynchronousTestCase):
    """What is read of a file, and how its failures are told."""

    def test_read(self) -> None:
        """All of it."""
        file = ListFile(written(self, "a.example\n" * 5000 + "b.example\n", "names"))
        self.assertEqual(file.read().names.find(wire("b.example")), 5001)

    def test_steps(self) -> None:
        """It is read in steps, and each call begins anew."""
        path = written(self, "".join(f"{number}.example\n" for number in range(5000)), "names")
        file = ListFile(path)
        self.assertGreater(sum(1 for _ in file.reading()), 1000)
        path.write_text("b.example", encoding="utf-8")
        self.assertEqual(file.read().names.find(wire("b.example")), 1)

    def test_wrong(self) -> None:
        """An error names the file and, where it is known, the line."""
        page = written(self, "\n<html>", "page")
        empty = written(self, "# none", "empty")
        missing = folder(self) / "missing"
        for path, why in (
            (page, f"{page}:2: it is a web page, and no list of names"),
            (empty, f"{empty}: no name stands in it"),
            (missing, f"{missing} can't be read: No such file or directory"),
        ):
            with self.assertRaises(ValueError) as caught:
                ListFile(path).read()
            self.assertEqual(str(caught.exception), why)
