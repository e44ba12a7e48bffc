"""Code of an operator's own that fails is told in one line, wherever it is."""

from __future__ import annotations

from importlib.metadata import EntryPoint

from dotchain.config.ini import ConfigError
from dotchain.config.kinds import GROUP, Kinds
from dotchain.config.load import load
from dotchain.contract.faults import blame, unusable

from ..badkinds import CHAIN
from ..configs import GOOD, ConfigCase

FAILED = r"KeyError: 'over\\ntwo lines' \(badkinds.py line \d+\)"


class FaultsTests(ConfigCase):
    """L{fault}, as a configuration leads to it."""

    def told(self, kind: str, more: str = "") -> str:
        """What is wrong with a chain of that kind."""
        return self.line(CHAIN.format(kind=kind) + more)

    def test_options(self) -> None:
        """What a kind declares as an option and is none."""
        self.assertEqual(
            self.told("Plain"),
            "10: [stage bad] kind: kind 'tests.badkinds.Plain': its option 'n' is '5', which is no "
            "dotchain.api.Option",
        )
        self.assertIn("'tests.badkinds.Unread': its option 'n' has 5 in place of", self.told("Unread"))

    def test_reader(self) -> None:
        """Whatever a reader raises stands at the line of the key, with the kind."""
        self.assertRegex(
            self.told("Reader"),
            rf"^11: \[stage bad\] n: kind 'tests.badkinds.Reader': its value can't be read: {FAILED}$",
        )
        self.assertIn("'tests.badkinds.Exits': its value can't be read: SystemExit: 3", self.told("Exits"))
        self.assertRegex(self.told("Silent"), r"^11: \[stage bad\] n: ValueError: \(badkinds.py line \d+\)$")

    def test_implied(self) -> None:
        """A word of a path without a section is told at the path."""
        line = self.line(GOOD.replace("path = mark", "path = tests.badkinds.Reader mark"))
        self.assertRegex(line, rf"^7: \[chain home\] path: .*kind 'tests.badkinds.Reader': .*{FAILED}")

    def test_share(self) -> None:
        """What can't be shared among workers."""
        line = self.told("Unshared", "[dotchain]\nworkers = 2\n")
        self.assertRegex(line, rf"^11: \[stage bad\] n: kind 'tests.badkinds.Unshared': can't be .*{FAILED}$")

    def test_constructor(self) -> None:
        """A constructor that takes something else."""
        line = self.told("Signature")
        self.assertRegex(
            line, r"^9: \[stage bad\]: kind 'tests.badkinds.Signature': can't be made: TypeError: "
        )

    def test_warnings(self) -> None:
        """Warnings that fail are one, and keep nothing from starting."""
        (warning,) = self.load(CHAIN.format(kind="Warns")).warnings
        self.assertRegex(
            warning.at("f.ini"),
            rf"^f.ini:9: \[stage bad\]: kind 'tests.badkinds.Warns': warnings\(\): {FAILED}$",
        )

    def test_declared(self) -> None:
        """A package's kind that can't be imported is told so where a path names it, and not as unknown."""
        self.load(GOOD)
        self.file.write_text(GOOD.replace("path = mark", "path = broken mark"))
        kinds = Kinds([EntryPoint("broken", "tests.nosuch:Kind", GROUP)])
        error = self.assertRaises(ConfigError, load, str(self.file), self.reactor, kinds=kinds)
        self.assertIn("kind 'broken' can't be imported", error.lines[0])


class WordsTests(ConfigCase):
    """L{blame} and L{unusable}."""

    def test_oneLine(self) -> None:
        """Never more than one."""
        self.assertEqual(blame(ValueError("a\n  b")), "ValueError: a b")

    def test_unusable(self) -> None:
        """As much as is known of a file."""
        self.assertEqual(unusable(FileNotFoundError(2, "No such file", "x")), "x: No such file")
        self.assertEqual(unusable(OSError(5, "I/O error")), "I/O error")
        self.assertEqual(unusable(OSError("tired")), "OSError: tired")
