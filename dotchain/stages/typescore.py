"""What C{types} does with each query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..wire.answer import Answer
from ..wire.codes import EDE_FILTERED, NOERROR, REFUSED
from .decidingcore import DecidingCore, Decisions

if TYPE_CHECKING:
    from ..node import Node
    from ..wire.query import Query

_EMPTY: Final = Answer.bare(NOERROR, ((EDE_FILTERED, "type not answered here"),))
_REFUSED: Final = Answer.bare(REFUSED, ((EDE_FILTERED, "type refused here"),))


class TypesCore(DecidingCore):
    """Answers some types without asking."""

    def __init__(
        self, next: Node, decisions: Decisions, empty: frozenset[int], refuse: frozenset[int]
    ) -> None:
        """
        @param empty: types that are answered NODATA.
        @param refuse: types that are answered REFUSED.
        """
        super().__init__(next, decisions)
        self._empty = empty
        self._refuse = refuse

    def decide(self, query: Query) -> Answer | None:
        """See L{DecidingCore.decide}."""
        kind = query.type
        if kind in self._empty:
            return _EMPTY
        return _REFUSED if kind in self._refuse else None
