"""What a changed INI file leaves as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.load import load
from dotchain.config.source import Source
from dotchain.config.tree import Tree

BASE = """\
[front a]
listen = udp://127.0.0.1:53
chain = one
[chain one]
path = cache coalesce first
[upstream first]
address = udp://192.0.2.1
[front b]
listen = udp://127.0.0.1:54
chain = two
[chain two]
path = cache second
[upstream second]
address = udp://192.0.2.2
"""


class ReuseTests(SynchronousTestCase):
    """L{Reuse<dotchain.config.reuse.Reuse>}."""

    def setUp(self) -> None:
        self.before = load(Source("f.ini", Path(), BASE), Clock())

    def after(self, old: str, new: str) -> Tree:
        """The tree of the file with something else in it."""
        assert old in BASE
        return load(Source("f.ini", Path(), BASE.replace(old, new)), Clock(), instead=self.before)

    def things(self, tree: Tree, name: str) -> list[Any]:
        """All that were made of a section."""
        return [part.thing for part in tree.parts if part.section.name == name]

    def test_comments(self) -> None:
        """Comments, blanks and other words for the same value change nothing."""
        tree = self.after(
            "address = udp://192.0.2.1", "; away\naddress   =   udp://192.0.2.1\ntimeout = 4500ms"
        )
        self.assertEqual([part.thing for part in tree.parts], [part.thing for part in self.before.parts])
        self.assertEqual(tree.moves, [])

    def test_behind(self) -> None:
        """What is before an upstream that has changed stays, and asks the new one only once that is due."""
        tree = self.after("address = udp://192.0.2.1", "address = udp://192.0.2.9")
        (old,), (new,) = self.things(self.before, "first"), self.things(tree, "first")
        self.assertIsNot(old, new)
        (stays,) = self.things(tree, "coalesce")
        self.assertEqual([stays], self.things(self.before, "coalesce"))
        before = self.before.behind[stays]
        self.assertEqual(before, (old,))
        self.assertEqual([move.asks for move in tree.moves], [(new,)])
        tree.moves[0].make()
        self.assertEqual(stays.next.__self__, new)

    def test_relay(self) -> None:
        """
        Messages that are no questions go to the new upstream, whatever is before it; and a cache stays when
        another stage comes behind it later.
        """
        tree = self.after("address = udp://192.0.2.1", "address = udp://192.0.2.9")
        for move in tree.moves:
            move.make()
        (new,) = self.things(tree, "first")
        self.assertIs(tree.chains["one"].relay, new.relay)
        text = BASE.replace("192.0.2.1", "192.0.2.9").replace(
            "path = cache coalesce", "path = cache any coalesce"
        )
        later = load(Source("f.ini", Path(), text), Clock(), instead=tree)
        self.assertIs(later.chains["one"], tree.chains["one"])

    def test_eachItsOwn(self) -> None:
        """A section that stands before two upstreams keeps for each what is of that one."""
        tree = self.after("address = udp://192.0.2.1", "address = udp://192.0.2.9")
        caches = dict(zip(("one", "two"), self.things(self.before, "cache"), strict=True))
        self.assertIs(tree.chains["one"], caches["one"])
        self.assertIs(tree.chains["two"], caches["two"])

    def test_ownValues(self) -> None:
        """A section whose own values have changed is made anew."""
        tree = self.after("[chain two]", "[stage cache]\nsize = 1M\n[chain two]")
        self.assertEqual(set(self.things(tree, "cache")) & set(self.things(self.before, "cache")), set())
        self.assertEqual(self.things(tree, "first"), self.things(self.before, "first"))

    def test_keys(self) -> None:
        """The keys that differ are known by name, those that come of what is behind aside."""
        tree = self.after("address = udp://192.0.2.1", "address = udp://192.0.2.1\ntimeout = 2s")
        after, before = tree.identities, self.before.identities
        self.assertEqual(after["upstream first"].rewritten(before["upstream first"]), ["timeout"])
        self.assertEqual(after["front a"].differing(before["front a"]), ["answer-within"])
        self.assertEqual(after["front a"].rewritten(before["front a"]), [])
