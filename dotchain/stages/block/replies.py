"""What clients get for a blocked name: made once for each type, but for the text that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...wire.answer import Answer
from ...wire.codes import EDE_BLOCKED, REFUSED

if TYPE_CHECKING:
    from ...wire.query import Query

_CLASSES: Final = (b"\0\1", b"\0\xff")
_REFUSED: Final = Answer.bare(REFUSED)


class Replies:
    """
    The answers to questions of class IN; others, and those for types that no record has, are refused.

    No name in them but the question's is compressed, and so each fits every question.
    """

    def __init__(self, byType: dict[int, Answer], others: Answer) -> None:
        """
        @param byType: the answers for some types.
        @param others: the one for all others.
        """
        self._byType = byType
        self._others = others

    def to(self, query: Query, why: str) -> Answer:
        """
        The answer to a query for a blocked name.

        @param why: the extra text of its extended DNS error (RFC 8914 section 4.16).
        """
        made = _REFUSED
        if query.question[-2:] in _CLASSES and not query.meta:
            made = self._byType.get(query.type, self._others)
        return Answer(made.flags, made.rcode, made.counts, made.body, made.ttls, ((EDE_BLOCKED, why),))
