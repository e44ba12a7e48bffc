"""The stage C{minimal}: answers without what nobody asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..contract.guard import coreOf
from .deciding import DECIDING, Deciding
from .minimalcore import MinimalCore

if TYPE_CHECKING:
    from ..api import Answer, IResolver, Options, Query, Reactor
    from ..node import Node


class Minimal(Deciding):
    """
    Leave out the authority and additional sections where an answer is whole without them.

    Answers are shorter, so that more of them fit into a datagram and into the cache.
    """

    kind = "minimal"
    options: ClassVar[Options] = DECIDING

    def __init__(self, next: IResolver, reactor: Reactor, **options: Any) -> None:
        super().__init__(next, reactor, **options)
        self.core: MinimalCore = self.coreBefore(coreOf(next))

    def coreBefore(self, next: Node) -> MinimalCore:
        """See L{StageShell.coreBefore}."""
        return MinimalCore(next, self.decisions)

    def whyNot(self, query: Query, answer: Answer) -> str:
        """See L{Deciding.whyNot}."""
        made = self.core.judge(query, answer)
        return "authority and additional records are left out" if made is not None else ""
