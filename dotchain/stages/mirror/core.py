"""What C{mirror} does with each query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...node import Later, Node
from ...toll import PASSAGE
from ...wire.answer import Answer
from ..decidingcore import DecidingCore, Decisions

if TYPE_CHECKING:
    from ...wire.query import Query
    from .copies import Copies
    from .sampling import Sampling


class MirrorCore(DecidingCore):
    """Passes every query on, and has some of them copied."""

    def __init__(self, next: Node, decisions: Decisions, sampling: Sampling, copies: Copies | None) -> None:
        """@param copies: makes them; None for nobody, as for C{dotchain explain}."""
        super().__init__(next, decisions)
        self._sampling = sampling
        self._copies = copies
        self._passage = PASSAGE

    def before(self, next: Node, decisions: Decisions) -> MirrorCore:
        """One before another node that copies nothing."""
        return MirrorCore(next, decisions, self._sampling, None)

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        asked = self._next.resolve(query)
        copies, match = self._copies, self._match
        if copies is not None and (match is None or match.holds(query)):
            if self._sampling.takes():
                self.decided += 1
                if self._observed is None:
                    copies.take(query, asked)
                else:
                    self._observed()
            self._passage.ask(self._sampling)
        return asked
