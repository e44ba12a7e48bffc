"""What is warned of, and when again."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.build import Part
from dotchain.config.section import Section
from dotchain.config.tree import Tree
from dotchain.daemon.warned import Warned


class Warning_:
    """A part that warns."""

    def __init__(self) -> None:
        self.words = ["expires soon"]

    def warnings(self) -> list[str]:
        """What it warns of now."""
        return self.words


class WarnedTests(SynchronousTestCase):
    """L{Warned}."""

    def setUp(self) -> None:
        """One part, which warns, and has been asked at the start."""
        self.thing = Warning_()
        self.tree = Tree("f.ini", parts=[Part(Section("stage", "s", 3, Path()), self.thing)])
        self.warned = Warned(self.tree)
        self.warned.again()

    def test_moved(self) -> None:
        """A section that stands in another line, and warns of the same, is no news."""
        self.tree.parts[:] = [Part(Section("stage", "s", 5, Path()), self.thing)]
        self.assertEqual(self.warned.again(), [])

    def test_news(self) -> None:
        """Another warning is told, with the line of now."""
        self.thing.words = ["has expired"]
        (found,) = self.warned.again()
        self.assertEqual((found.line, found.text), (3, "has expired"))
