"""Pages for people who work on dotchain name what is there."""

from __future__ import annotations

import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

ROOT = Path(__file__).parents[1]
DEVELOPERS = [ROOT / name for name in ("README.rst", "ARCHITECTURE.rst", "CONTRIBUTING.rst")]
PAGES = [*DEVELOPERS, ROOT / "CHANGES.rst", *sorted((ROOT / "docs").rglob("*.rst"))]
ROOTS = "dotchain|tests|measure|simulate|docs|etc|twisted"


class NamedTests(SynchronousTestCase):
    """What pages name."""

    def missing(self, page: Path, pattern: str) -> list[str]:
        """The paths that a page names and that are not there."""
        found = set(re.findall(pattern, page.read_text()))
        return sorted(each for each in found if not (ROOT / each).exists())

    def test_paths(self) -> None:
        """Each file and folder that a page names is there."""
        for page in PAGES:
            self.assertEqual(self.missing(page, rf"``((?:{ROOTS})/[\w./-]*)``"), [], page.name)

    def test_typed(self) -> None:
        """So are those in the commands that developers are told to type."""
        for page in DEVELOPERS:
            self.assertEqual(self.missing(page, rf"(?<= )((?:{ROOTS})/[\w./-]*\w)"), [], page.name)

    def test_manual(self) -> None:
        """Each page for operators and authors is in the manual's table of contents."""
        listed = set(re.findall(r"^   (\w+)$", (ROOT / "docs" / "index.rst").read_text(), re.MULTILINE))
        self.assertEqual(listed, {page.stem for page in (ROOT / "docs").glob("*.rst")} - {"index"})

    def test_programs(self) -> None:
        """What a page runs by C{python -m} is a program of the tree."""
        for page in PAGES:
            for name in re.findall(
                r"python -m\s+((?:dotchain|measure|simulate|tests)[\w.]*)", page.read_text()
            ):
                spec = find_spec(name)
                assert spec is not None, name
                self.assertIsNotNone(find_spec(f"{name}.__main__") if spec.parent == name else spec, name)

    def test_selected(self) -> None:
        """The one test that CONTRIBUTING.rst selects is in the file that it names."""
        found = re.findall(r"pytest (\S+) -k (\w+)", (ROOT / "CONTRIBUTING.rst").read_text())
        self.assertEqual(len(found), 1)
        for file, name in found:
            self.assertIn(f"def {name}(", (ROOT / file).read_text())


class ArchitectureTests(SynchronousTestCase):
    """ARCHITECTURE.rst."""

    page = (ROOT / "ARCHITECTURE.rst").read_text()

    def test_files(self) -> None:
        """Each module that it names is in C{dotchain/} or has its whole path."""
        for name in set(re.findall(r"``([\w/]+\.py)``", self.page)):
            self.assertTrue((ROOT / "dotchain" / name).exists() or (ROOT / name).exists(), name)

    def test_rooms(self) -> None:
        """Each folder of C{dotchain/} is drawn, and one of the same name in another folder, too."""
        drawing = self.page.partition("dotchain/``, the lowest floor")[2].partition("\nBeside it")[0]
        folders = [file.parent for file in (ROOT / "dotchain").rglob("__init__.py")]
        rooms = Counter(each.name for each in folders if each.name != "dotchain")
        drawn = {room: len(re.findall(rf"\b{room}/", drawing)) for room in rooms}
        self.assertEqual(drawn, rooms)

    def test_linked(self) -> None:
        """README.rst links the pages for developers."""
        readme = (ROOT / "README.rst").read_text()
        for name in ("ARCHITECTURE.rst", "CONTRIBUTING.rst"):
            self.assertIn(f"`{name} <{name}>`_", readme)
