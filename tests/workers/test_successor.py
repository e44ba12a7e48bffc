"""What a worker is about to take."""

from __future__ import annotations

import socket
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.slices import PAUSE
from dotchain.config.load import load
from dotchain.config.source import Source
from dotchain.control.reloads import Reloaded
from dotchain.daemon.reload import Reload
from dotchain.daemon.servicegroup import ServiceGroup
from dotchain.workers.channel import Declined
from dotchain.workers.standin import StandIn
from dotchain.workers.successor import Successor

from ..folders import written

BASE = """\
[front a]
listen = tcp://127.0.0.1:{port}
chain = one
[chain one]
path = {path}up
[upstream up]
address = udp://192.0.2.1
"""


class SuccessorTests(SynchronousTestCase):
    """L{Successor}."""

    def setUp(self) -> None:
        self.clock = Clock()
        tree = load(Source("f.ini", Path(), BASE.format(port=53, path="")), self.clock)
        groups = ServiceGroup(), ServiceGroup()
        reload = Reload(tree, groups, self.clock, None, self.fail)
        self.successor = Successor(tree, reload, self.clock, StandIn({}, self.clock))
        self.list = written(self, "ads.example\n", "list.txt")

    def prepare(self) -> Deferred[Reloaded]:
        """It is to take a list, and another address."""
        text = BASE.format(port=54, path="ads ") + f"[stage ads]\nkind = block\nlists = {self.list}\n"
        return self.successor.prepare(Source("f.ini", Path(), text))

    def given(self) -> socket.socket:
        """What the parent has opened there."""
        made = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(made.close)
        return made

    def ready(self) -> None:
        """It has read all."""
        prepared = self.prepare()
        self.clock.pump([PAUSE] * 20)
        self.assertEqual(self.successResultOf(prepared), [("upstream up", None)])

    def test_abandoned(self) -> None:
        """One that is not wanted any more while its lists are read reads no further."""
        prepared = self.prepare()
        self.assertNoResult(prepared)
        self.successor.abandon()
        self.failureResultOf(prepared, Declined)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertRaises(Declined, self.successor.take)

    def test_again(self) -> None:
        """The next one takes the place of one that is not ready yet."""
        first = self.prepare()
        self.ready()
        self.failureResultOf(first, Declined)

    def test_closed(self) -> None:
        """What it was given is closed where it is not taken after all."""
        self.ready()
        given = self.given()
        self.successor.open([(0, 0, 1)], [given])
        self.assertGreaterEqual(given.fileno(), 0)
        self.successor.abandon()
        self.assertEqual(given.fileno(), -1)

    def test_nothing(self) -> None:
        """So it is where nothing is prepared."""
        given = self.given()
        self.assertRaises(Declined, self.successor.open, [(0, 0, 1)], [given])
        self.assertEqual(given.fileno(), -1)

    def test_unreadable(self) -> None:
        """Where a list can't be read, the reason comes with file and line."""
        self.list.unlink()
        prepared = self.prepare()
        self.clock.pump([PAUSE] * 20)
        why = self.failureResultOf(prepared, Declined).getErrorMessage()
        self.assertRegex(why, r"^f.ini:\d+: \[stage ads\] lists: .* No such file")
