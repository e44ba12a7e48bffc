"""What the parts of a daemon are told of its network."""

from __future__ import annotations

from pathlib import Path

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.build import Part
from dotchain.config.ini import Section
from dotchain.config.tree import Tree
from dotchain.daemon.network import NetworkWatch
from dotchain.upstreams.netlink import KernelRoute
from dotchain.upstreams.networkattachment import NetworkAttachment

from ..daemons import Thing
from ..upstreams.test_routewatch import Notices


class Keeper:
    """A part that keeps answers."""

    def __init__(self, events: list[str]) -> None:
        self._events = events

    def enterNetwork(self, mark: bytes, moved: bool) -> None:
        """Note it."""
        self._events.append(f"{len(mark)} moved: {moved}")


class NetworkTests(SynchronousTestCase):
    """L{NetworkWatch}."""

    def setUp(self) -> None:
        """A front, an upstream, and two stages, one of which keeps answers."""
        self.events: list[str] = []
        self.reactor = MemoryReactorClock()
        self.notices = Notices()
        self.kernelRoute: KernelRoute = frozenset({(4, b"wlan")})
        things = [Thing("up", self.events), Keeper(self.events), object()]
        section = Section("stage", "s", 9, Path())
        front = Part(section, Thing("a", self.events))
        tree = Tree("f.ini", [front], [Part(section, thing) for thing in things])
        attachment = NetworkAttachment(lambda host: self.kernelRoute)
        self.network = NetworkWatch(tree, self.reactor, lambda: self.notices, attachment)
        self.network.startService()

    def notice(self) -> list[str]:
        """Something has changed; what is told of it."""
        self.events.clear()
        self.notices.left = 3
        self.network.doRead()
        self.reactor.advance(3)
        return self.events

    def test_start(self) -> None:
        """At the start whoever keeps answers is told where it is."""
        self.assertEqual(self.events, ["8 moved: False"])

    def test_change(self) -> None:
        """A change is told to whoever wants to know, and to no stage that does not."""
        self.assertEqual(self.notice(), ["changed up"])

    def test_moved(self) -> None:
        """Another network is told to whoever keeps answers; then fronts forget, too, and once only."""
        self.kernelRoute = frozenset({(4, b"eth0")})
        self.assertEqual(self.notice(), ["changed up", "8 moved: True", "forget a"])
        self.assertEqual(self.notice(), ["changed up"])

    def test_stop(self) -> None:
        """Stopped it listens no more."""
        self.network.stopService()
        self.assertEqual((self.reactor.getReaders(), self.notices.closed), ([], True))
