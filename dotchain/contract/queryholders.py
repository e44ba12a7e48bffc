"""Who is to blame where an answer never comes, or something else that must not be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from twisted.logger import Logger

from ..clockwork import boottime
from ..clockwork.logratelimit import LogRateLimit, suppressed
from .ownership import accuseOwner
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
        behind: Mapping[Any, Sequence[Any]] | None = None,
        violations: ContractViolations | None = None,
    ) -> None:
        """
        @param guards: these, C{parts} and C{behind} may still grow.
        @param now: a clock, in seconds.
        @param behind: whom each resolver may ask; without it, anybody.
        @param violations: what tells the log already; without it, one of its own.
        """
        self.contractViolations = violations or ContractViolations("a stage", now)
        self._guards = guards
        self._parts = parts
        self._behind = behind
        self._logRateLimit = LogRateLimit(now=now)

    def holder(self, query: Query) -> Guard | None:
        """Of those that did not come with dotchain, the last that was asked and has not answered yet."""
        return next((each for each in self._guards if query in each.waiting), None)

    def accuse(self, error: BaseException) -> None:
        """Note on a bug whose it is, as far as that can be told."""
        accuseOwner(error, self._parts)

    def tell(self, query: Query, seconds: float, first: Any = None) -> None:
        """
        Log who has not answered within so many seconds: each once a minute.

        @param first: the resolver that a front has asked.
        """
        asked = self.holder(query) or first
        before = self._logRateLimit.admit(asked)
        if before is None:
            return
        who = self._named(query, self._reach(asked))
        held = self._logRateLimit.admit(who, before)
        if held is not None:
            self._log.error(
                "{who} has not answered within {seconds:g} s{more}",
                who=who,
                seconds=seconds,
                more=suppressed(held),
                suppressed=held,
            )

    def _reach(self, asked: Any) -> set[int] | None:
        """Whoever may hold a query that this one was asked, itself among them; None for anybody."""
        if self._behind is None or asked is None:
            return None
        found: set[int] = set()
        left = [asked]
        while left:
            each = left.pop()
            if id(each) not in found:
                found |= {id(each), id(getattr(each, "stage", each))}
                left += self._behind.get(each, ())
        return found

    def _named(self, query: Query, reach: set[int] | None) -> str:
        parts = [each for each in self._parts if reach is None or id(each[1]) in reach]
        guards = [each for each in self._guards if reach is None or id(each) in reach]
        titles = [section.title for section, thing in parts if _carries(thing, query)]
        if titles:
            return titles[0]
        for guard in guards:
            if any(each.key == query.key for each in tuple(guard.waiting)):
                return guard.who
        titles = list(dict.fromkeys(each.who for each in guards if each.waiting))
        return f"one of {', '.join(titles)}" if len(titles) > 1 else "".join(titles) or "the chain"


def _carries(upstream: Any, query: Query) -> bool:
    """Whether an upstream over the network still has to answer a query."""
    pendingQueries = getattr(upstream, "pendingQueries", None)
    return pendingQueries is not None and any(each.query.key == query.key for each in pendingQueries.all())
