"""What C{answers} does with each answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...wire.answer import Answer
from ...wire.codes import EDE_BLOCKED
from ...wire.names import stepName
from ...wire.plain import ADDITIONAL, ANSWER, wholeOf
from ..decidingcore import Decisions, JudgingCore
from .strip import stripped

if TYPE_CHECKING:
    from mypy_extensions import i64

    from ...node import Node
    from ...wire.query import Query
    from .denied import Denied
    from .deniednames import DeniedNames
    from .reason import Reason

_NO_RECORDS: Final = bytes(6)


class AnswersCore(JudgingCore):
    """Gives another answer in the place of one that has what is denied."""

    def __init__(
        self, next: Node, decisions: Decisions, denied: Denied, allowed: DeniedNames, rcode: int | None
    ) -> None:
        """
        @param allowed: names that may be answered with whatever there is.
        @param rcode: of what is answered instead; None to take out what is denied, and nothing else.
        """
        super().__init__(next, decisions)
        self._denied = denied
        self._allowed = allowed
        self._rcode = rcode

    def judge(self, query: Query, answer: Answer) -> Answer | None:
        """See L{JudgingCore.judge}."""
        if answer.counts == _NO_RECORDS or answer.verbatim is not None:
            return None
        denied = self._denied
        found: Reason | None
        if denied.names.any:
            found, section = _search(
                denied, answer, wholeOf(answer, query.question), 12 + len(query.question)
            )
        else:
            found, section = _search(denied, answer, answer.body, 0)
        if found is None or self._allowed.find(query.key[:-6]) is not None:
            return None
        if self._rcode is None or section == ADDITIONAL:
            return stripped(query.question, answer, denied)
        return Answer.bare(self._rcode, ((EDE_BLOCKED, saying(found)),))


def saying(reason: Reason) -> str:
    """What the client is told: the operator's own word for what is denied."""
    return f"answer has what is denied: {reason.word}"


def _search(denied: Denied, answer: Answer, wire: bytes, offset: i64) -> tuple[Reason | None, int]:
    """
    The first reason to deny an answer, and in which section it stands.

    Only those two sections count that clients take records from.

    @param wire: octets with the records from this offset on.
    """
    counts = answer.counts
    answers: i64 = counts[0] << 8 | counts[1]
    behind = answers + (counts[2] << 8 | counts[3])
    total = behind + (counts[4] << 8 | counts[5])
    if total == behind:
        total = answers
    index: i64 = 0
    while index < total:
        offset = stepName(wire, offset)
        kind = wire[offset] << 8 | wire[offset + 1]
        length = wire[offset + 8] << 8 | wire[offset + 9]
        offset += 10
        if index < answers or index >= behind:
            found = denied.inRecord(kind, wire, offset, length)
            if found is not None:
                return found, ANSWER if index < answers else ADDITIONAL
        offset += length
        index += 1
    return None, ANSWER
