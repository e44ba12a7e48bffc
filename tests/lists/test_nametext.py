"""From a name in a list to its wire form."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.lists.nametext import wireOf

from .made import wire


class NameTextTests(SynchronousTestCase):
    """What is a name, and which."""

    def test_names(self) -> None:
        """Names are folded, with or without their final dot; underscores and hyphens may stand anywhere."""
        for text in (
            "example.org",
            "WWW.Example.ORG.",
            "_dmarc.example.org",
            "-a-.b_",
            "xn--bcher-kva.example",
            "zip",
        ):
            self.assertEqual(wireOf(text.encode()), wire(text.lower()), text)

    def test_international(self) -> None:
        """Names in other scripts are what they are on the wire."""
        self.assertEqual(wireOf("BÜCHER.example".encode()), wire("xn--bcher-kva.example"))
        self.assertEqual(wireOf("пример.рф".encode()), wire("xn--e1afmkfd.xn--p1ai"))

    def test_none(self) -> None:
        """What has other characters, empty or long labels, or is an address, is no name."""
        long = "a" * 64
        for text in (
            *(
                "",
                ".",
                "a..b",
                ".a",
                "a b",
                "a/b",
                "*.a",
                "a:1",
                "a\\.b",
                "192.0.2.1",
                "1",
                "2001:db8::1",
                "<html>",
            ),
            *(f"{long}.example", ".".join(["a"] * 128), "ä/b.example", "ä..b", "ab\u2028c"),
        ):
            self.assertEqual(wireOf(text.encode()), b"", text)
        self.assertEqual(wireOf(b"\xff\xfe.example"), b"")

    def test_longest(self) -> None:
        """A name has 255 octets at most (RFC 1035 section 2.3.4)."""
        longest = ".".join(["a" * 63] * 3 + ["b" * 61])
        self.assertEqual(len(wireOf(longest.encode())), 255)
        self.assertEqual(wireOf(f"{longest}b".encode()), b"")
