"""The sections behind a stage, and nodes that are put before them to see what passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..contract.containment import Containment
from ..contract.guard import Guard, coreOf
from ..contract.nextwatch import NextWatch
from ..coroutine import AwaitingResolver
from ..interfaces import IResolver
from ..node import Node
from ..resolver import Stage
from ..shell import Shell, StageShell


def following(stage: object) -> Any:
    """The resolver that a stage asks, or None where that can't be told."""
    found = _asked(stage)
    return found.next if isinstance(found, NextWatch) else found


def _asked(stage: object) -> Any:
    """The same, or what watches over a contained stage as it asks."""
    if not isinstance(stage, Stage):
        return None
    found = getattr(stage.next, "__self__", None)
    if isinstance(found, AwaitingResolver):
        found = getattr(found.next, "__self__", None)
    return IResolver(found.resolver if isinstance(found, _Way) else found, None)


def _partOf(resolver: Any) -> Any:
    """The stage or upstream itself, without what contains and guards it."""
    if isinstance(resolver, Containment):
        return resolver.part
    return resolver.stage if isinstance(resolver, Guard) else resolver


class Behind:
    """
    One of the sections behind a stage, and the way to it.

    @ivar title: the title of the section.
    @ivar last: whether it is the end of the path: an upstream.
    """

    def __init__(self, before: Any, resolver: Any) -> None:
        """
        @param before: the stage that asks it.
        @param resolver: what it asks.
        """
        part = _partOf(resolver)
        self.title: str = getattr(part, "section", "") or type(part).__name__
        self.last = getattr(part, "role", "") == "upstream"
        self._before = before
        self._asked = _asked(before)
        self._put: list[tuple[Any, Node, Node]] = []

    def put(self, make: Callable[[Node], Node]) -> None:
        """
        Have every query that the stage passes on go through another node first.

        @param make: makes it, before the node that is asked now.
        """
        if isinstance(self._before, StageShell):
            askers = [each for each in self._before.askers if hasattr(each, "_next")]
            for asker in askers:
                asked = asker._next
                node = self._put[0][1] if self._put else make(asked)
                asker._next = node
                self._put.append((asker, node, asked))
        else:
            _wayOf(self._before).next = _Way(self._asked, make(coreOf(self._asked))).resolve

    def take(self) -> None:
        """Take it away, unless another one stands before it by now."""
        for asker, node, asked in self._put:
            if asker._next is node:
                asker._next = asked
        self._put = []
        if not isinstance(self._before, StageShell):
            _wayOf(self._before).next = self._asked.resolve


class _Way(Shell):
    """
    What an operator's own stage asks in the place of the next resolver.

    @ivar resolver: that.
    """

    def __init__(self, resolver: Any, core: Node) -> None:
        self.resolver = resolver
        self.core = core


def _wayOf(stage: Stage) -> Any:
    """Whose C{next} is what an operator's own stage asks."""
    asked = getattr(stage.next, "__self__", None)
    return asked if isinstance(asked, AwaitingResolver) else stage


def behind(stage: Stage) -> Iterator[Behind]:
    """
    The sections behind a stage, the next one first, as far as they can be told: what a stage asks besides
    the next one is none of them.
    """
    before: Any = stage
    while (resolver := following(before)) is not None:
        yield Behind(before, resolver)
        before = _partOf(resolver)
