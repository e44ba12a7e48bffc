"""What a test of the file expects."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.expectation import expectations
from dotchain.options import LineError, Value


class ExpectationTests(SynchronousTestCase):
    """L{expectations}."""

    def read(self, text: str) -> list[tuple[str, str, bool]]:
        """Subject, value, and whether it must not hold."""
        return [each[:3] for each in expectations(text)]

    def test_words(self) -> None:
        """Each word that there is, those with a second word too."""
        self.assertEqual(
            self.read("blocked by ads to office NXDOMAIN NODATA EDE 15 dropped truncated"),
            [
                ("blocked", "", False),
                ("by", "ads", False),
                ("to", "office", False),
                ("RCODE", "NXDOMAIN", False),
                ("NODATA", "", False),
                ("EDE", "15", False),
                ("dropped", "", False),
                ("truncated", "", False),
            ],
        )

    def test_records(self) -> None:
        """Addresses in whatever form, and names."""
        self.assertEqual(
            self.read("192.0.2.1 2001:DB8:0::1 Safe.Example.org."),
            [
                ("address", "192.0.2.1", False),
                ("address", "2001:db8::1", False),
                ("name", "safe.example.org", False),
            ],
        )

    def test_not(self) -> None:
        """What must not hold."""
        self.assertEqual(
            self.read("!blocked !by ads !EDE 18"),
            [("blocked", "", True), ("by", "ads", True), ("EDE", "18", True)],
        )

    def test_lines(self) -> None:
        """Each knows its line, and how it was written."""
        found = expectations(Value.at("by ads\n!to office", Value.folder, 7, (7, 8)))
        self.assertEqual([(each.text, each.line) for each in found], [("by ads", 7), ("!to office", 8)])

    def test_wrong(self) -> None:
        """Slips are told with what may be meant, and the line."""
        for text, why in (
            ("bloked", "'bloked' is none of blocked, .*did you mean 'blocked'"),
            ("by", "'by' has nothing behind it"),
            ("EDE fifteen", "EDE 'fifteen' is not a whole number"),
        ):
            error = self.assertRaises(
                LineError, expectations, Value.at(f"NODATA\n{text}", Value.folder, 2, (2, 5))
            )
            self.assertRegex(str(error), why)
            self.assertEqual(error.line, 5)
        self.assertRaises(ValueError, expectations, " ")
