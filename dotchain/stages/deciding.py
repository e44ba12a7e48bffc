"""What shells of deciding stages have in common: C{match}, C{mode}, and what is told of decisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from ..api import Option, Options, match, one
from ..clockwork.logratelimit import LogRateLimit, suppressed
from ..match.listed import ListWord
from ..match.match import Match
from ..shell import StageShell
from .decidingcore import Decisions
from .listreload import reloadLists

if TYPE_CHECKING:
    from ..api import Answer, IResolver, Query, Reactor
    from .decidingcore import DecidingCore, JudgingCore
    from .instead import InsteadCore

DECIDING: Options = {
    "match": Option(match, "", "only queries for which this holds"),
    "mode": Option(
        one("enforce", "observe"), "enforce", "observe: decide, count and log, but change nothing"
    ),
}
"""The options of every deciding stage."""


class Deciding(StageShell):
    """
    A stage that decides: override L{coreBefore} and L{why}.

    @ivar decisions: for its cores.
    """

    counters: ClassVar[Sequence[str]] = ("decided",)
    _log = Logger()

    core: DecidingCore | InsteadCore | JudgingCore
    match: Match
    mode: str

    def __init__(self, next: IResolver, reactor: Reactor, **options: Any) -> None:
        super().__init__(next, reactor, **options)
        self.match = options.get("match") or Match()
        self.mode = options.get("mode") or "enforce"
        self.replays = next.replays and not self.match.ofClient
        self._rate = LogRateLimit()
        self.decisions = Decisions(self.match, self._observed if self.mode == "observe" else None)

    @property
    def decided(self) -> int:
        """Queries or answers decided, be it only observed; replies that a front remembers aside."""
        return self.core.decided

    def _observed(self) -> None:
        held = self._rate.admit("")
        if held is not None:
            self._log.info(
                "[{section}] would have decided (mode = observe){more}",
                section=self.section,
                more=suppressed(held),
                suppressed=held,
            )

    def listWords(self) -> Sequence[ListWord]:
        """The lists that it goes by; to be extended by those that have matches of their own."""
        return self.match.lists

    @property
    def reloadable(self) -> bool:
        """Whether it has anything to read anew."""
        return type(self).reload is not Deciding.reload or bool(self.listWords())

    def reload(self) -> Deferred[Any] | None:
        """Read the lists of matches anew: see L{reloadLists}."""
        return reloadLists(self.reactor, self.listWords())

    def explain(self, query: Query) -> str:
        """See L{Stage.explain}."""
        if not self.match.holds(query):
            return f"match does not hold: {self.match.text}"
        told = self.why(query)
        return f"would have, but observes: {told}" if told and self.mode == "observe" else told

    def explainAnswer(self, query: Query, answer: Answer) -> str:
        """In a few words, what it would have made of an answer that it has passed on, where it observes."""
        if self.mode != "observe" or not self.match.holds(query):
            return ""
        told = self.whyNot(query, answer)
        return f"would have, but observes: {told}" if told else ""

    def matches(self) -> Iterator[tuple[str, int, Match]]:
        """All matches that it decides by, each with its key and, where that is known, its line."""
        yield "match", 0, self.match

    def why(self, query: Query) -> str:
        """In a few words, what it decides of a query and by what; nothing where it passes it on."""
        return ""

    def whyNot(self, query: Query, answer: Answer) -> str:
        """In a few words, why it would give another answer than this one; nothing where it would not."""
        return ""
