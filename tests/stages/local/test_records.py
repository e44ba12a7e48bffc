"""Tests of records in the INI file."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.options import LineError, Value
from dotchain.stages.local.records import records


class RecordTests(SynchronousTestCase):
    """Lines, and what is wrong with them."""

    def test_form(self) -> None:
        """TTL and class may be left out or change places; names are absolute, owners in lower case."""
        for line, ttl in (
            ("Printer.home. 60 IN A 192.168.1.9", 60),
            ("printer.home IN 1h A 192.168.1.9", 3600),
            ("printer.home\tIN  A 192.168.1.9", None),
            ("printer.home 0 A 192.168.1.9", 0),
            ("printer.home A 192.168.1.9", None),
        ):
            (record,) = records(line)
            self.assertEqual(
                (record.owner, record.kind, record.data, record.ttl),
                (b"\7printer\4home\0", 1, b"\xc0\xa8\1\x09", ttl),
                line,
            )

    def test_data(self) -> None:
        """Names in RDATA are absolute, too, and whole."""
        (record,) = records("mail.home MX 10 Mail.example.org")
        self.assertEqual(record.data, b"\0\x0a\4Mail\7example\3org\0")

    def test_unknownType(self) -> None:
        """Types that nobody knows are taken (RFC 3597)."""
        (record,) = records("a.home TYPE65280 \\# 2 abcd")
        self.assertEqual((record.kind, record.data), (65280, b"\xab\xcd"))

    def test_tail(self) -> None:
        """What stands behind the owner on the wire, with the TTL of the stage where there is none."""
        (record,) = records("a.home A 192.0.2.1")
        self.assertEqual(record.tail(5), b"\0\1\0\1\0\0\0\5\0\4\xc0\0\2\1")

    def test_mistakes(self) -> None:
        """Each mistake names its line and what would be right."""
        for line, told in (
            ("printer.home", "is no record such as"),
            ("printer.home A", "is no record such as"),
            ("printer.home A 192.168.1.900", "such as .*: '192.168.1.900' is no IPv4 address"),
            ("printer.home 192.168.1.9", "has no type; write printer.home A 192.168.1.9"),
            ("printer.home. fd00::9", "is no record such as"),
            ("printer.home 60 AAAA 192.168.1.9", "'192.168.1.9' is no IPv6 address"),
            ("printer.home CH TXT x", "only IN"),
            ("printer.home ANY x", "no type of a record"),
            ("a..b A 192.0.2.1", "not a domain name"),
            ("printer.home 99999999999 A 192.0.2.1", "no TTL"),
        ):
            text = Value.at(f"a.home A 192.0.2.1\n{line}", Path(), 7, (7, 8))
            error = self.assertRaises(LineError, records, text)
            self.assertEqual(error.line, 8, line)
            self.assertRegex(str(error), told)

    def test_several(self) -> None:
        """All lines that are wrong are told at once, each with its own."""
        lines = "a.home A 192.168.1.300\nb.home A 192.0.2.1\nc.home\nb.home CNAME a.home"
        error = self.assertRaises(LineError, records, Value.at(lines, Path(), 3, (3, 4, 5, 6)))
        self.assertEqual([error.line, *(each.line for each in error.more)], [3, 5, 6])

    def test_aliasBesideOthers(self) -> None:
        """A CNAME beside other records is a mistake of the line that comes second."""
        for lines in ("a.home CNAME b.home\nA.home A 192.0.2.1", "a.home A 192.0.2.1\na.home CNAME b.home"):
            error = self.assertRaises(LineError, records, Value.at(lines, Path(), 3, (3, 4)))
            self.assertEqual(error.line, 4)
            self.assertIn("line 3", str(error))
