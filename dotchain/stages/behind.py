"""The sections behind a stage, and nodes that are put before them to see what passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..contract.containment import Containment
from ..contract.guard import Guard, coreOf
from ..contract.nextwatch import NextWatch
from ..coroutine import AwaitingResolver
from ..interfaces import IResolver
from ..node import Node
from ..resolver import Stage
from ..shell import Shell, StageShell


def following(stage: object) -> IResolver | None:
    """The resolver that a stage asks, or None where that can't be told."""
    if not isinstance(stage, Stage):
        return None
    found = _asked(stage)
    return IResolver(found.next if isinstance(found, NextWatch) else found, None)


def _asked(stage: Stage) -> Any:
    """The same, or what stands before it for the stage's own sake."""
    found = getattr(stage.next, "__self__", None)
    if isinstance(found, AwaitingResolver):
        found = getattr(found.next, "__self__", None)
    return found.resolver if isinstance(found, _Way) else found


def partOf(resolver: Any) -> Any:
    """The stage or upstream itself, without what watches over it, contains and guards it."""
    if isinstance(resolver, NextWatch):
        resolver = resolver.next
    if isinstance(resolver, Containment):
        return resolver.part
    return resolver.stage if isinstance(resolver, Guard) else resolver


class Behind:
    """
    One of the sections behind a stage, and the way to it.

    @ivar part: the stage or upstream itself.
    @ivar title: the title of the section.
    @ivar last: whether it is the end of the path: an upstream.
    @ivar asker: the title of the section that asks it.
    @ivar before: the stage that does.
    """

    def __init__(self, before: Any, resolver: Any, branches: Sequence[Any] = ()) -> None:
        """
        @param resolver: what others see of it.
        @param branches: by which of its L{branches<StageShell.branches>}; without any as the next one.
        """
        self.part: Any = partOf(resolver)
        self.title: str = getattr(self.part, "section", "") or type(self.part).__name__
        self.last = getattr(self.part, "role", "") == "upstream"
        self.asker: str = getattr(before, "section", "")
        self.before = before
        self._branches = branches
        # Where something was put: whose attribute, which, what is there now and what was.
        self._put: list[tuple[Any, str, Any, Any]] = []

    def put(self, make: Callable[[Node], Node]) -> None:
        """
        Have every query that the stage passes on go through another node first.

        @param make: makes it, before the node that is asked now.
        """
        if self._branches:
            branched = make(self._branches[0].node)
            for branch in self._branches:
                self._set(branch, "node", branched)
        elif isinstance(self.before, StageShell):
            askers = [each for each in self.before.askers if hasattr(each, "_next")]
            node = make(askers[0]._next) if askers else None
            for asker in askers:
                self._set(asker, "_next", node)
        else:
            asker = _askerOf(self.before)
            node = make(coreOf(asker.next.__self__))
            self._set(asker, "next", _Way(_asked(self.before), node).resolve)

    def _set(self, owner: Any, name: str, value: Any) -> None:
        self._put.append((owner, name, value, getattr(owner, name)))
        setattr(owner, name, value)

    def take(self) -> None:
        """Take it away, unless another one stands before it by now."""
        for owner, name, value, before in self._put:
            if getattr(owner, name) == value:
                setattr(owner, name, before)
        self._put = []


class _Way(Shell):
    """
    What an operator's own stage asks in the place of the next resolver.

    @ivar resolver: that.
    """

    def __init__(self, resolver: Any, core: Node) -> None:
        self.resolver = resolver
        self.core = core


def _askerOf(stage: Stage) -> Any:
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
        found = Behind(before, resolver)
        yield found
        before = found.part


def allBehind(stage: Stage) -> Iterator[Behind]:
    """
    The same, and whatever stages among them ask by their L{branches<StageShell.branches>}: each section
    after those that ask it.

    A section that several ask is there once for each of them.
    """
    left: list[Any] = [stage]
    seen = {id(stage)}
    for before in left:
        for found in _askedBy(before):
            yield found
            if id(found.part) not in seen:
                seen.add(id(found.part))
                left.append(found.part)


def _askedBy(before: Any) -> Iterator[Behind]:
    resolver = following(before)
    if resolver is not None:
        yield Behind(before, resolver)
    byPart: dict[int, tuple[Any, list[Any]]] = {}
    for resolver, branch in before.branches if isinstance(before, StageShell) else ():
        byPart.setdefault(id(partOf(resolver)), (resolver, []))[1].append(branch)
    for resolver, branches in byPart.values():
        yield Behind(before, resolver, branches)
