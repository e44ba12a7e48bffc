"""A group of upstreams as C{dotchain explain} asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ..upstreams.groups.condition import condition
from ..upstreams.groups.groupquery import GroupQuery

if TYPE_CHECKING:
    from ..resolver import Result
    from ..upstreams.groups.group import Group
    from ..upstreams.groups.member import Member
    from ..wire import Query
    from .outcome import Noting


class Tracing(Protocol):
    """The L{Trace<dotchain.explain.tracing.Trace>} of a query."""

    def traced(self, resolver: Any, before: Noting) -> Any:
        """What stands before a resolver, asked by C{before}."""


class TracedGroup:
    """Asks the members of a group in its own order and by its own rules, each by way of a L{Traced}."""

    def __init__(self, group: Group, trace: Tracing, before: Noting) -> None:
        """@param before: whoever notes what the group answers."""
        self._group = group
        self._before = before
        self._members = {
            member: member.through(trace.traced(member.resolver, before)) for member in group.members
        }
        self._originals = {copy: member for member, copy in self._members.items()}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._group, name)

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve<dotchain.interfaces.IResolver.resolve>}."""
        return self._ask(query, True)

    def attempt(self, query: Query) -> Result:
        """See L{IPromptResolver.attempt<dotchain.interfaces.IPromptResolver.attempt>}."""
        return self._ask(query, False)

    def _ask(self, query: Query, persistent: bool) -> Result:
        order = self._group.order(query)
        self._before.step["order"] = [{"name": each.name, "state": condition(each)} for each in order]
        itself: Any = self
        return GroupQuery(itself, query, [self._members[each] for each in order], persistent).start()

    def patienceWith(self, member: Member) -> float:
        """See L{Group.patienceWith}."""
        return self._group.patienceWith(self._originals[member])

    def learn(self, member: Member, took: float | None) -> None:
        """See L{Group.learn}."""
        self._group.learn(self._originals[member], took)
