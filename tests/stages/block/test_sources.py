"""Where lists are, as operators write it."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.options import LineError, Value
from dotchain.stages.block.sources import Source, allowed, lists

from ...folders import folder

FOLDER = Path("/etc/dns")


def value(text: str) -> Value:
    """A value whose lines stand in the lines of the file from 7 on."""
    return Value.at(text, FOLDER, 7, tuple(range(7, 8 + text.count("\n"))))


class ListsTests(SynchronousTestCase):
    """L{lists}."""

    def test_files(self) -> None:
        """A file is relative to the INI file, and goes by its name without its folder."""
        self.assertEqual(
            lists(value("ads.txt /srv/secret/more.txt")),
            (
                Source("ads.txt", FOLDER / "ads.txt", line=7),
                Source("more.txt", Path("/srv/secret/more.txt"), line=7),
            ),
        )

    def test_commas(self) -> None:
        """Blanks separate lists, and commas are told of as in a path."""
        error = self.assertRaises(LineError, lists, Value.at("hosts.txt, adblock.txt", Path("/etc"), 3))
        self.assertEqual(str(error), "blanks alone separate a list, no commas: write hosts.txt adblock.txt")

    def test_urls(self) -> None:
        """A URL goes by its host alone: path and query may be secret."""
        url = "https://Lists.example.org:8443/token/ads.txt?key=1"
        self.assertEqual(lists(value(f"\n{url}")), (Source("lists.example.org", url=url, line=8),))

    def test_sameName(self) -> None:
        """Lists of one name get numbers, so that what is told of them tells them apart."""
        found = lists(value("https://a.example/1 https://a.example/2 a/ads.txt b/ads.txt"))
        self.assertEqual(
            [each.name for each in found], ["a.example", "a.example (2)", "ads.txt", "ads.txt (2)"]
        )

    def test_clearText(self) -> None:
        """http:// is refused, with its line: whoever is on the way could write the list."""
        error = self.assertRaises(LineError, lists, value("ads.txt\nhttp://lists.example.org/ads.txt"))
        self.assertEqual(error.line, 8)
        self.assertIn("in clear text", str(error))

    def test_otherURLs(self) -> None:
        """Other schemes, no host, a wrong port, a password: refused."""
        for url in (
            "https://[2001:db8::1]/x",
            "ftp://a.example/x",
            "https:///x",
            "https://a.example:port/",
            "https://u:p@a.example/",
            "file:///x",
        ):
            self.assertRaises(LineError, lists, value(url))


class AllowedTests(SynchronousTestCase):
    """L{allowed}."""

    def test_names(self) -> None:
        """Names are written as in matches."""
        found = allowed(value("example.org =www.example.net\n*.example.com /^img[0-9]/"))
        texts = [each.text for each in found.words]
        self.assertEqual(texts, ["example.org", "=www.example.net", "*.example.com", "/^img[0-9]/"])
        self.assertEqual(found.sources, ())

    def test_lists(self) -> None:
        """Lists are told by list:, as URLs, or since there is such a file."""
        file = folder(self) / "good.txt"
        file.write_text("example.org\n")
        found = allowed(value(f"list:mine.txt https://a.example/good list:https://a.example/more {file}"))
        self.assertEqual(
            [each.name for each in found.sources], ["mine.txt", "a.example", "a.example (2)", "good.txt"]
        )
        self.assertEqual(found.words, ())

    def test_missingFile(self) -> None:
        """What looks like a file that isn't there is no name."""
        error = self.assertRaises(LineError, allowed, value("example.org\ngood.txt"))
        self.assertEqual(error.line, 8)

    def test_otherWords(self) -> None:
        """Who asks, or for what type, is for match to say."""
        for text in ("client:192.0.2.1", "type:A", "!example.org", "a..b"):
            self.assertRaises(LineError, allowed, value(text))
