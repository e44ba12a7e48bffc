"""Faults of a file that come of others."""

from __future__ import annotations

from typing import Any, ClassVar

from dotchain.options import Option, Options

from ..configs import GOOD, ConfigCase, Sink


class CauseTests(ConfigCase):
    """One mistake is one line, whatever follows from it."""

    def cause(self, right: str, wrong: str) -> str:
        """The line, where something of a good file is replaced."""
        return self.line(GOOD.replace(right, wrong))

    def test_names(self) -> None:
        """Where a word is wrong, no section that nothing leads to for that is told."""
        for right, wrong, line in (
            ("chain = home", "chain = hom", "4: [front lan] chain: there is no section [chain hom]"),
            ("[chain home]", "[chian home]", "6: [chian home]: unknown role; did you mean 'chain'?"),
            ("[front lan]", "[fornt lan]", "2: [fornt lan]: unknown role; did you mean 'front'?"),
            ("[stage mark]", "[stge mark]", "9: [stge mark]: unknown role; did you mean 'stage'?"),
            ("mark end", "mark ned", "7: [chain home] path: 'ned' is neither a section nor a kind"),
            ("configs.Mark", "configs.Marc", "10: [stage mark] kind: kind 'tests.configs.Marc' can't"),
            ("path = mark", "path = mark,", "7: [chain home] path: blanks alone separate a list"),
        ):
            self.assertIn(line, self.cause(right, wrong))

    def test_keys(self) -> None:
        """A misspelt key is not missing besides, and its section is not blamed for the lack of its value."""
        for right, wrong, line in (
            ("chain = home", "chian = home", "4: [front lan] chian: unknown key; did you mean 'chain'?"),
            ("listen =", "listn =", "3: [front lan] listn: unknown key; did you mean 'listen'?"),
            ("path =", "pathh =", "7: [chain home] pathh: unknown key; did you mean 'path'?"),
            ("word =", "wrod =", "14: [upstream end] wrod: unknown key; did you mean 'word'?"),
        ):
            self.assertIn(line, self.cause(right, wrong))
        tls = GOOD.replace(
            "kind = tests.configs.End\nword = a b", "address = tls://192.0.2.1\nnmae = a.example"
        )
        self.assertIn("14: [upstream end] nmae: unknown key; did you mean 'name'?", self.line(tls))

    def test_otherKeys(self) -> None:
        """A key like no other is unknown, and what is missing is missing."""
        lines = self.lines(GOOD.replace("word = a b", "xyz = a b"))
        self.assertEqual([line.split(":")[0] for line in lines], ["12", "14"])

    def test_lines(self) -> None:
        """A line that can't be read is taken for what was meant."""
        for right, wrong, line in (
            ("listen = ", "\tlisten = ", "3: [front lan] listen: begins with a blank"),
            ("chain = home", "\tchain = home", "4: [front lan] chain: begins with a blank, so it continues"),
            (
                "kind = tests.configs.End\nw",
                "kind = tests.configs.End\n w",
                "14: [upstream end] word: begins",
            ),
            ("[chain home]", "  [chain home]", "6: [front lan]: '[chain home]' begins with a blank, so it"),
            ("chain = home", "chain: home", "4: [front lan]: 'chain: home' is neither"),
            ("chain = home", "chain home", "4: [front lan]: 'chain home' is neither"),
            ("[chain home]", "[chain home", "6: '[chain home' is no section header; write [chain home]"),
            ("[chain home]", "chain home]", "6: 'chain home]' is no section header; write [chain home]"),
            ("[chain home]", "[chain: home]", "6: '[chain: home]' is no section header; write [chain home]"),
        ):
            self.assertIn(line, self.cause(right, wrong))

    def test_sectionTwice(self) -> None:
        """A section that stands twice has the keys of both."""
        line = self.cause("chain = home", "[front lan]\nchain = home")
        self.assertEqual(line, "4: [front lan]: stands in line 2 already; put all its keys there")

    def test_noFront(self) -> None:
        """Without a front nothing is reached, which goes without saying."""
        self.assertEqual(
            self.line(GOOD[GOOD.index("[chain") :]), "1: no [front NAME] section: nothing would listen"
        )

    def test_include(self) -> None:
        """What other programs read other files by says how it is done here; a kind may have such a key."""
        why = "another file is read where [dotchain] has a key 'include = FILE'"
        for line in ("include other.ini", "@include other.ini", "include: other.ini"):
            self.assertIn(why, self.line(GOOD + line))
            self.assertIn(why, self.line(f"{line}{GOOD}"))
        for line in ("include = other.ini", "[include other.ini]"):
            self.assertIn(why, self.line(GOOD + line))
        self.assertIn(why, self.line(f"include = other.ini{GOOD}"))
        text = GOOD.replace("configs.End\nword = a b", "config.test_plan_causes.Including\ninclude = x")
        self.assertEqual(self.named(self.load(text), "end")[0].include, "x")

    def test_ticketSecret(self) -> None:
        """What can't be had says so, and what to do, where it is looked for."""
        line = self.cause("chain = home", "ticket-secret = tickets\nchain = home")
        self.assertIn("ticket-secret: can't be had: ", line)
        self.assertIn("the same machine", line)


class Including(Sink):
    """An upstream with such a key."""

    options: ClassVar[Options] = {"include": Option(str, "", "what it includes")}

    def __init__(self, reactor: Any, include: str) -> None:
        super().__init__(reactor)
        self.include = include
