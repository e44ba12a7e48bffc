"""Who is to blame where an answer never comes, or something else that must not be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from twisted.logger import Logger

from ..clockwork import boottime
from ..clockwork.logratelimit import LogRateLimit
from .violations import ContractViolations

if TYPE_CHECKING:
    from ..wire import Query
    from .guard import Guard
    from .sectionview import Parts


class QueryHolders:
    """
    The parts of a tree that hold queries, those that others ask before those who ask them.

    They note nothing for this that they would not need anyway. Where a query waits for the answer to
    an equal one, or was changed on its way, it is found by what else waits.

    @ivar contractViolations: tells the log of stages that do what they must not.
    """

    _log = Logger()

    def __init__(
        self,
        guards: Sequence[Guard] = (),
        parts: Parts = (),
        now: Callable[[], float] = boottime.now,
    ) -> None:
        """
        @param guards: these and C{parts} may still grow.
        @param now: a clock, in seconds.
        """
        self.contractViolations = ContractViolations("a stage", now)
        self._guards = guards
        self._parts = parts
        self._logRateLimit = LogRateLimit(now=now)

    def holder(self, query: Query) -> Guard | None:
        """Of those that did not come with dotchain, the last that was asked and has not answered yet."""
        return next((each for each in self._guards if query in each.waiting), None)

    def tell(self, query: Query, seconds: float) -> None:
        """Log who has not answered within so many seconds: each once a minute."""
        if self._logRateLimit.admit(self.holder(query)) is not None:
            who = self._named(query)
            self._log.error("{who} has not answered within {seconds:g} s", who=who, seconds=seconds)

    def _named(self, query: Query) -> str:
        titles = [section.title for section, thing in self._parts if _carries(thing, query)]
        if titles:
            return titles[0]
        for guard in self._guards:
            if any(each.key == query.key for each in tuple(guard.waiting)):
                return guard.who
        titles = list(dict.fromkeys(each.who for each in self._guards if each.waiting))
        return f"one of {', '.join(titles)}" if len(titles) > 1 else "".join(titles) or "the chain"


def _carries(upstream: Any, query: Query) -> bool:
    """Whether an upstream over the network still has to answer a query."""
    pendingQueries = getattr(upstream, "pendingQueries", None)
    return pendingQueries is not None and any(each.query.key == query.key for each in pendingQueries.all())
