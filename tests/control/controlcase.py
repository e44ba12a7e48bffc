"""Running daemons whose parts a test puts together, on a network in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import addresses
from dotchain.config.build import Part
from dotchain.config.ini import Section
from dotchain.config.tree import Tree
from dotchain.control.reloads import Reloaded
from dotchain.control.running import Running
from dotchain.fronts.front import Front
from dotchain.interfaces import IResolver
from dotchain.networks import networks

from ..fronts.frontcase import LIMITS


def part(role: str, name: str, thing: Any) -> Part:
    """A part of a tree."""
    return Part(Section(role, name, 1, Path()), thing)


class ControlCase(SynchronousTestCase):
    """
    Makes daemons.

    @ivar outcomes: what a reload comes to.
    """

    def setUp(self) -> None:
        """A clock that does not start at 0, as no clock does."""
        self.clock: Any = Clock()
        self.clock.advance(1000)
        self.outcomes: Reloaded = []

    def front(self, name: str, resolver: IResolver, listen: str = "udp://127.0.0.1:53", **more: Any) -> Front:
        """A front with nothing open."""
        given: dict[str, Any] = {
            "certificate": None,
            "key": None,
            "self_signed": (),
            "allow": None,
            "deny": networks(""),
            "refuse": "refused",
            "now": self.clock.seconds,
            **LIMITS,
        }
        return Front(name, resolver, self.clock, listen=addresses(listen), **(given | more))

    def running(self, *parts: Part) -> Running:
        """A daemon of these fronts, and of these stages and upstreams from the last to the first."""
        fronts = [each for each in parts if each.section.role == "front"]
        tree = Tree("f.ini", fronts, [each for each in parts if each.section.role != "front"])
        seconds = self.clock.seconds
        return Running(tree, Path("/etc/f.ini"), self.clock, seconds, seconds() - 60, self.reload)

    def reload(self) -> Deferred[Reloaded]:
        """In the place of the daemon's."""
        return succeed(self.outcomes)

    def result(self, coroutine: Any) -> Any:
        """What a command comes to, at the end of this turn."""
        deferred: Deferred[Any] = ensureDeferred(coroutine)
        self.clock.advance(0)
        return self.successResultOf(deferred)
