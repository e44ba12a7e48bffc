"""The word about lists of names."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.match.listed import reloading
from dotchain.match.match import Match
from dotchain.match.reading import match, rules
from dotchain.options import LineError, Value
from dotchain.testing import makeQuery

from ..folders import folder


class ListWordTests(SynchronousTestCase):
    """C{list:FILE}."""

    def setUp(self) -> None:
        """A folder with a list."""
        self.folder = folder(self)
        self.file = self.folder / "ads.txt"
        self.file.write_text("||example.org^\n@@||www.example.org^\n", encoding="utf-8")

    def _match(self, text: str) -> Match:
        return match(Value.at(text, self.folder, 3))

    def _held(self, made: Match) -> list[str]:
        names = ("example.org.", "Ads.Example.ORG.", "www.example.org.", "example.net.")
        return [name for name in names if made.holds(makeQuery(name))]

    def test_holds(self) -> None:
        """It holds for names in the list, whose path begins at the INI file, and not for its exceptions."""
        self.assertEqual(self._held(self._match("list:ads.txt")), ["example.org.", "Ads.Example.ORG."])
        self.assertEqual(self._held(self._match("!list:ads.txt")), ["www.example.org.", "example.net."])
        self.assertEqual(self._held(self._match(f"list:{self.file} =example.org")), ["example.org."])

    def test_anyone(self) -> None:
        """It does not depend on who asks."""
        self.assertFalse(self._match("list:ads.txt").ofClient)

    def test_wrong(self) -> None:
        """What can't be read is told with the word, the file and the line."""
        for text, told in (
            (None, f"'list:a': {self.folder}/a can't be read: No such file or directory"),
            ("<html>", f"'list:a': {self.folder}/a:1: it is a web page, and no list of names"),
            ("", f"'list:a': {self.folder}/a: no name stands in it"),
        ):
            if text is not None:
                Path(self.folder, "a").write_text(text, encoding="utf-8")
            error = self.assertRaises(ValueError, self._match, "list:a")
            self.assertEqual(str(error), told)

    def test_never(self) -> None:
        """To be in a list and not in it never holds; a rule may be hidden by a list."""
        self.assertRaises(ValueError, self._match, "list:ads.txt !list:ads.txt")
        text = "list:ads.txt -> a\nlist:ads.txt type:A -> b"
        self.assertRaises(LineError, rules, Value.at(text, self.folder, 3))

    def test_lists(self) -> None:
        """A match and rules know their lists, those of contrary words, too."""
        self.assertEqual(len(self._match("list:ads.txt type:A").lists), 1)
        made = rules(Value.at("!list:ads.txt -> a\nexample.org -> b", self.folder, 3))
        self.assertEqual([each.text for each in made.lists], ["list:ads.txt"])

    def test_reloading(self) -> None:
        """What is read anew takes the place of the old list, and not before all of it is read."""
        made = self._match("list:ads.txt")
        self.file.write_text("example.net\n" * 10_000, encoding="utf-8")
        steps = reloading(made.lists)
        next(steps)
        self.assertEqual(self._held(made), ["example.org.", "Ads.Example.ORG."])
        self.assertGreater(len(list(steps)), 10)
        self.assertEqual(self._held(made), ["example.net."])

    def test_allOrNone(self) -> None:
        """Where one list can't be read, the others stay, too."""
        other = self.folder / "other"
        other.write_text("example.net", encoding="utf-8")
        made = self._match("!list:other list:ads.txt")
        other.write_text("example.org", encoding="utf-8")
        self.file.unlink()
        self.assertRaises(ValueError, list, reloading(made.lists))
        self.assertEqual(self._held(made), ["example.org.", "Ads.Example.ORG."])
