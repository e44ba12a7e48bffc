"""Code of an operator's own that fails is told in one line, wherever it is."""

from __future__ import annotations

from importlib.metadata import EntryPoint

from dotchain.config.ini import ConfigError
from dotchain.config.kinds import GROUP, KindError, Kinds
from dotchain.config.load import load
from dotchain.contract.faults import blame, unusable

from ..badkinds import CHAIN
from ..configs import GOOD, ConfigCase

FAILED = r"KeyError: 'over\\ntwo lines' \(tests/badkinds.py line \d+\)"


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
        silent = r"^11: \[stage bad\] n: ValueError: \(tests/badkinds.py line \d+\)$"
        self.assertRegex(self.told("Silent"), silent)

    def test_default(self) -> None:
        """A default that can't be read is told as the class's, and stands in no line of the file."""
        self.assertEqual(
            self.told("Default"),
            "9: [stage bad] m: the default of kind 'tests.badkinds.Default', 'many': invalid literal for "
            "int() with base 10: 'many'",
        )

    def test_lines(self) -> None:
        """Where several lines of a value are wrong, each is told with its own."""
        local = CHAIN.format(kind="x").replace("kind = tests.badkinds.x\nn = 5", "kind = local\nrecords = {}")
        told = self.lines(local.format("a A 192.0.2.300\n  b A 192.0.2.1\n  c 192.0.2.2"))
        self.assertEqual([each.partition(": ")[0] for each in told], ["11", "13"])
        self.assertIn("[stage bad] records: 'a A 192.0.2.300' is no record", told[0])

    def test_implied(self) -> None:
        """A word of a path without a section is told at the path."""
        line = self.line(GOOD.replace("path = mark", "path = tests.badkinds.Reader mark"))
        self.assertRegex(line, rf"^7: \[chain home\] path: .*kind 'tests.badkinds.Reader': .*{FAILED}$")

    def test_share(self) -> None:
        """What can't be shared among workers."""
        line = self.told("Unshared", "[dotchain]\nworkers = 2\n")
        self.assertRegex(line, rf"^11: \[stage bad\] n: kind 'tests.badkinds.Unshared': can't be .*{FAILED}$")

    def test_constructor(self) -> None:
        """A constructor that takes something else."""
        line = self.told("Signature")
        self.assertRegex(
            line,
            r"^9: \[stage bad\]: kind 'tests.badkinds.Signature': can't be made: TypeError: [^(]*\(\)[^(]*$",
        )

    def test_noSection(self) -> None:
        """A section of its own would help no kind whose code is wrong, but one that lacks a value."""
        for kind in ("Signature", "Missing"):
            line = self.line(GOOD.replace("path = mark", f"path = tests.badkinds.{kind} mark"))
            self.assertIn(f"7: [chain home] path: 'tests.badkinds.{kind}' with its defaults: kind", line)
            self.assertNotIn("give it a section", line)
        line = self.line(GOOD.replace("path = mark", "path = tests.badkinds.Wanting mark"))
        self.assertIn("n: is missing: a number; give it a section [stage tests.badkinds.Wanting]", line)

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

    def raised(self, text: str, module: str = "mystages") -> str:
        """What is said of code in a module of that name, in the second line of its file."""
        code = compile(f"\n{text}", "/a/mine.py", "exec")
        return blame(self.assertRaises(ValueError, exec, code, {"__name__": module}))

    def test_authorsLine(self) -> None:
        """The line is the author's, whatever he calls; lines of what everything runs on tell nothing."""
        for code in (
            "int('x')",
            "import json; json.loads('x')",
            "from dotchain.api import Domains; Domains('a..b')",
        ):
            self.assertTrue(self.raised(code).endswith(" (mine.py line 2)"), code)
        for module in ("twisted.python.reflect", "dotchain.config.build", "importlib._bootstrap", "dns.name"):
            self.assertEqual(
                self.raised("int('x')", module), "ValueError: invalid literal for int() with base 10: 'x'"
            )
        for module in ("dotchain.stages.any", "dotchain.upstreams.zone", "dotchainextra"):
            self.assertTrue(self.raised("int('x')", module).endswith(" (mine.py line 2)"), module)

    def test_noClass(self) -> None:
        """A class that is not in its module is no line of anyone's."""
        error = self.assertRaises(KindError, Kinds([]).find, "tests.badkinds.Passign")
        self.assertNotIn(" line ", str(error))

    def test_unusable(self) -> None:
        """As much as is known of a file."""
        self.assertEqual(unusable(FileNotFoundError(2, "No such file", "x")), "x: No such file")
        self.assertEqual(unusable(OSError(5, "I/O error")), "I/O error")
        self.assertEqual(unusable(OSError("tired")), "OSError: tired")
