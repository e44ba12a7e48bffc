"""Configurations of other programs as texts, and what becomes of them."""

from __future__ import annotations

from contextlib import suppress

from twisted.trial.unittest import SynchronousTestCase

from dotchain.importing.formats import settings
from dotchain.importing.rendering import rendered
from dotchain.importing.settings import CannotImport, Settings


def tried(text: str) -> None:
    """Import it; there is an INI file, or one exception."""
    with suppress(CannotImport):
        rendered(settings(text, "f", lambda name: [(name, text)]), "f")


class ImportCase(SynchronousTestCase):
    """
    Imports texts.

    @ivar files: what may be included.
    """

    def setUp(self) -> None:
        self.files: dict[str, str] = {}

    def include(self, name: str) -> list[tuple[str, str]]:
        """An included file."""
        return [(name, self.files[name])] if name in self.files else []

    def read(self, text: str) -> Settings:
        """What it comes to."""
        return settings(text, "f", self.include)

    def ini(self, text: str) -> str:
        """The INI file, with single blanks, without comments."""
        lines = (" ".join(line.split()) for line in rendered(self.read(text), "f").splitlines())
        return "\n".join(line for line in lines if line and line[0] != ";")

    def left(self, text: str) -> list[str]:
        """What is not carried over."""
        return [f"{where}: {why}" for where, why in self.read(text).left]

    def wrong(self, text: str) -> str:
        """Why it can't be imported."""
        return str(self.assertRaises(CannotImport, self.read, text))
