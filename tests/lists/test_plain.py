"""Lists of names alone."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from .made import listed, parsed

_NAMES = ("example.org", "www.example.org", "a.b.example.org", "notexample.org", "org")


class PlainLinesTests(SynchronousTestCase):
    """What a line stands for."""

    def test_name(self) -> None:
        """A bare name, a wildcard and a leading dot stand for the name and all below it."""
        for text in ("example.org", "*.example.org", ".example.org", "EXAMPLE.org."):
            self.assertEqual(listed(text, *_NAMES), list(_NAMES[:3]), text)

    def test_exactly(self) -> None:
        """A name behind an equals sign stands for itself alone."""
        self.assertEqual(listed("=example.org", *_NAMES), ["example.org"])

    def test_comments(self) -> None:
        """Comments are whole lines, or stand behind a blank."""
        found = parsed("# a\n; b\n! c\n\n  example.org # d\nexample.net\t#e\n")
        self.assertEqual((found.entries, found.skipped, found.format), (2, 0, "domains"))

    def test_invalid(self) -> None:
        """What is no name is left out, and its line is told."""
        found = parsed(
            "example.org\nexample..net\na*b.example\n192.0.2.1\nexample.com\nexample.info\nexample.de\n"
        )
        self.assertEqual((found.entries, found.skipped, found.firstSkipped), (4, 3, 2))
