"""The grammar of INI files."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.ini import ConfigError, Problem, Section, parse


class ParseTests(SynchronousTestCase):
    """L{parse}."""

    def sections(self, text: str) -> list[Section]:
        """The sections of a text that has no problem."""
        sections, problems = parse(text, Path("/etc/dns"))
        self.assertEqual(problems, [])
        return sections

    def lines(self, text: str) -> list[str]:
        """The problems of a text."""
        return [problem.at("f.ini") for problem in parse(text, Path("/etc/dns"))[1]]

    def test_sectionsAndKeys(self) -> None:
        """Sections have a role and a name; values know their folder and line."""
        (section,) = self.sections("\n[front lan]\n\nlisten = udp://127.0.0.1:53\n")
        self.assertEqual((section.role, section.name, section.line), ("front", "lan", 2))
        value = section.values["listen"]
        self.assertEqual((value, value.line, value.folder), ("udp://127.0.0.1:53", 4, Path("/etc/dns")))

    def test_noName(self) -> None:
        """C{[dotchain]} stands without a name."""
        (section,) = self.sections("[ dotchain ]")
        self.assertEqual((section.role, section.name, section.title), ("dotchain", "", "dotchain"))

    def test_continuation(self) -> None:
        """Indented lines continue a value, over comments and empty lines too."""
        (section,) = self.sections("[a b]\nx = one\n  two ; aside\n\n# aside\n\tthree\ny =\n  four\n")
        self.assertEqual(section.values["x"], "one\ntwo\nthree")
        self.assertEqual((section.values["y"], section.values["y"].line), ("four", 7))

    def test_long(self) -> None:
        """A value of many lines knows the place of each; they take no time that grows with their square."""
        many = 100_000
        (section,) = self.sections("[a b]\nx =\n" + "  y -> z\n" * many)
        self.assertEqual(section.values["x"].lines, tuple(range(3, many + 3)))

    def test_comments(self) -> None:
        """C{;} and C{#} start a comment after a blank; inside a word they don't."""
        (section,) = self.sections("; all\n# all\n[a b] ; x\nx = dns.example#853 a;b # rest ; of it\n")
        self.assertEqual(section.values["x"], "dns.example#853 a;b")

    def test_equalsInValue(self) -> None:
        """Only the first C{=} separates: pins end in one."""
        (section,) = self.sections("[a b]\npin-sha256 = AAAA=\n")
        self.assertEqual(section.values["pin-sha256"], "AAAA=")

    def test_windowsLines(self) -> None:
        """CR LF ends a line like LF does."""
        (section,) = self.sections("[a b]\r\nx = 1\r\n")
        self.assertEqual(section.values["x"], "1")

    def test_everyProblemAtOnce(self) -> None:
        """Each bad line is told, with its number, section and key, and reading goes on."""
        lines = self.lines("x = 1\n  y\n[a b\n[a b]\nnonsense\nk = 1\nk = 2\n[a b]\n[]\n  more\n")
        self.assertEqual(
            lines,
            [
                "f.ini:1: 'x' stands before any section; begin with one such as [front lan]",
                "f.ini:2: 'y' is indented, but there is no value above that it continues",
                "f.ini:3: '[a b' is no section header such as [front lan] or [chain home]",
                "f.ini:5: [a b]: 'nonsense' is neither [role name] nor key = value",
                "f.ini:7: [a b] k: stands in line 6 already; indent lines that continue a value",
                "f.ini:8: [a b]: stands in line 4 already; put all its keys there",
                "f.ini:9: '[]' is no section header such as [front lan] or [chain home]",
                "f.ini:10: 'more' is indented, but there is no value above that it continues",
            ],
        )

    def test_keyTwice(self) -> None:
        """What continues a key that stands there for the second time goes without saying."""
        self.assertEqual(len(self.lines("[a b]\nx = 1\nx = 2\n  3\n  y = 4\n")), 1)
        self.assertEqual(len(self.lines("[a b]\nx = 1\nx = 2\n[c d]\n  3\n")), 2)

    def test_keysAfterBadHeader(self) -> None:
        """Keys below a bad header raise no errors of their own."""
        self.assertEqual(len(self.lines("[a b\nx = 1\ny = 2\n")), 1)

    def parted(self, text: str, *known: str) -> tuple[dict[str, str], list[str]]:
        """The values of the one section, and what is wrong, where these keys are known."""
        (section,), problems = parse(text, Path("/etc/dns"))
        problems += section.part(lambda each: each.key in known)
        return dict(section.values), [problem.at("f.ini") for problem in problems]

    def test_blankBeforeKey(self) -> None:
        """A known key behind a blank is told at its own line, and has the lines that follow it."""
        text = "[a b]\nx = 1\n\n\ty = 2\n\t; aside\n  3\n z=\n  4\n"
        values, lines = self.parted(text, "x", "y", "z")
        self.assertEqual(values, {"x": "1", "y": "2\n3", "z": "4"})
        self.assertEqual(
            lines,
            [
                "f.ini:4: [a b] y: begins with a blank, so it continues 'x'; begin it in the first column",
                "f.ini:7: [a b] z: begins with a blank, so it continues 'x'; begin it in the first column",
            ],
        )

    def test_equalsInContinuation(self) -> None:
        """What is no key is part of the value, whatever it looks like."""
        text = "[a b]\nx =\n  y = 2\n  AAAA=\n  xx = 3"
        self.assertEqual(self.parted(text, "x", "yy"), ({"x": "y = 2\nAAAA=\nxx = 3"}, []))

    def test_sameLineTwice(self) -> None:
        """The one that is a key of its own is the one that is parted."""
        values, lines = self.parted("[a b]\nx = y = 2\n  y = 2\n  y = 2\n", "y")
        self.assertEqual((values, len(lines)), ({"x": "y = 2", "y": "2"}, 2))

    def test_oneLine(self) -> None:
        """A problem is one line, whatever value it repeats."""
        self.assertEqual(
            Problem(1, "a b", "x", "'c\nd' is wrong").at("f.ini"), "f.ini:1: [a b] x: 'c d' is wrong"
        )

    def test_problemAtHeader(self) -> None:
        """A missing key is blamed at the line of the header."""
        (section,) = self.sections("\n[a b]\nx = 1\n")
        self.assertEqual(section.problem("y", "missing"), Problem(2, "a b", "y", "missing"))
        self.assertEqual(section.problem("x", "bad"), Problem(3, "a b", "x", "bad"))


class ConfigErrorTests(SynchronousTestCase):
    """L{ConfigError}."""

    def test_lineOrder(self) -> None:
        """Problems are told in the order of lines, each once."""
        late, early = Problem(9, "a", "k", "late"), Problem(2, "", "", "early")
        error = ConfigError("f", [late, early, late])
        self.assertEqual(error.lines, ["f:2: early", "f:9: [a] k: late"])
