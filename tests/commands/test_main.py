"""The command itself."""

from __future__ import annotations

import argparse
import io
import os
import sys

from twisted.trial.unittest import SynchronousTestCase

from dotchain.commands import check, main
from dotchain.compiled import VERSION


class MainTests(SynchronousTestCase):
    """L{main.main}."""

    def setUp(self) -> None:
        """Keep what is printed."""
        self.stdout, self.stderr = io.StringIO(), io.StringIO()
        self.patch(sys, "stdout", self.stdout)
        self.patch(sys, "stderr", self.stderr)

    def status(self, *words: str) -> object:
        """The status that the parser exits with."""
        return self.assertRaises(SystemExit, main.main, words).code

    def test_version(self) -> None:
        """C{--version} is the package's."""
        self.assertEqual(self.status("--version"), 0)
        self.assertEqual(self.stdout.getvalue(), f"dotchain {VERSION}\n")

    def test_help(self) -> None:
        """C{--help} lists every verb."""
        self.assertEqual(self.status("--help"), 0)
        for verb in main.VERBS:
            self.assertIn(f"\n    {verb} ", self.stdout.getvalue())

    def test_wrongUsage(self) -> None:
        """No verb, an unknown one, a missing argument: 2."""
        for words in ((), ("sing",), ("check",)):
            self.assertEqual(self.status(*words), 2)

    def said(self, *words: str) -> str:
        """What is said of wrong usage, without the usage."""
        self.stderr.truncate(0)
        self.assertEqual(self.status(*words), 2)
        return self.stderr.getvalue().rpartition("error: ")[2]

    def test_mistyped(self) -> None:
        """A verb, a way, a choice or an option like a known one is told with that."""
        for words, meant in (
            (("chek", "x"), "check"),
            (("upstream",), "upstreams"),
            (("cert", "self-sign"), "self-signed"),
            (("cert", "ca", "--name", "x", "--type", "rsaa"), "rsa"),
            (("check", "x", "--jsn"), "--json"),
            (("flush", "x", "--sockt=y"), "--socket"),
            (("query", "x", "--tsl"), "--tls"),
        ):
            self.assertIn(f"; did you mean {meant!r}?", self.said(*words))

    def test_unlike(self) -> None:
        """Of anything else what there is is all that is told."""
        for words in (
            ("sing",),
            ("cert", "xyz"),
            ("check", "x", "--xyz"),
            ("check", "x", "y"),
            ("cert", "ca", "--addres=y"),
        ):
            self.assertNotIn("did you mean", self.said(*words))
        self.assertIn("'check', 'simulate', 'query'", self.said("sing"))

    def test_lazy(self) -> None:
        """A verb that can't be imported does not break another."""
        self.patch(main, "VERBS", {**main.VERBS, "nothere": "no module has this name"})
        self.assertEqual(main.main(["check", "/nonexistent.ini"]), 1)

    def test_interrupt(self) -> None:
        """A keyboard interrupt is quiet."""

        def interrupted(arguments: argparse.Namespace) -> int:
            raise KeyboardInterrupt

        self.patch(check, "run", interrupted)
        self.assertEqual(main.main(["check", "x"]), 130)
        self.assertEqual(self.stderr.getvalue(), "")

    def test_brokenPipe(self) -> None:
        """Whoever reads may stop at any time."""
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "w") as pipe:
            self.patch(sys, "stdout", pipe)
            self.assertEqual(main.main(["kinds"]), 1)
        self.assertEqual(self.stderr.getvalue(), "")
