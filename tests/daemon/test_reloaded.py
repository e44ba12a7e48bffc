"""A reload of all parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.tree import Tree
from dotchain.daemon.reloaded import reloadParts
from dotchain.stages.cache.stage import Cache
from dotchain.stages.types import Types
from dotchain.testing import Scripted

from ..control.controlcase import part


class Part:
    """Something that can be read anew, as a test says."""

    def __init__(self, reload: Callable[[], Any]) -> None:
        self.reload = reload


class ReloadTests(SynchronousTestCase):
    """L{reloadParts}."""

    def setUp(self) -> None:
        self.clock = Clock()

    def reloading(self, **parts: Callable[[], Any]) -> Deferred[Any]:
        """A reload of stages that do this, under way."""
        tree = Tree("f.ini", parts=[part("stage", name, Part(reload)) for name, reload in parts.items()])
        return reloadParts(tree.parts, tree, self.clock)

    def test_outcomes(self) -> None:
        """Functions, Deferreds and coroutines, those that fail among them."""
        waiting: Deferred[None] = Deferred()

        async def good() -> None:
            await waiting

        async def bad() -> None:
            await waiting
            raise OSError("no\nfile")

        found = self.reloading(plain=lambda: None, good=good, bad=bad, later=lambda: waiting)
        self.assertNoResult(found)
        waiting.callback(None)
        outcomes = dict(self.successResultOf(found))
        told = {"stage plain": None, "stage good": None, "stage bad": "no file", "stage later": None}
        self.assertEqual(outcomes, told)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_nothing(self) -> None:
        """Stages whose matches name no list have nothing to be read anew, and are not told of."""
        types = Types(Scripted(""), self.clock, refuse=frozenset((255,)))
        cache = Cache(Scripted(""), self.clock)
        tree = Tree("f.ini", parts=[part("stage", "types", types), part("stage", "cache", cache)])
        self.assertEqual(self.successResultOf(reloadParts(tree.parts, tree, self.clock)), [])

    def test_never(self) -> None:
        """One that takes too long is told, and holds up no other; it may end later."""
        waiting: Deferred[None] = Deferred()
        found = self.reloading(plain=lambda: None, slow=lambda: waiting)
        self.clock.advance(19)
        self.assertNoResult(found)
        self.clock.advance(1)
        outcomes = dict(self.successResultOf(found))
        self.assertEqual(outcomes, {"stage plain": None, "stage slow": "has not ended within 20 s"})
        waiting.errback(OSError("gone"))
        self.assertEqual(self.clock.getDelayedCalls(), [])
