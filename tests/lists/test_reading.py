"""A list as it comes in, whatever format it has."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.lists.reading import FORMATS, Reading
from dotchain.options import LineError

from .made import line, listed, parsed

_ALL = """\
# one line of each
0.0.0.0 hosts.example
domains.example
*.wild.example
||adblock.example^
address=/dnsmasq.example/0.0.0.0
rpz.example CNAME .
"""


class ReadingTests(SynchronousTestCase):
    """What becomes of a whole list."""

    def test_mixed(self) -> None:
        """Each line tells its own format."""
        names = [f"{each}.example" for each in ("hosts", "domains", "wild", "adblock", "dnsmasq", "rpz")]
        self.assertEqual(listed(_ALL, *names), names)
        self.assertEqual(parsed(_ALL).skipped, 0)

    def test_oneFormat(self) -> None:
        """Where the format is given, lines of others are skipped."""
        own = {
            "hosts": "::1 a.example\n",
            "domains": "a.example\n",
            "adblock": "||a.example^\n",
            "dnsmasq": "local=/a.example/\n",
            "rpz": "a.example A 192.0.2.1\n",
        }
        counts = [parsed(_ALL + each * 10, name).names.count for name, each in own.items()]
        self.assertEqual(counts, [11, 12, 12, 11, 11])
        self.assertEqual({*own, "auto"}, set(FORMATS))

    def test_pieces(self) -> None:
        """It matters nothing where the pieces that came end."""
        octets = _ALL.replace("\n", "\r\n").encode()
        whole = parsed(octets)
        for size in (1, 2, 3, 7, 50):
            reading = Reading()
            for start in range(0, len(octets), size):
                reading.feed(octets[start : start + size])
            while reading.settle():
                pass
            found = reading.done()
            self.assertEqual((found.entries, found.skipped), (whole.entries, whole.skipped))
            self.assertEqual(found.names.find(b"\3rpz\7example\0"), 7)

    def test_mark(self) -> None:
        """A byte order mark before the first line is no part of it."""
        self.assertEqual(line(b"\xef\xbb\xbfexample.org\r\n", "example.org"), 1)

    def test_lastLine(self) -> None:
        """The last line counts without its end, and without anything settled before."""
        self.assertEqual(line("a.example\nb.example", "b.example"), 2)

    def test_long(self) -> None:
        """A line over 8 KiB is skipped, takes no memory, and the next one counts."""
        reading = Reading()
        reading.feed(b"a.example\n")
        for _ in range(1000):
            reading.feed(b"x" * 1000)
        reading.feed(b".example\nb.example\nc.example\n")
        found = reading.done()
        self.assertEqual((found.entries, found.skipped, found.firstSkipped), (3, 1, 2))
        self.assertEqual(found.names.find(b"\1b\7example\0"), 3)

    def test_longInOne(self) -> None:
        """The same where it comes in one piece, or last."""
        self.assertEqual(parsed("a.example\n" + "x." * 5000 + "example\n").skipped, 1)
        self.assertEqual(parsed("a.example\n" + "x." * 5000 + "example").skipped, 1)

    def test_page(self) -> None:
        """A web page is no list."""
        for text in ("<!DOCTYPE html>\n<html>", "\n  <html><body>a.example</body></html>", "\ufeff<?xml?>"):
            with self.assertRaises(LineError) as caught:
                parsed(text)
            self.assertIn("web page", str(caught.exception))

    def test_binary(self) -> None:
        """Nor is what is compressed, or of UTF-16."""
        for octets in (b"\x1f\x8b\x08\x08abc", "a.example\n".encode("utf-16"), b"a.example\n\0"):
            self.assertRaises(LineError, parsed, octets)

    def test_empty(self) -> None:
        """Nor is what names nothing."""
        for text in ("", "\n\n", "# nothing\n! at all\n", "example.org##.ad\n", "127.0.0.1 localhost\n"):
            self.assertRaises(ValueError, parsed, text)

    def test_text(self) -> None:
        """Nor is a text that has words in it, or a list of something else."""
        text = (
            "Not found\n\nThe list that you want\nis no longer here, sorry about\nthat. Ask\nus@example.org\n"
        )
        self.assertRaises(ValueError, parsed, text)
        self.assertRaises(ValueError, parsed, '{\n "error": "none",\n "code": 404\n}\n')
