"""What is wrong with the sections of a file."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from dotchain.config.ini import ConfigError
from dotchain.config.kinds import Kinds
from dotchain.config.load import load
from dotchain.options import Option, Options

from ..configs import GOOD, ConfigCase, Sink


class PlanTests(ConfigCase):
    """What L{load} refuses."""

    def test_allAtOnce(self) -> None:
        """Grammar, keys, values, constructors, references: all in one go, in the order of lines."""
        lines = self.lines("""\
            [front lan]
            listen = udp://127.0.0.1:99999
            chian = home
            nonsense
            [chain home]
            path = mark nowhere end
            [stage mark]
            kind = tests.configs.Mark
            max-marks = 10
            [upstream end]
            kind = tests.configs.End
            [stage idle]
            kind = cache
            size = big
            """)
        self.assertEqual([line.partition(": ")[0] for line in lines], [*"23469", "10", "14"])
        self.assertIn("2: [front lan] listen: 'udp://127.0.0.1:99999'", lines[0])
        self.assertIn(
            "3: [front lan] chian: unknown key; did you mean 'chain'? ([front] knows: listen,", lines[1]
        )
        self.assertEqual(lines[2], "4: [front lan]: 'nonsense' is neither [role name] nor key = value")
        self.assertEqual(lines[3], "6: [chain home] path: 'nowhere' is neither a section nor a kind")
        self.assertEqual(lines[4], "9: [stage mark] max-marks: more than 9 is too many")
        self.assertEqual(lines[5], "10: [upstream end] word: is missing: a word")

    def test_unreadable(self) -> None:
        """A file that is not there is an error like any other."""
        error = self.assertRaises(ConfigError, load, "/nonexistent.ini", None)
        self.assertEqual(error.lines, ["/nonexistent.ini:1: cannot be read: No such file or directory"])

    def test_empty(self) -> None:
        """Without a front there is nothing to run."""
        self.assertEqual(self.line(""), "1: no [front NAME] section: nothing would listen")

    def test_unknownRole(self) -> None:
        """A role that does not exist, with what there is."""
        self.assertEqual(
            self.line(GOOD + "[upstraem x]\nanything = 1\n"),
            "15: [upstraem x]: unknown role; did you mean 'upstream'? "
            "(known are: dotchain, front, chain, stage, upstream, test)",
        )
        self.assertIn("; did you mean 'stage'?", self.line(GOOD + "[STAGE x]\nanything = 1\n"))

    def test_names(self) -> None:
        """All roles but C{[dotchain]} have a name."""
        self.assertEqual(
            self.line(GOOD + "[dotchain x]\n"), "15: [dotchain x]: takes no name; write [dotchain]"
        )
        self.assertIn(
            "15: [chain]: has no name; write [chain NAME]", self.lines(GOOD + "[chain]\npath = end\n")
        )

    def test_sameName(self) -> None:
        """A path could not tell a stage and a chain of the same name apart."""
        lines = self.lines(GOOD + "[chain mark]\npath = end\n")
        self.assertIn("15: [chain mark]: [stage mark] in line 9 has this name; choose another", lines)

    def test_unknownKeyOfKind(self) -> None:
        """An unknown key names the kind, as its keys are the kind's."""
        self.assertEqual(
            self.line(GOOD + "wrod = c\n"),
            "15: [upstream end] wrod: unknown key; did you mean 'word'? "
            "(kind tests.configs.End knows: kind, word, pin)",
        )

    def test_unknownKind(self) -> None:
        """A kind that does not exist stands at the key that names it."""
        line = self.line(GOOD.replace("tests.configs.End", "fowrard"))
        self.assertEqual(
            line,
            "13: [upstream end] kind: there is no kind 'fowrard'; did you mean 'forward'? "
            "(known are: failover, fastest, forward, hash, hedge, least, race, random, round-robin, spread, "
            "zone)",
        )

    def test_kindOfOtherRole(self) -> None:
        """A stage is no upstream, nor the other way round."""
        self.assertEqual(
            self.line(GOOD.replace("kind = tests.configs.Mark", "kind = zone")),
            "10: [stage mark] kind: 'zone' is a kind of upstream, not of stage",
        )
        self.assertIn(
            "13: [upstream end] kind: 'cache' is a kind of stage, not of upstream",
            self.lines(GOOD.replace("tests.configs.End", "cache")),
        )

    def test_positions(self) -> None:
        """Upstreams and chains stand at the end of a path, stages don't."""
        self.assertEqual(
            self.lines(GOOD.replace("path = mark end", "path = end mark")),
            [
                "7: [chain home] path: 'end' is an upstream, which only ends a path",
                "7: [chain home] path: 'mark' is a stage; a path ends with an upstream or a chain",
            ],
        )
        lines = self.lines(GOOD.replace("path = mark end", "path = c end\n[chain c]\npath = mark end"))
        self.assertIn("7: [chain home] path: 'c' is a chain, which only ends a path", lines)

    def test_emptyPath(self) -> None:
        """A path names something."""
        lines = self.lines(GOOD.replace("path = mark end", "path ="))
        self.assertIn("7: [chain home] path: is empty; it ends with an upstream or a chain", lines)

    def test_defaultsDontDo(self) -> None:
        """A kind with a required key needs a section of its own."""
        line = self.line(
            GOOD.replace("path = mark end", "path = mark end2\n[chain end2]\npath = zone").split("[up")[0]
        )
        self.assertEqual(
            line,
            "9: [chain end2] path: 'zone' with its defaults: file: is missing: the zone's master file "
            "(RFC 1035 section 5), without $INCLUDE; give it a section [upstream zone]",
        )

    def test_frontsChain(self) -> None:
        """A front names a chain."""
        self.assertIn(
            "4: [front lan] chain: there is no section [chain hom]; did you mean 'home'?",
            self.lines(GOOD.replace("chain = home", "chain = hom")),
        )
        empty = self.lines(GOOD.replace("chain = home", "chain ="))
        self.assertIn("4: [front lan] chain: is empty; name a chain", empty)
        self.assertIn(
            "4: [front lan] chain: 'end' is an upstream; name a chain, whose path may be just that",
            self.lines(GOOD.replace("chain = home", "chain = end")),
        )

    def test_over(self) -> None:
        """A group names upstreams: at least one, each once, none of another role."""
        group = (
            GOOD.replace("path = mark end", "path = mark g") + "[upstream g]\nkind = failover\nover = {}\n"
        )
        for over, wrong in (
            ("ned", "'ned' is neither a section nor a kind; did you mean 'end'?"),
            ("end ned", "'ned' is neither a section nor a kind"),
            (
                "end mark",
                "'mark' is a stage, and over names upstreams: a stage stands in the path of a chain",
            ),
            (
                "home end",
                "'home' is a chain, and over names upstreams: give the chain a front on a loopback address, "
                "and have an upstream ask that",
            ),
            (
                "end cache",
                "'cache' is a stage, and over names upstreams: a stage stands in the path of a chain",
            ),
            ("end end", "names 'end' twice"),
        ):
            self.assertEqual(self.line(group.format(over)), f"17: [upstream g] over: {wrong}")
        self.assertIn(
            "17: [upstream g] over: is empty; name at least one upstream", self.lines(group.format(""))
        )
        self.assertIn(
            "15: [upstream g] over: is missing: the upstreams to ask, best first: names of sections or kinds",
            self.lines(group.replace("over = {}\n", "")),
        )

    def test_overKinds(self) -> None:
        """A group's members may be kinds with their defaults, which are blamed on the group."""
        group = (
            GOOD.replace("path = mark end", "path = mark g") + "[upstream g]\nkind = race\nover = end zone\n"
        )
        self.assertEqual(
            self.line(group),
            "17: [upstream g] over: 'zone' with its defaults: file: is missing: the zone's master file "
            "(RFC 1035 section 5), without $INCLUDE; give it a section [upstream zone]",
        )

    def test_groupWithDefaults(self) -> None:
        """A kind of group has no defaults that would do."""
        self.assertIn(
            "8: [chain home] path: 'spread' with its defaults: over: is missing:",
            "\n".join(
                self.lines("\n" + GOOD.replace("path = mark end", "path = mark spread").split("[up")[0])
            ),
        )


class HintTests(ConfigCase):
    """What is offered in place of a word that nobody has would be right there."""

    PATH = "7: [chain home] path: '{}' is neither a section nor a kind"
    MORE = "[chain inner]\npath = end\n[upstream pair]\nkind = race\nover = end\n"

    def hint(self, text: str, line: str) -> str:
        """What is offered behind this line."""
        (found,) = (each for each in self.lines(text) if each.startswith(line))
        return found.partition("; did you mean ")[2].partition("?")[0]

    def test_path(self) -> None:
        """Stages on the way, at the end an upstream or a chain, and kinds that do with their defaults."""
        for path, word, meant in (
            ("mrak end", "mrak", "'mark'"),
            ("cahce end", "cahce", "'cache'"),
            ("mark innner", "innner", "'inner'"),
            ("mark piar", "piar", "'pair'"),
            ("innner end", "innner", ""),
            ("piar end", "piar", ""),
            ("mrak", "mrak", ""),
            ("mark cahce", "cahce", ""),
            ("mark forwad", "forwad", ""),
            ("mark zonne", "zonne", ""),
        ):
            text = GOOD.replace("path = mark end", f"path = {path}") + self.MORE
            self.assertEqual(self.hint(text, self.PATH.format(word)), meant, path)

    def test_loops(self) -> None:
        """Nothing that would lead back."""
        text = GOOD.replace("path = mark end", "path = mark homme")
        self.assertEqual(self.hint(text, self.PATH.format("homme")), "")
        back = "[chain inner]\npath = home\n"
        text = GOOD.replace("path = mark end", "path = mark innner")
        self.assertEqual(self.hint(text + back, self.PATH.format("innner")), "")
        self.assertEqual(self.hint(text + self.MORE, self.PATH.format("innner")), "'inner'")
        text = GOOD.replace("mark end", "mark pair") + "[upstream pair]\nkind = race\nover = {}\n"
        over = "17: [upstream pair] over: '{}' is neither"
        self.assertEqual(self.hint(text.format("piar"), over.format("piar")), "")
        deep = text.format("deeep") + "[upstream deep]\nkind = race\nover = {}\n"
        self.assertEqual(self.hint(deep.format("pair"), over.format("deeep")), "")
        self.assertEqual(self.hint(deep.format("end"), over.format("deeep")), "'deep'")

    def test_over(self) -> None:
        """Only upstreams, and none that stands there already."""
        text = GOOD.replace("mark end", "mark pair") + "[chain inner]\npath = end\n"
        text += "[upstream pair]\nkind = race\nover = {} end\n"
        for word in ("inny", "innner", "makr", "cahce", "ennd", "forwad"):
            self.assertEqual(self.hint(text.format(word), f"19: [upstream pair] over: '{word}' is"), "", word)

    def test_kind(self) -> None:
        """Only kinds of that role are named."""
        for word, meant in (("cahce", "'cache'"), ("forwad", ""), ("zonne", ""), ("coalesc", "'coalesce'")):
            text = GOOD.replace("kind = tests.configs.Mark", f"kind = {word}")
            line = f"10: [stage mark] kind: there is no kind '{word}'"
            self.assertEqual(self.hint(text, line), meant)
            known = re.search(r"\(known are: (.*?)\)", "".join(self.lines(text)))
            assert known is not None
            self.assertEqual(
                known[1].split(", "), [each for each in Kinds().names if Kinds().find(each).role == "stage"]
            )
        text = GOOD.replace("kind = tests.configs.End", "kind = {}")
        self.assertEqual(self.hint(text.format("cahce"), "13: [upstream end] kind: there is no kind"), "")

    def test_noKind(self) -> None:
        """A stage whose name is no kind, and that names none, is told to."""
        text = GOOD.replace("kind = tests.configs.Mark", "")
        self.assertRegex(self.lines(text)[0], r"no kind 'mark' .*\); add kind = block or another$")
        self.assertNotIn("add kind", "".join(self.lines(GOOD.replace("tests.configs.Mark", "mark"))))

    def test_role(self) -> None:
        """No section that is there already, and no name for the one that has none."""
        for header, meant in (
            ("[stge mark]", ""),
            ("[stge more]", "'stage'"),
            ("[dotchian]", "'dotchain'"),
            ("[dotchian more]", ""),
        ):
            self.assertEqual(self.hint(f"{GOOD}{header}\n", f"15: {header}: unknown role"), meant, header)

    def test_header(self) -> None:
        """A line that is almost a header: [dotchain] has no name, and all others have one."""
        self.assertIn("is no section header; write [dotchain]", self.line(GOOD + "[dotchain: x]\n"))
        self.assertIn("is no section header such as [front lan]", self.line(GOOD + "[chain\n"))

    def test_pair(self) -> None:
        """What has no equals sign is taken for a key where it is one."""
        wrong = "4: [front lan]: 'chain home' is neither [role name] nor key = value"
        self.assertEqual(
            self.line(GOOD.replace("chain = home", "chain home")), f"{wrong}; write chain = home"
        )
        lines = self.lines(GOOD.replace("path = mark end", "path = mark\ncache end"))
        self.assertIn("8: [chain home]: 'cache end' is neither [role name] nor key = value", lines)


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
        text = GOOD.replace("configs.End\nword = a b", "config.test_plan.Including\ninclude = x")
        self.assertEqual(self.named(self.load(text), "end")[0].include, "x")


class Including(Sink):
    """An upstream with such a key."""

    options: ClassVar[Options] = {"include": Option(str, "", "what it includes")}

    def __init__(self, reactor: Any, include: str) -> None:
        super().__init__(reactor)
        self.include = include
