"""A new tree is made beside the one that serves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.slices import PAUSE
from dotchain.config.ini import ConfigError
from dotchain.config.load import load
from dotchain.config.source import Source
from dotchain.config.tree import Tree
from dotchain.daemon.beside import beside
from dotchain.wire.query import ask

from ..folders import folder

BASE = """\
[front a]
listen = udp://127.0.0.1:53
chain = one
[chain one]
path = {path} up
[upstream up]
address = udp://192.0.2.1
"""
POLICY = "$ORIGIN policy.example.\n@ 60 SOA a. b. 1 3600 600 86400 60\nads.example CNAME .\n"
LAB = "$ORIGIN example.\n@ 60 SOA a. b. 1 3600 600 86400 60\n@ 60 NS a\n"
# Of each kind that reads files, a section, and what is wrong with another file.
KINDS = {
    "block": ("lists = {file}", "list.txt", "ads.example\n", "no name stands in it"),
    "types": ("match = list:{file}\nrefuse = AAAA", "list.txt", "ads.example\n", "no name stands in it"),
    "rpz": ("zone = {file}", "policy.zone", POLICY, "has no records of a policy zone"),
    "local": ("hosts = {file}", "hosts", "192.0.2.1 ads.example\n", ""),
}


class BesideTests(SynchronousTestCase):
    """L{beside}."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.folder = folder(self)
        self.before = load(Source("f.ini", Path(), BASE.format(path="")), self.clock)

    def begin(self, kind: str) -> Deferred[Tree]:
        """A section of this kind is new in the file."""
        keys = KINDS[kind][0].format(file=self.folder / KINDS[kind][1])
        text = f"{BASE.format(path='ads')}[stage ads]\nkind = {kind}\n{keys}\n"
        return Deferred.fromCoroutine(beside(self.before, Source("f.ini", Path(), text), self.clock))

    def write(self, kind: str, text: str | None = None) -> None:
        """Its file."""
        (self.folder / KINDS[kind][1]).write_text(KINDS[kind][2] if text is None else text, "utf-8")

    def ended(self, made: Deferred[Tree]) -> Any:
        """What comes of it, after a while."""
        self.clock.pump([PAUSE] * 20)
        return made

    def test_inSteps(self) -> None:
        """The files of a new section are read in steps, between which queries are answered."""
        for kind in ("block", "types", "rpz"):
            self.write(kind)
            made = self.begin(kind)
            self.assertNoResult(made)
            tree = self.successResultOf(self.ended(made))
            (stage,) = [part.thing for part in tree.parts if part.section.name == "ads"]
            asked = stage.explain(ask("ads.example", "AAAA"))
            self.assertTrue(asked, kind)

    def test_elsewhere(self) -> None:
        """What has no steps is read in a thread, where the reactor has some."""
        self.write("local")
        tree = self.successResultOf(self.begin("local"))
        (stage,) = [part.thing for part in tree.parts if part.section.name == "ads"]
        self.assertIn(b"\3ads\7example\0", stage.names)

    def test_asChecked(self) -> None:
        """What is wrong with a file is told as C{dotchain check} tells it, with the line that names it."""
        for kind in ("block", "types", "rpz"):
            self.write(kind, "")
            failed = self.failureResultOf(self.ended(self.begin(kind)), ConfigError)
            (line,) = failed.value.lines
            self.assertRegex(line, rf"^f.ini:\d+: \[stage ads\] [a-z]+: .*{KINDS[kind][3]}")

    def test_missing(self) -> None:
        """So is a file that is not there."""
        failed = self.failureResultOf(self.ended(self.begin("block")), ConfigError)
        why = f"{self.folder / 'list.txt'} can't be read: No such file or directory"
        self.assertEqual(failed.value.lines, [f"f.ini:10: [stage ads] lists: {why}"])

    def test_cancelled(self) -> None:
        """Where nobody wants it any more, nothing more is read."""
        self.write("block")
        made = self.begin("block")
        made.addErrback(lambda _: None)
        made.cancel()
        self.assertEqual(self.clock.getDelayedCalls(), [])
