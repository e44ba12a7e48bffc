"""What C{local} does with each query."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

from ...node import Later, Node, Outcome, landed
from ...wire.answer import Answer
from ...wire.codes import AA, ANY, CNAME, EDE_NOT_SUPPORTED, NOERROR, RA, RD
from ..decidingcore import DecidingCore, Decisions
from .alias import joined, targetQuery

if TYPE_CHECKING:
    from ...wire.query import Query
    from .data import LocalData, Records

_IN: Final = b"\0\1"
_QNAME: Final = b"\xc0\x0c"
_CNAME: Final = CNAME.to_bytes(2, "big")
_ANY: Final = ANY.to_bytes(2, "big")
# Octets of a record between its owner and its RDATA.
_FIXED: Final = 10
# Aliases that are followed.
_LONGEST: Final = 16


class LocalCore(DecidingCore):
    """
    Answers names that are known here, asks the next node for what their aliases lead to, and passes on
    all else.

    @ivar data: what is answered here.
    """

    def __init__(self, next: Node, decisions: Decisions, data: LocalData) -> None:
        super().__init__(next, decisions)
        self.data = data

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        found = self.data.find(query.key[:-6])
        if found is None or not self._applies(query):
            return self._next.resolve(query)
        return self._answer(query, found, 0)

    def _applies(self, query: Query) -> bool:
        if query.signed or query.question[-2:] != _IN:
            return False
        if self._match is not None and not self._match.holds(query):
            return False
        self.decided += 1
        if self._observed is None:
            return True
        self._observed()
        return False

    def _answer(self, query: Query, found: object, aliases: int) -> Answer | Later:
        """@param aliases: how many have led here."""
        if query.meta:
            return query.refuse(EDE_NOT_SUPPORTED, "no record has this type")
        if isinstance(found, tuple):
            said, target = self._collected(found, query.question[-4:-2])
        else:
            said, target = cast("Callable[[bytes], Any]", found)(query.key[:-2])
        if not target or not query.flags & RD or aliases >= _LONGEST:
            return said
        return self._follow(query, said, target, aliases + 1)

    def _collected(self, records: Records, kind: bytes) -> tuple[Answer, bytes]:
        """Those of a type, behind aliases in other records; and where an alias leads away, the name."""
        owner, body, ttls = _QNAME, b"", []
        for _ in range(_LONGEST):
            alias = b""
            wanted = False
            for each in records:
                if each[:2] == kind or kind == _ANY:
                    wanted = True
                    ttls.append(len(body) + len(owner) + 4)
                    body += owner + each
                elif each[:2] == _CNAME:
                    alias = each
            if wanted or not alias:
                return _made(body, ttls), b""
            ttls.append(len(body) + len(owner) + 4)
            body += owner + alias
            owner = alias[_FIXED:]
            found = self.data.find(owner.lower())
            if not isinstance(found, tuple):
                return _made(body, ttls), owner
            records = found
        return _made(body, ttls), b""

    def _follow(self, query: Query, said: Answer, target: bytes, aliases: int) -> Answer | Later:
        """Put what there is at the end of an alias behind it."""
        other = targetQuery(query, target)
        found = self.data.find(other.key[:-6])
        asked = self._next.resolve(other) if found is None else self._answer(other, found, aliases)
        if isinstance(asked, Answer):
            made = joined(query.question, said, other.question, asked)
            return made if isinstance(made, Answer) else landed(query, made)
        mine = _Following(query, said, asked)
        asked.tell(self, mine)
        return mine

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}: the query is that for the alias's end."""
        assert isinstance(state, _Following)
        if isinstance(outcome, Answer):
            state.land(joined(state.query.question, state.said, query.question, outcome))
        else:
            state.land(outcome)
        return outcome


class _Following(Later):
    """
    A query whose alias leads to a name that another query asks for.

    @ivar said: the answer so far.
    """

    __slots__ = ("_asked", "said")

    def __init__(self, query: Query, said: Answer, asked: Later) -> None:
        super().__init__(query)
        self.said = said
        self._asked = asked

    def leave(self) -> None:
        """See L{Later.leave}."""
        self._asked.cancel()


def _made(body: bytes, ttls: list[int]) -> Answer:
    return Answer(AA | RA, NOERROR, len(ttls).to_bytes(2, "big") + bytes(4), body, tuple(ttls))
