"""The verb simulate."""

from __future__ import annotations

import io
import json
import sys

from twisted.trial.unittest import SynchronousTestCase

from dotchain.commands.main import main

from ..folders import written
from ..rehearsal.files import FILE

NEW = FILE.replace("also = lan", "also = lan internal")


class SimulateTests(SynchronousTestCase):
    """C{dotchain simulate}."""

    def run_(self, new: str, queries: str, *words: str) -> tuple[int, list[str], str]:
        """Status, the lines of stdout, and stderr."""
        stdout, stderr = io.StringIO(), io.StringIO()
        self.patch(sys, "stdout", stdout)
        self.patch(sys, "stderr", stderr)
        self.queries = written(self, queries, "q.txt")
        files = ("--config", str(written(self, new)), "--against", str(written(self, FILE)))
        status = main(["simulate", *files, "--queries", str(self.queries), *words])
        return status, stdout.getvalue().splitlines(), stderr.getvalue().replace(str(self.queries), "q.txt")

    def test_same(self) -> None:
        """Status 0 and a summary."""
        self.assertEqual(self.run_(FILE, "x.internal\n"), (0, ["1 query, 0 decided differently"], ""))

    def test_different(self) -> None:
        """A line a query, with what comes of it and by whom, and status 1."""
        status, lines, _ = self.run_(NEW, "x.internal AAAA 192.0.2.7 lan\nwww.example.org\n")
        self.assertEqual(
            lines,
            [
                "x.internal AAAA, asked by 192.0.2.7 at lan: NODATA (to out) -> "
                "NXDOMAIN, EDE 15: listed here (by special)",
                "2 queries, 1 decided differently",
            ],
        )
        self.assertEqual(status, 1)

    def test_json(self) -> None:
        """An object a line, so that it may be of any length; the summary last."""
        status, lines, _ = self.run_(NEW, "x.internal\n", "--json")
        first, last = map(json.loads, lines)
        self.assertEqual((status, last), (1, {"queries": 1, "different": 1, "unreadable": 0}))
        self.assertEqual(
            (first["name"], first["old"]["to"], first["new"]["by"]), ("x.internal", ["out"], ["special"])
        )

    def test_unreadable(self) -> None:
        """Lines that are no queries are told, the first of them; with nothing else it is wrong usage."""
        status, lines, told = self.run_(FILE, "a. WRONG\n" * 20 + "b.example\n")
        self.assertEqual((status, lines), (0, ["1 query, 0 decided differently, 20 lines unreadable"]))
        self.assertEqual(len(told.splitlines()), 10)
        self.assertTrue(told.startswith("q.txt:1: "))
        status, _, told = self.run_(FILE, "x" * 100_000)
        self.assertEqual((status, len(told) < 300), (2, True))

    def test_nothing(self) -> None:
        """A file without a query has nothing to compare, which is wrong usage."""
        for text in ("", "\n\n", "# a.example\n"):
            self.assertEqual(self.run_(FILE, text)[::2], (2, "q.txt: has no query\n"))

    def test_wrong(self) -> None:
        """A file that can't be used is told as check tells it, and which of the two it is, with status 2."""
        status, _, told = self.run_("nonsense\n", "a.example\n")
        self.assertEqual(status, 2)
        self.assertIn(":1: 'nonsense' is neither", told)
        self.assertRegex(told, r"(?m)^--config .*: can't be used$")
        files = ("--config", str(written(self, FILE)), "--against", str(written(self, FILE)))
        self.assertEqual(main(["simulate", *files, "--queries", "/nonexistent"]), 2)
