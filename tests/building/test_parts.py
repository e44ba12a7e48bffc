"""Sources of C in parts."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from building.parts import inParts, sideBySide

from ..folders import folder


class PartsTests(SynchronousTestCase):
    """L{inParts}, with files of some sizes."""

    def setUp(self) -> None:
        self.place = folder(self)

    def parts(self, number: int, *sizes: int) -> list[list[str]]:
        """Names of the files that each part includes."""
        files = [self.place / f"{place}.c" for place in range(len(sizes))]
        for file, size in zip(files, sizes, strict=True):
            file.write_text("x" * size)
        made = inParts(map(str, files), str(self.place), number)
        self.assertEqual(made, [str(self.place / f"part{place}.c") for place in range(len(made))])
        lines = [Path(each).read_text().splitlines() for each in made]
        return [[Path(line.split('"')[1]).name for line in part] for part in lines]

    def test_all(self) -> None:
        """Each source is in one part, and no part has far more than another."""
        self.assertEqual(self.parts(2, 1, 9, 5, 4), [["0.c", "1.c"], ["2.c", "3.c"]])

    def test_same(self) -> None:
        """Of files of one size each time the same ones come together, or what is built would differ."""
        self.assertEqual(self.parts(2, 3, 3, 3), [["0.c", "2.c"], ["1.c"]])

    def test_few(self) -> None:
        """No part is empty: a compiler may refuse one."""
        self.assertEqual(self.parts(8, 3, 3), [["0.c"], ["1.c"]])


class SideBySideTests(SynchronousTestCase):
    """L{sideBySide}."""

    def test_order(self) -> None:
        """Objects come in the order of their sources, each compiled as the others."""
        made = sideBySide(lambda sources, **how: [f"{source} {how}" for source in sources], 2)
        self.assertEqual(made(["a", "b", "c"], debug=1), [f"{each} {{'debug': 1}}" for each in "abc"])

    def test_failure(self) -> None:
        """What one fails with is what all fail with."""

        def fails(sources: list[str], **how: object) -> list[str]:
            if sources == ["b"]:
                raise ValueError(sources)
            return sources

        self.assertRaises(ValueError, sideBySide(fails, 2), ["a", "b", "c"])
