"""Lists in Adblock's syntax."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from .made import line, listed, parsed

_NAMES = ("example.org", "www.example.org", "a.b.example.org", "notexample.org", "org")


class AdblockLinesTests(SynchronousTestCase):
    """What a rule says about names."""

    def test_within(self) -> None:
        """Two bars begin a name, and all below it is meant, too."""
        for text in ("||example.org^", "||example.org", "||example.org^|", "||Example.ORG^$important"):
            self.assertEqual(listed(text, *_NAMES), list(_NAMES[:3]), text)

    def test_exactly(self) -> None:
        """One bar stands before a name that is meant alone."""
        self.assertEqual(listed("|example.org^", *_NAMES), ["example.org"])

    def test_below(self) -> None:
        """A wildcard at the begin stands for what is below."""
        self.assertEqual(listed("||*.example.org^", *_NAMES), ["www.example.org", "a.b.example.org"])

    def test_exceptions(self) -> None:
        """Two at signs make an exception."""
        text = "[Adblock Plus 2.0]\n! Title: x\n||example.org^\n@@||www.example.org^\n@@|a.b.example.org^|\n"
        self.assertEqual(listed(text, *_NAMES), ["example.org"])
        found = parsed(text)
        self.assertEqual((found.entries, found.skipped, found.format), (3, 0, "adblock"))

    def test_wildcards(self) -> None:
        """A wildcard within a name stands for anything there."""
        names = (
            "ads1.example.org",
            "x.ads.y.example.org",
            "uploads.example.org",
            "ads.example.com",
            "ads.example.org.uk",
        )
        self.assertEqual(listed("||ads*.example.org^", *names), list(names[:2]))
        self.assertEqual(
            listed("||ads.*", *names), ["x.ads.y.example.org", "ads.example.com", "ads.example.org.uk"]
        )
        self.assertEqual(listed("|ads*.example.org^", *names), ["ads1.example.org"])

    def test_expressions(self) -> None:
        """An expression finds something in the name, with the line that it stands in."""
        text = "||x.example^\n/^ad[s]?[0-9]*\\./\n@@/^ads7\\./\n"
        names = (
            "ads.example",
            "ads12.example.org",
            "ad.example",
            "ads7.example",
            "myads.example",
            "adsl.example",
        )
        self.assertEqual(listed(text, *names), list(names[:3]))
        self.assertEqual(line(text, "ads.example"), 2)

    def test_skipped(self) -> None:
        """
        What is about parts of pages, paths, some clients or types, or answers something else, is counted.
        """
        rules = (
            "example.org##.ad > div",
            "example.org#@#.ad",
            "#$#body",
            "||example.org^$third-party",
            "||example.org^$client=192.0.2.1",
            "||example.org^$dnstype=AAAA",
            "||example.org^$dnsrewrite=NXDOMAIN;;",
            "||example.org^$important,badfilter",
            "*$denyallow=com|net",
            "||example.org/ads/*.js",
            "/ads/banner.",
            "-ad-banner/",
            "example.org^",
            "@@||example.org^$document",
            "/(?=a)b/",
            "|https://example.org/x",
            "||192.0.2.1^",
            "||^",
            "||*^",
        )
        found = parsed("\n".join(["||first.example^", *rules]))
        self.assertEqual((found.entries, found.skipped, found.firstSkipped), (1, len(rules) - 1, 2))
        self.assertEqual(found.names.count + found.allowed.count, 1)
