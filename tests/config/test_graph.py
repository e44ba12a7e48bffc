"""Which section leads to which."""

from __future__ import annotations

from ..configs import GOOD, ConfigCase


class SectionTests(ConfigCase):
    """Sections that are alone, or too close."""

    def test_unreachable(self) -> None:
        """A section that nothing leads to is told, also where others like it lead to each other."""
        lines = self.lines(GOOD + "[chain x]\npath = y\n[chain y]\npath = end\n[stage cache]\n")
        self.assertEqual([line.split(":")[0] for line in lines], ["15", "17", "19"])
        self.assertEqual(lines[2], "19: [stage cache]: no front leads here; name it in a path, or remove it")

    def test_misread(self) -> None:
        """Where rules can't be read, what nothing leads to is probably meant there: only the rule is told."""
        text = GOOD.replace("tests.configs.Mark", "route\nrules = {}") + "[chain office]\npath = end\n"
        for rule, told in (
            ("corp.example => office", "the arrow is '->', and not '=>'"),
            ("corp.example - > office", "the arrow is '->', and not '- >'"),
            ("corp.example --> office", "the arrow is '->', and not '-->'"),
            ("corp.example office", "has no arrow '->'"),
            ("a.example -> office, b.example -> office", "a rule is a line of its own"),
            ("corp.example -> udp://10.0.0.1", "which belongs into an [upstream NAME] section"),
            ("corp.example -> 10.0.0.1", "which belongs into an [upstream NAME] section"),
        ):
            line = self.line(text.format(rule))
            self.assertTrue(line.startswith("11: [stage mark] rules: "), line)
            self.assertIn(told, line)
        lines = self.lines(text.format(". -> end\n        type:A -> end"))
        self.assertIn("12: [stage mark] rules: 'type:A -> end' never decides", lines[0])

    def test_unreachableGroup(self) -> None:
        """What only an unreachable group leads to is not reachable, and what a reachable one leads to is."""
        group = "[upstream g]\nkind = failover\nover = other\n[upstream other]\naddress = udp://192.0.2.1\n"
        self.assertEqual([line.split(":")[0] for line in self.lines(GOOD + group)], ["15", "18"])
        reached = GOOD.replace("path = mark end", "path = mark all")
        over = "[upstream all]\nkind = race\nover = g end\n"
        self.assertEqual(len(self.load(reached + group + over).parts), 5)

    def test_sameAddress(self) -> None:
        """Two fronts can't listen on one address; UDP and TCP are two."""
        front = "[front b]\nlisten = {}\nchain = home\n"
        self.assertEqual(
            self.line(GOOD + front.format("udp://127.0.0.1:5300")),
            "16: [front b] listen: udp://127.0.0.1:5300 is taken by [front lan]",
        )
        self.assertEqual(
            self.line(GOOD + front.format("udp://[::1]:53 udp://[0::1]")),
            "16: [front b] listen: udp://[::1]:53 stands there twice",
        )
        self.assertEqual(len(self.load(GOOD + front.format("tcp://127.0.0.1:5300")).fronts), 2)

    def test_wildcard(self) -> None:
        """Nor can a front listen on all addresses and another on one of them, of the same IP version."""
        front = "[front b]\nlisten = {}\nchain = home\n"
        self.assertEqual(
            self.line(GOOD + front.format("udp://0.0.0.0:5300")),
            "16: [front b] listen: udp://0.0.0.0:5300 is taken by udp://127.0.0.1:5300 of [front lan]",
        )
        for both in ("tcp://[::]:5300 tcp://[::1]:5300", "tcp://127.0.0.1:5300 tcp://0.0.0.0:5300"):
            one, other = both.split()
            self.assertEqual(
                self.line(GOOD + front.format(both)),
                f"16: [front b] listen: {other} is taken by {one} of [front b]",
            )
        for listen in ("udp://0.0.0.0:5301", "tcp://0.0.0.0:5300", "udp://[::]:5300", "udp://127.0.0.2:5300"):
            self.assertEqual(len(self.load(GOOD + front.format(listen)).fronts), 2)


class NamingTests(ConfigCase):
    """Options that name upstreams, by whatever key."""

    STAGE = GOOD.replace("path = mark end", "path = two end")[: GOOD.index("[stage mark]") - 1]
    STAGE += "[upstream end]\nkind = tests.configs.Sink\n"
    STAGE += "[stage two]\nkind = tests.config.askers.Twofold\n"
    OUT = "[upstream out]\nkind = tests.configs.Sink\n"

    def test_anyKey(self) -> None:
        """A stage gets resolvers for the names of each such option, and what they name is reached."""
        tree = self.load(self.STAGE + "to = end out\nask-first = out\n" + self.OUT)
        (two,), (end,), (out,) = (self.named(tree, name) for name in ("two", "end", "out"))
        self.assertEqual([*two.to], ["end", "out"])
        self.assertEqual([each.stage for each in two.to.values()], [end, out])
        self.assertEqual([each.stage for each in two.ask_first.values()], [out])

    def test_defaults(self) -> None:
        """A default is text as it would stand in the file; without one there is no value."""
        (two,) = self.named(self.load(self.STAGE), "two")
        self.assertEqual(([*two.to], two.ask_first), (["tests.configs.Sink"], None))
        text = GOOD.replace("path = mark end", "path = mark tests.config.askers.Twofold end")
        (two,) = self.named(self.load(text), "tests.config.askers.Twofold")
        self.assertEqual([*two.to], ["tests.configs.Sink"])

    def test_unknown(self) -> None:
        """A name that nobody has is told at its key, and so is one of another role."""
        for key in ("to", "ask-first"):
            for name, why in (
                ("nobody-has-this", "'nobody-has-this' is neither a section nor a kind"),
                ("cache", f"'cache' is a stage, and {key} names upstreams: a stage stands in the path of"),
                ("home", f"'home' is a chain, and {key} names upstreams: give the chain a front on a"),
            ):
                line = self.line(f"{self.STAGE}{key} = {name}\n")
                self.assertTrue(line.startswith(f"13: [stage two] {key}: {why}"), line)

    def test_misspelt(self) -> None:
        """What a misspelt key names is not told besides."""
        line = self.line(f"{self.STAGE}ask-frist = out\n{self.OUT}")
        self.assertIn("13: [stage two] ask-frist: unknown key; did you mean 'ask-first'?", line)

    def test_loops(self) -> None:
        """A group that leads back to itself is told at the key by which it does."""
        text = GOOD.replace("path = mark end", "path = mark pair")
        text += "[upstream pair]\nkind = tests.config.askers.Paired\none = end\nother = back\n"
        line = self.line(text + "[upstream back]\nkind = race\nover = end pair\n")
        self.assertEqual(
            line,
            "18: [upstream pair] other: is a loop: pair -> back -> pair; "
            "a group must end with an upstream elsewhere",
        )

    def test_stagesLoop(self) -> None:
        """A stage that asks an own front behind which it stands itself."""
        itself = "[upstream self]\naddress = udp://127.0.0.1:5300\n"
        line = self.line(itself + self.STAGE.lstrip() + "ask-first = self\n")
        self.assertIn("[chain home] path: is a loop: home -> two -> self -> home;", line)
        before, _, two = self.STAGE.partition("[stage two]")
        line = self.line(f"[stage two]{two}to = self\n{itself}{before}")
        self.assertEqual(
            line,
            "3: [stage two] to: is a loop: two -> self -> home -> two; a stage must ask upstreams elsewhere",
        )

    ASIDE = STAGE.replace("Twofold", "Aside")
    INNER = "[chain inner]\npath = tests.configs.Mark out\n" + OUT

    def test_chain(self) -> None:
        """What reads one resolver takes a chain, whose first stage it is, or an upstream; all is reached."""
        tree = self.load(self.ASIDE + "to = inner\n" + self.INNER)
        (aside,), (mark,) = (self.named(tree, name) for name in ("two", "tests.configs.Mark"))
        self.assertIs(aside.to.stage, mark)
        (aside,) = self.named(self.load(self.ASIDE + "to = out\n" + self.OUT), "two")
        self.assertEqual(aside.to.role, "upstream")
        (aside,) = self.named(self.load(self.ASIDE), "two")
        self.assertIsNone(aside.to)

    def test_rules(self) -> None:
        """Rules have resolvers behind the arrow; several may have the same one, or one without a section."""
        rules = "rules = a.example -> inner\n  b.example -> tests.configs.Sink\n  c.example -> inner\n"
        tree = self.load(self.ASIDE + rules + self.INNER)
        (aside,), (mark,) = (self.named(tree, name) for name in ("two", "tests.configs.Mark"))
        first, second, third = (each.what for each in aside.rules.rules)
        self.assertIs(first.stage, mark)
        self.assertIs(third, first)
        self.assertEqual(second.role, "upstream")

    def test_ruleLines(self) -> None:
        """What is wrong behind an arrow is told with the line of the rule, and what may have been meant."""
        for rule, told in (
            ("b.example -> innner", "'innner' is neither a section nor a kind; did you mean 'inner'?"),
            (
                "b.example -> mark",
                "'mark' is a stage, and rules names chains and upstreams: a stage stands in",
            ),
            ("b.example -> zone", "'zone' with its defaults: file: is missing: the zone's master file"),
            ("b.example -> inner out", "'inner out' is not one name of a chain or an upstream"),
            ("b.example ->", "'b.example ->' has nothing behind the arrow"),
            (
                "=a.example -> out",
                "'=a.example -> out' never decides: 'a.example -> inner' in line 14 hides it",
            ),
        ):
            inner = f"[chain inner]\npath = mark out\n[stage mark]\nkind = tests.configs.Mark\n{self.OUT}"
            line = self.line(f"{self.ASIDE}rules =\n  a.example -> inner\n  {rule}\n{inner}")
            self.assertTrue(line.startswith(f"15: [stage two] rules: {told}"), line)

    def test_ruleLoops(self) -> None:
        """A rule that leads to its own chain is a loop, told in its line."""
        text = self.ASIDE.replace("[chain home]", "[chain aside]\npath = home\n[chain home]")
        rules = "rules = a.example -> out\n  b.example -> aside\n"
        (line,) = self.lines(text + rules + self.OUT)
        self.assertIn("[chain aside] path: is a loop: aside -> home -> two -> aside; a path must", line)
        stage = text[text.index("[stage two]") :]
        line = self.line(f"{stage}{rules}{self.OUT}{text[: text.index('[stage two]')]}")
        self.assertEqual(
            line,
            "4: [stage two] rules: is a loop: two -> aside -> home -> two; "
            "a stage must ask upstreams elsewhere",
        )

    def test_chainPatience(self) -> None:
        """A front waits longer than what a named chain asks."""
        out = "[chain inner]\npath = out\n[upstream out]\naddress = udp://192.0.2.1\ntimeout = 8s\n"
        tree = self.load(self.ASIDE + "rules = a.example -> inner\n" + out)
        self.assertEqual(tree.fronts[0].thing.responders["udp"].within, 8.25)

    def test_patience(self) -> None:
        """A front waits longer than what stages ask by such options, too."""
        out = "[upstream out]\naddress = udp://192.0.2.1\ntimeout = 8s\n"
        tree = self.load(self.STAGE + "to = out\n" + out)
        self.assertEqual(tree.fronts[0].thing.responders["udp"].within, 8.25)
