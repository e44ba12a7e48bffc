"""Blocked names that are aliases of another name, whose records come along."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final

from ...node import Later, Node, Outcome
from ...wire.answer import DROP, Answer
from ...wire.codes import AD, ANY, CD, CNAME, NOERROR, RA, RD, TC
from ...wire.compress import behind, ttlsIn
from ...wire.edns import BARE
from ...wire.query import Query
from .core import BlockCore

if TYPE_CHECKING:
    from ..decidingcore import Decisions
    from .core import Lists
    from .replies import Replies

_COUNTS: Final = Struct("!HHH").unpack
_HEADER: Final = bytes(12)
# Questions that the alias itself answers (RFC 1034 section 3.6.2).
_ALONE: Final = (CNAME, ANY)


class AliasCore(BlockCore):
    """Asks the next node for the records of the name that blocked ones are aliases of."""

    def __init__(
        self, next: Node, decisions: Decisions, lists: Lists, replies: Replies, target: bytes
    ) -> None:
        """@param target: that name, in wire form."""
        super().__init__(next, decisions, lists, replies)
        self._target = target

    def enforce(self, query: Query, decision: Answer) -> Answer | Later:
        """See L{DecidingCore.enforce}."""
        if decision.rcode != NOERROR or query.type in _ALONE:
            return decision
        asked = self._next.resolve(self._aside(query))
        if isinstance(asked, Answer):
            return _joined(query, decision, self._question(query), asked)
        waiting = _Waiting(query, decision, asked)
        asked.tell(self, waiting)
        return waiting

    def _aside(self, query: Query) -> Query:
        """The question of the same client for the other name."""
        edns = query.edns
        flags = query.flags & (RD | CD | AD)
        opt = b"" if edns is None else BARE[edns.do]
        counts = b"\0\1" + bytes(5) + (b"\1" if opt else b"\0")
        head = query.wire[:2] + flags.to_bytes(2, "big") + counts
        return Query(head + self._question(query) + opt, query.client)

    def _question(self, query: Query) -> bytes:
        return self._target + query.question[-4:]

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}."""
        assert isinstance(state, _Waiting)
        if isinstance(outcome, Answer):
            asked = self._question(state.query)
            state.land(_joined(state.query, state.decision, asked, outcome))
        else:
            state.land(outcome)
        return outcome


class _Waiting(Later):
    """
    A query that waits for the records of the other name.

    @ivar decision: the alias alone.
    """

    __slots__ = ("_asked", "decision")

    def __init__(self, query: Query, decision: Answer, asked: Later) -> None:
        super().__init__(query)
        self.decision = decision
        self._asked = asked

    def leave(self) -> None:
        """See L{Later.leave}."""
        self._asked.cancel()


def _joined(query: Query, alias: Answer, asked: bytes, answer: Answer) -> Answer:
    """
    An alias with the records of its target behind it; the alias alone where they can't stand there.

    @param asked: the question that they belong to.
    """
    if answer is DROP:
        return answer
    total = sum(_COUNTS(answer.counts))
    head = _HEADER + query.question + alias.body
    body = behind(head, _HEADER + asked + answer.body, len(_HEADER) + len(asked), total)
    if body is None or answer.verbatim is not None:
        return alias
    body = alias.body + body
    counts = (_COUNTS(answer.counts)[0] + 1).to_bytes(2, "big") + answer.counts[2:]
    errors = alias.errors + answer.errors
    return Answer(RA | answer.flags & TC, answer.rcode, counts, body, ttlsIn(body, total + 1), errors)
