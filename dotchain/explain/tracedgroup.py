"""A group of upstreams as C{dotchain explain} asks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..contract.guard import coreOf
from ..node import Node
from ..shell import PromptShell
from ..upstreams.groups.condition import condition
from ..upstreams.groups.groupcore import GroupCore
from ..wire import Answer

if TYPE_CHECKING:
    from ..node import Later
    from ..upstreams.groups.group import Group
    from ..upstreams.groups.member import Member
    from ..wire import Query
    from .outcome import Noting


class Tracing(Protocol):
    """The L{Trace<dotchain.explain.tracing.Trace>} of a query."""

    def traced(self, resolver: Any, before: Noting) -> Any:
        """What stands before a resolver, asked by C{before}."""


class TracedGroup(PromptShell):
    """Asks the members of a group in its own order and by its own rules, each by way of a L{Traced}."""

    def __init__(self, group: Group, trace: Tracing, before: Noting) -> None:
        """@param before: whoever notes what the group answers."""
        self.core = _TracedGroupCore(group.core, trace, before)


class DryGroup(PromptShell):
    """Asks whom a group would ask first, each by way of a L{Traced}: its members' health stays as it is."""

    def __init__(self, group: Group, trace: Tracing, before: Noting) -> None:
        """@param before: whoever notes what the group answers."""
        self.core = _DryGroupCore(group.core, trace, before)


class _DryGroupCore(Node):
    def __init__(self, core: GroupCore, trace: Tracing, before: Noting) -> None:
        self._core = core
        self._before = before
        self._nodes = {member.name: coreOf(trace.traced(member.resolver, before)) for member in core.members}

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        order = self._order(query)
        _note(self._before, order)
        first = order if self._core.atOnce else order[:1]
        asked = [self._nodes[each.name].resolve(query) for each in first]
        return next((each for each in asked if isinstance(each, Answer)), asked[0])

    def _order(self, query: Query) -> Sequence[Member]:
        """In the group's own order, without the queries by which it finds out how those are that failed."""
        idle = [each for each in self._core.members if not each.probing]
        for each in idle:
            each.probing = True
        try:
            return self._core.foreseen(query)
        finally:
            for each in idle:
                each.probing = False


class _TracedGroupCore(GroupCore):
    def __init__(self, core: GroupCore, trace: Tracing, before: Noting) -> None:
        self._core = core
        self._before = before
        self._copies = {
            member: member.through(trace.traced(member.resolver, before)) for member in core.members
        }
        self._originals = {copy: member for member, copy in self._copies.items()}
        rules = core.nextOn, core.patience, core.timeout, core.timers, core.now, core.random
        super().__init__(list(self._originals), *rules)
        self.atOnce, self.guarded = core.atOnce, core.guarded

    def order(self, query: Query) -> Sequence[Member]:
        """See L{GroupCore.order}."""
        order = self._core.foreseen(query)
        _note(self._before, order)
        return [self._copies[each] for each in order]

    def patienceWith(self, member: Member) -> float:
        """See L{GroupCore.patienceWith}."""
        return self._core.patienceWith(self._originals[member])

    def mayHurry(self) -> bool:
        """See L{GroupCore.mayHurry}."""
        return self._core.mayHurry()

    def learn(self, member: Member, took: float | None) -> None:
        """See L{GroupCore.learn}."""
        self._core.learn(self._originals[member], took)

    def settles(self, answer: Answer) -> bool:
        """See L{GroupCore.settles}."""
        return self._core.settles(answer)

    def reason(self, error: BaseException) -> str:
        """See L{GroupCore.reason}."""
        return self._core.reason(error)


def _note(before: Noting, order: Sequence[Member]) -> None:
    """Tell in which order members are asked."""
    before.step["order"] = [{"name": each.name, "state": condition(each)} for each in order]
