"""Stages that are written as coroutines."""

from __future__ import annotations

from dotchain.coroutine import CoroutineGuard
from dotchain.resolver import ResolveError
from dotchain.testing import Scripted

from .configs import ANSWER, GOOD, QUERY, ConfigCase


class CoroutineTests(ConfigCase):
    """L{CoroutineGuard}, as the builder makes it."""

    def test_coroutine(self) -> None:
        """C{async def resolve} is wrapped: it awaits answers that are known now, too."""
        tree = self.load(GOOD.replace("path = mark", "path = tests.configs.Slow mark"))
        wrapped = self.first(tree)
        self.assertIsInstance(wrapped, CoroutineGuard)
        self.assertIs(self.successResultOf(wrapped.resolve(QUERY)), ANSWER)
        self.assertFalse(wrapped.replays)

    def test_coroutineLater(self) -> None:
        """Such a stage may wait for its next one."""
        tree = self.load(GOOD.replace("path = mark", "path = tests.configs.Slow mark"))
        wrapped, (slow,) = self.first(tree), self.named(tree, "tests.configs.Slow")
        later = Scripted(ANSWER, later=True)
        slow.next = later.resolve
        result = wrapped.resolve(QUERY)
        self.assertNoResult(result)
        later.fire()
        self.assertIs(self.successResultOf(result), ANSWER)

    def test_coroutineFails(self) -> None:
        """What such a stage raises is a failed Deferred."""
        tree = self.load(GOOD.replace("path = mark", "path = tests.configs.Slow mark"))
        wrapped, (slow,) = self.first(tree), self.named(tree, "tests.configs.Slow")
        slow.reactor = None
        self.failureResultOf(wrapped.resolve(QUERY), ResolveError)
