"""A worker."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.build import Part
from dotchain.config.ini import Section
from dotchain.config.tree import Tree
from dotchain.options import Value
from dotchain.share import Share
from dotchain.workers.child import Child, WorkerDaemon

from ..daemons import Thing
from ..fronts.datagrams.sockets import bound
from .yard import Far, Yard

GOOD = """
[dotchain]
workers = 2
max-in-flight = 100

[front lan]
listen = tcp://127.0.0.1:0
chain = home

[chain home]
path = cache up

[stage cache]
size = 64M

[upstream up]
address = udp://192.168.0.1
"""


class Noted:
    """A daemon that notes what it is asked for."""

    def __init__(self, tree: Tree, inheritedSockets: object, leaving: Any, reactor: object) -> None:
        self.tree, self.inheritedSockets, self.leaving = tree, inheritedSockets, leaving
        self.notes: list[str] = []
        self.standIn = self

    def __getattr__(self, name: str) -> Any:
        return lambda *args: self.notes.append(" ".join([name, *map(str, args)]))

    def reloadAll(self, title: str | None = None) -> list[tuple[str, None]]:
        """One part."""
        return [("front lan", None)]


class ChildTests(SynchronousTestCase):
    """L{Child}."""

    def setUp(self) -> None:
        """One that was told nothing yet."""
        self.yard = Yard()
        self.made: list[Noted] = []
        self.child = Child(self.yard, self.make)
        self.far = Far(self.child.channel)

    def make(self, *args: Any) -> Any:
        """In place of a daemon."""
        self.made.append(Noted(*args))
        return self.made[-1]

    def ask(self, what: str, **arguments: Any) -> list[dict[str, Any]]:
        """What it answers."""
        self.far.say(ask=what, arguments=arguments, id=1)
        return self.far.take()

    def begin(self, text: str = GOOD) -> list[dict[str, Any]]:
        """Worker 2 of 2 is told to begin."""
        source = ["f.ini", "/etc", text, []]
        return self.ask("begin", source=source, number=2, of=2, secret="ab" * 32, inheritedSockets=[[[4]]])

    def test_begin(self) -> None:
        """It runs the chain of the text that it is given, with its share of all totals."""
        self.assertEqual(self.begin(), [{"id": 1, "result": []}])
        (daemon,) = self.made
        self.assertEqual((daemon.inheritedSockets, daemon.notes), ([[[4]]], ["startService"]))
        self.assertEqual(daemon.tree.share, Share(2, 2, bytes.fromhex("ab" * 32)))
        self.assertEqual(daemon.tree.fronts[0].thing.maxConnections, 2500)
        (cache,) = [part.thing for part in daemon.tree.parts if part.section.role == "stage"]
        self.assertEqual(cache.size, 32 << 20)

    def test_confined(self) -> None:
        """What it runs is confined as the parent is."""
        confined: list[bool] = []
        self.child = Child(self.yard, self.make, confine=confined.append)
        self.far = Far(self.child.channel)
        self.begin(GOOD.replace("[dotchain]", "[dotchain]\ndumpable = yes"))
        (daemon,) = self.made
        daemon.confine(daemon.tree.dumpable)
        self.assertEqual(confined, [True])

    def test_included(self) -> None:
        """What the file included at the start is a part of it, whatever has become of that since."""
        first, stage = GOOD.replace("[stage", "\0[stage").split("\0")
        source = ["f.ini", "/etc", first, [["conf.d/rest.ini", stage]]]
        begin = {"source": source, "number": 1, "of": 1, "secret": "", "inheritedSockets": [[[4]]]}
        self.assertEqual(self.ask("begin", **begin), [{"id": 1, "result": []}])
        (section,) = [part.section for part in self.made[0].tree.parts if part.section.role == "stage"]
        self.assertEqual((section.file, section.folder), ("conf.d/rest.ini", Path("/etc/conf.d")))

    def test_wrong(self) -> None:
        """A text that can't be run is answered with what is wrong."""
        self.assertEqual(
            self.begin("[front lan]\nlisten = x\nchain = home\n")[0]["error"].splitlines()[0][:22],
            "f.ini:2: [front lan] l",
        )
        self.ask("stop")
        self.assertEqual(self.yard.stops, 1)

    def test_requests(self) -> None:
        """What the parent wants goes to the daemon."""
        self.begin()
        for what in ("cover", "uncover"):
            self.assertEqual(self.ask(what, number=1), [{"id": 1, "result": None}])
        self.assertEqual(self.ask("reload"), [{"id": 1, "result": [["front lan", None]]}])
        self.ask("stop")
        self.ask("hurry")
        self.assertEqual(self.made[0].notes[1:], ["cover 1", "uncover 1", "resetLogLevel", "leave", "hurry"])

    def test_warnings(self) -> None:
        """What its parts warn of since a reload is told before that is answered."""
        self.begin(
            GOOD.replace("path = cache", "path = wary cache") + "[stage wary]\nkind = tests.badkinds.Wary\n"
        )
        (thing,) = [part.thing for part in self.made[0].tree.parts if part.section.name == "wary"]
        answer = {"id": 1, "result": [["front lan", None]]}
        self.assertEqual(self.ask("reload"), [answer])
        thing.wary = ["few names"]
        told = {"ask": "warned", "arguments": {"problems": [[18, "stage wary", "", "few names", ""]]}}
        self.assertEqual(self.ask("reload"), [told, answer])
        self.assertEqual(self.ask("reload"), [answer])

    def test_early(self) -> None:
        """What can't be done before it serves is declined."""
        self.assertEqual(self.ask("reload"), [{"id": 1, "error": "it does not serve yet"}])

    def test_orphan(self) -> None:
        """It ends when the parent has ended."""
        self.begin()
        self.far.end()
        self.assertEqual(self.made[0].notes[1:], ["leave"])

    def test_orphanEarly(self) -> None:
        """Also when it has not begun."""
        self.far.end()
        self.assertEqual(self.yard.stops, 1)


class WorkerDaemonTests(SynchronousTestCase):
    """L{WorkerDaemon}."""

    def setUp(self) -> None:
        """One front, running."""
        self.patch(resource, "setrlimit", lambda which, limits: None)
        self.yard = Yard()
        self.events: list[str] = []
        self.front = Thing("a", self.events, "tcp://127.0.0.1:53")
        section = Section("front", "a", 3, Path(), {"listen": Value.at("", Path(), 4)})
        tree = Tree("f.ini", [Part(section, self.front)], [], share=Share(1, 2))
        leaving = lambda: self.events.append("leaving")  # noqa: E731
        inheritedSockets = [[[bound(self).detach()]]]
        self.daemon = WorkerDaemon(
            tree, inheritedSockets, leaving, self.yard, lambda *signal: None, lambda: None
        )
        adopted = tree.fronts[0].thing
        adopted.open(adopted.listen[0]).close()

    def start(self) -> None:
        """As the child does."""
        self.daemon.startService()
        self.yard.run()
        self.events.clear()

    def test_leave(self) -> None:
        """It ends once, tells before it drains, and gives what was logged last the time to be sent."""
        self.start()
        self.daemon.leave()
        self.daemon.leave()
        self.assertEqual(self.yard.stops, 1)
        done: Deferred[None] = self.daemon.stopService()
        self.assertEqual(self.events, ["leaving", "stop a"])
        self.front.drained.callback(None)
        self.assertNoResult(done)
        self.yard.advance(0.03)
        self.successResultOf(done)

    def test_hurry(self) -> None:
        """Before the drain there is nothing to hurry; in it all is closed."""
        self.start()
        self.daemon.hurry()
        self.assertEqual(self.events, [])
        self.daemon.stopService()
        self.daemon.hurry()
        self.assertIn("abort a", self.events)
