"""From an INI file to a tree of resolvers and fronts."""

from __future__ import annotations

import re
from pathlib import Path

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.load import load
from dotchain.rehearsal.filetests import tried
from dotchain.rehearsal.rehearsal import Rehearsal

from ..configs import ANSWER, GOOD, QUERY, ConfigCase
from ..folders import folder, written
from ..tls.certificates import DAY, NAME, NOW, make


class TreeTests(ConfigCase):
    """What L{load} builds."""

    def test_path(self) -> None:
        """Each word of a path holds the next; upstreams come first among the parts."""
        tree = self.load(GOOD)
        (end,), (mark,) = self.named(tree, "end"), self.named(tree, "mark")
        self.assertIs(mark.behind.stage, end)
        self.assertEqual([part.thing for part in tree.parts], [end, mark])
        self.assertEqual([front.section.title for front in tree.fronts], ["front lan"])
        self.assertEqual([str(each) for each in tree.fronts[0].thing.listen], ["udp://127.0.0.1:5300"])

    def test_frontAsksTheChain(self) -> None:
        """The front asks the first of the path."""
        tree = self.load(GOOD)
        self.assertEqual([self.first(tree).stage], self.named(tree, "mark"))
        self.assertIs(self.first(tree).resolve(QUERY), ANSWER)

    def test_values(self) -> None:
        """Values are read, defaults too; '-' becomes '_'; paths start from the file's folder."""
        tree = self.load(GOOD.replace("[upstream", "file = x/y\n[upstream"))
        (mark,), (end,) = self.named(tree, "mark"), self.named(tree, "end")
        self.assertEqual((mark.max_marks, mark.file), (3, self.file.parent / "x/y"))
        self.assertEqual((end.word, end.reactor), (("a", "b"), self.reactor))

    def test_shared(self) -> None:
        """A section is made once for all chains that name it, as long as the same follows."""
        text = GOOD + "[front b]\nlisten = udp://127.0.0.1:5301\nchain = b\n[chain b]\npath = mark end\n"
        tree = self.load(text)
        self.assertEqual([len(self.named(tree, name)) for name in ("mark", "end")], [1, 1])

    def test_stageInTwoPlaces(self) -> None:
        """Before different ones a stage is made once for each of them."""
        text = GOOD + "[front b]\nlisten = udp://127.0.0.1:5301\nchain = b\n[chain b]\npath = mark mark end\n"
        tree = self.load(text)
        (end,) = self.named(tree, "end")
        first, second = self.named(tree, "mark")
        self.assertEqual((first.behind.stage, second.behind.stage), (end, first))

    def test_chainOfChain(self) -> None:
        """A path that ends with a chain goes on there."""
        tree = self.load(GOOD.replace("path = mark end", "path = mark more\n[chain more]\npath = end"))
        self.assertIs(self.named(tree, "mark")[0].behind.stage, self.named(tree, "end")[0])

    def test_kindsWithDefaults(self) -> None:
        """A word without a section is the kind of that name, or of that dotted path."""
        tree = self.load(GOOD.replace("path = mark", "path = cache mark tests.configs.Mark"))
        self.assertEqual(
            [part.section.name for part in tree.parts][1:], ["tests.configs.Mark", "mark", "cache"]
        )
        self.assertEqual(tree.parts[3].thing.size, 64 << 20)

    def test_forwardIsDefault(self) -> None:
        """An upstream without a kind is one over the network; a stage's kind is its name."""
        tree = self.load("""\
            [front a]
            listen = udp://127.0.0.1:5300
            chain = a
            [chain a]
            path = cache x
            [stage cache]
            size = 1M
            [upstream x]
            address = udp://192.0.2.1
            """)
        forward, cache = (part.thing for part in tree.parts)
        self.assertEqual([str(each) for each in forward.addresses], ["udp://192.0.2.1:53"])
        self.assertEqual(cache.size, 1 << 20)

    def test_group(self) -> None:
        """A group gets its members, made before it, once for all who name them; groups nest."""
        tree = self.load(
            GOOD.replace("path = mark end", "path = mark g")
            + "[upstream g]\nkind = failover\nover = far end\npatience = 1s\n"
            + "[upstream far]\nkind = spread\nover = end tests.configs.Sink\n"
        )
        names = [part.section.name for part in tree.parts]
        self.assertEqual(names, ["end", "tests.configs.Sink", "far", "g", "mark"])
        (end,), (group,), (far,) = (self.named(tree, name) for name in ("end", "g", "far"))
        self.assertEqual([member.name for member in group.members], ["far", "end"])
        self.assertEqual([member.name for member in far.members], ["end", "tests.configs.Sink"])
        self.assertEqual((group.core.patience, group.core.timeout), (1.0, 4.5))
        self.assertIs(self.named(tree, "mark")[0].behind, group)
        self.patch(end, "resolve", lambda query: ANSWER)
        self.assertIs(group.resolve(QUERY), ANSWER)

    def test_groupOfCoroutine(self) -> None:
        """A member that is an C{async def} is asked like any other."""
        tree = self.load(
            GOOD.replace("path = mark end", "path = mark g")
            + "[upstream g]\nkind = race\nover = tests.configs.Later end\n"
        )
        (group,) = self.named(tree, "g")
        self.assertIs(group.resolve(QUERY), ANSWER)

    def test_relay(self) -> None:
        """Messages that are no questions pass by every stage, be it a coroutine: to the path's upstream."""
        text = """
[front lan]
listen = tcp://127.0.0.1:5300
relay = notify update transfers
chain = a
[chain a]
path = cache tests.configs.Slow b
[chain b]
path = coalesce out
[upstream out]
address = udp://192.0.2.1:53
"""
        tree = self.load(text)
        (out,) = self.named(tree, "out")
        self.assertIs(self.first(tree).relay, out.relay)

    def test_answerWithin(self) -> None:
        """A front waits somewhat longer than any upstream that it leads to, unless the file says how long."""
        out = "[upstream out]\naddress = udp://192.0.2.1:53\ntimeout = {}s\n"
        group = "[upstream g]\nkind = failover\nover = out end\ntimeout = 3s\n"
        for path, more, seconds in (
            ("mark end", "", 4.75),
            ("mark out", out.format(8), 8.25),
            ("mark out", out.format(2), 2.25),
            ("mark g", group + out.format(2), 3.25),
            ("mark g", group + out.format(6), 6.25),
            ("mark far\n[chain far]\npath = out", out.format(8), 8.25),
        ):
            text = GOOD.replace("path = mark end", f"path = {path}")
            if "end" not in path + more:
                text = text.partition("[upstream end]")[0]
            tree = self.load(text + more)
            self.assertEqual(tree.fronts[0].thing.responders["udp"].within, seconds)
        tree = self.load(GOOD.replace("chain = home", "chain = home\nanswer-within = 250ms"))
        self.assertEqual(tree.fronts[0].thing.responders["udp"].within, 0.25)

    def test_daemonKeys(self) -> None:
        """C{[dotchain]} has the process's own keys, all with defaults."""
        tree = self.load(GOOD)
        self.assertEqual((tree.drain, tree.openFiles), (5.0, None))
        tree = self.load(GOOD + "[dotchain]\ndrain = 250ms\nopen-files = 4096\n")
        self.assertEqual((tree.drain, tree.openFiles), (0.25, 4096))

    def test_dumpable(self) -> None:
        """The process keeps its memory to itself unless the operator says otherwise."""
        self.assertFalse(self.load(GOOD).dumpable)
        self.assertTrue(self.load(f"{GOOD}[dotchain]\ndumpable = yes\n").dumpable)

    def test_senselessKeys(self) -> None:
        """Limits that would leave nothing, or are none at all, are errors."""
        text = GOOD + "[dotchain]\n"
        for key, word in (
            ("open-files = 10", "64 is the least"),
            ("open-files = 99999999999", "as good as no limit"),
            (f"max-in-flight = {'9' * 5000}", "as good as no limit"),
            ("max-in-flight = 0", "would leave nothing"),
            ("max-backlog = 4k", "1M is the least"),
            ("drain = 99999d", "more than ten years"),
        ):
            line = self.line(text + key)
            self.assertTrue(line.startswith(f"16: [dotchain] {key.split()[0]}: "), line)
            self.assertIn(word, line)

    def test_sharedByFronts(self) -> None:
        """The caps of C{[dotchain]} are those of all fronts together."""
        front = "[front b]\nlisten = tcp://127.0.0.1:5301\nchain = home\n"
        tree = self.load(GOOD + front + "[dotchain]\nmax-in-flight = 1\nmax-backlog = 3M\n")
        one, other = (next(iter(front.thing.responders.values())).querySlots for front in tree.fronts)
        self.assertFalse(other.full(QUERY))
        one.enter(QUERY)
        self.assertTrue(other.full(QUERY))
        backlogs = {front.thing.backlog for front in tree.fronts}
        self.assertEqual([each.most for each in backlogs], [3 << 20])

    def test_warnings(self) -> None:
        """What parts warn of stands at their section."""
        tree = self.load(GOOD)
        self.assertEqual(
            [warning.at("f") for warning in tree.warnings],
            ["f:12: [upstream end]: beware of a", "f:12: [upstream end]: beware of b"],
        )

    def test_warningsOfKeys(self) -> None:
        """What a part warns of one of its keys for stands at that key's line."""
        weak = make(names=["a.example"], start=NOW - 99 * DAY, end=NOW + DAY)
        place = folder(self)
        _, key = weak.write(place)
        key.chmod(0o644)
        tree = self.load(
            GOOD.replace("[chain", f"deny = 192.0.2.1\nallow = 0.0.0.0/0\n{TLS.format(place)}\n[chain", 1)
            .replace("udp://127.0.0.1:5300", "tls://127.0.0.1:8853 udp://127.0.0.1:5300")
            .replace("kind = tests.configs.End\nword = a b", UPSTREAM.format(place))
        )
        found = [" ".join(warning.at("f").split()[:5]) for warning in tree.warnings]
        self.assertEqual(
            found,
            [
                "f:7: [front lan] allow: 0.0.0.0/0",
                f"f:8: [front lan] certificate: CN={NAME}",
                f"f:9: [front lan] key: {key}",
                "f:12: [chain home] path: leads",
                "f:18: [upstream end] address: queries",
                "f:20: [upstream end] bootstrap: bootstrap",
                "f:22: [upstream end] pin-sha256: one",
                f"f:23: [upstream end] ca-file: CN={NAME}",
            ],
        )


TLS = "certificate = {0}/server.crt\nkey = {0}/server.key\n"
UPSTREAM = """address = tls://a.example udp://8.8.8.8
profile = opportunistic
bootstrap = 9.9.9.9
name = a.example
pin-sha256 = {0}/server.crt
ca-file = {0}/server.crt"""


class ExampleTests(SynchronousTestCase):
    """The files in etc/."""

    def test_good(self) -> None:
        """Each is right as it stands, and a dry run makes no file."""
        folder = Path(__file__).parents[2] / "etc"
        before = sorted(folder.rglob("*"))
        files = sorted(folder.glob("*.ini"))
        self.assertEqual([each.stem for each in files], ["agg", "forwarder", "home", "lab", "server"])
        for file in files:
            tree = load(str(file), MemoryReactorClock(), dry=True)
            self.assertTrue(tree.fronts)
            # The lab makes its key itself, and has no second one.
            self.assertEqual([each.key for each in tree.warnings if each.key != "pin-sha256"], [])
        self.assertEqual(sorted(folder.rglob("*")), before)

    def test_tests(self) -> None:
        """The tests that some have in them hold."""
        folder = Path(__file__).parents[2] / "etc"
        for name in ("agg", "home"):
            outcomes = list(tried(Rehearsal(str(folder / f"{name}.ini"))))
            self.assertGreater(len(outcomes), 2)
            self.assertEqual([failure.text for each in outcomes for failure in each.failures], [])

    def test_groupInComments(self) -> None:
        """The group that stands in forwarder.ini as comments is right, too."""
        text = (Path(__file__).parents[2] / "etc" / "forwarder.ini").read_text()
        active, comment = text.split(";   [upstream nearest]")
        text = active.replace("coalesce resolver\n", "coalesce nearest\n")
        text += "[upstream nearest]" + comment.replace("\n;   ", "\n")
        tree = load(str(written(self, text)), MemoryReactorClock(), dry=True)
        (group,) = [part.thing for part in tree.parts if part.section.name == "nearest"]
        self.assertEqual([member.name for member in group.members], ["resolver", "cloudflare"])

    def test_specialInComments(self) -> None:
        """The stage that stands in agg.ini as comments is right, too."""
        text = (Path(__file__).parents[2] / "etc" / "agg.ini").read_text()
        comments = "\n".join(re.findall(r"^;   (\[stage special\]|(?:except|also) .+)$", text, re.MULTILINE))
        tree = load(str(written(self, f"{text}\n{comments}\n")), MemoryReactorClock(), dry=True)
        (stage,) = [part.thing for part in tree.parts if part.section.name == "special"]
        self.assertEqual([str(name) for name in stage.also], ["lan.", "internal."])
