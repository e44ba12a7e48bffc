"""What is wrong with the sections of a file."""

from __future__ import annotations

from dotchain.config.ini import ConfigError
from dotchain.config.load import load

from ..configs import GOOD, ConfigCase


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
