"""Which queries a cache has to do with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...match.listed import ListWord
    from ...match.rules import Rule, Rules
    from ...wire.query import Query


class Selection:
    """
    All queries but those that one of some matches holds for, or those alone.

    @ivar ofClient: whether it depends on who asks.
    """

    def __init__(self, excepted: Rules, only: Rules) -> None:
        """
        @param excepted: who is passed by.
        @param only: who alone is not, where there are any.
        """
        self._excepted = excepted
        self._only = only if only.rules else None
        self.ofClient = excepted.ofClient or only.ofClient

    @property
    def lists(self) -> list[ListWord]:
        """The lists that these matches go by."""
        return [*self._excepted.lists, *(self._only.lists if self._only is not None else ())]

    def leaves(self, query: Query) -> bool:
        """Whether a query is passed by."""
        only = self._only
        return (only is not None and only.find(query) is None) or self._excepted.find(query) is not None

    def because(self, query: Query) -> Rule | None:
        """The match that a query is passed by for; None where it is none of C{only}."""
        return self._excepted.find(query)
