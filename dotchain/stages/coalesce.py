"""The stage C{coalesce}: equal questions in flight share one call of the next resolver."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..api import Option, OptionError, Options, whole
from ..contract.guard import coreOf
from ..shell import StageShell
from .coalescecore import CoalesceCore

if TYPE_CHECKING:
    from ..api import IResolver, Query, Reactor
    from ..node import Node


class Coalesce(StageShell):
    """
    Ask the next resolver once for all who ask the same before it has answered.

    Several equal questions in flight would each be a chance for a forger (RFC 5452
    section 5), and a load for the upstream. Everyone gets the same answer or the same
    failure; the front gives it each one's own ID, case and OPT.
    """

    kind = "coalesce"
    options: ClassVar[Options] = {
        "waiters": Option(whole, "10000", "most queries that wait for one answer; those above it fail"),
    }

    counters: ClassVar[Sequence[str]] = ("shared",)

    waiters: int = 10000

    def __init__(self, next: IResolver, reactor: Reactor, **options: Any) -> None:
        """@raise OptionError: where nobody may wait."""
        super().__init__(next, reactor, **options)
        if self.waiters < 1:
            raise OptionError("waiters", "at least 1, who is the first to ask")
        self.replays = next.replays
        self.core: CoalesceCore = CoalesceCore(coreOf(next), self.waiters, {})

    def coreBefore(self, next: Node) -> CoalesceCore:
        """See L{StageShell.coreBefore}."""
        return self.core.before(next)

    @property
    def shared(self) -> int:
        """How many queries waited for the answer to another's."""
        return self.core.shared

    def explain(self, query: Query) -> str:
        """See L{Stage.explain}."""
        flight = self.core.flights.get(query.key) if query.shareable else None
        if flight is None:
            return ""
        return f"waits with {len(flight.waiting) + 1} others for the answer to an equal query"
