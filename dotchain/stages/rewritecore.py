"""What C{rewrite} does with each query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..match.names import BELOW, EXACTLY, isBelow
from ..wire.answer import Answer
from ..wire.codes import AD, EDE_OTHER, NSEC, NSEC3, RRSIG, SERVFAIL, YXDOMAIN
from ..wire.errors import FormatError
from ..wire.names import LONGEST
from ..wire.plain import PlainRecord, laid, plain
from ..wire.query import Query, about
from .instead import InsteadCore, Other

if TYPE_CHECKING:
    from ..match.rules import Rules
    from ..node import Node
    from .decidingcore import Decisions

# What is signed under another name proves nothing under this one.
_PROOFS: Final = (RRSIG, NSEC, NSEC3)


class Renaming:
    """
    One suffix of names that another one takes the place of.

    @ivar old: the suffix that clients use, in wire form.
    @ivar new: the one that is asked for instead.
    @ivar way: whether names below the old one are meant, that alone, or both; see L{NameWord
        <dotchain.match.names.NameWord>}.
    """

    __slots__ = ("_foldedNew", "new", "old", "way")

    def __init__(self, old: bytes, new: bytes, way: str) -> None:
        self.old = old
        self.new = new
        self.way = way
        self._foldedNew = new.lower()

    def forth(self, name: bytes) -> bytes:
        """A name that has the old suffix under the new one; it may be too long."""
        return name[: len(name) - len(self.old)] + self.new

    def back(self, name: bytes) -> bytes:
        """A name that came back: under the old suffix, where it is under the new one and not too long."""
        folded = name.lower()
        if folded == self._foldedNew:
            return name if self.way == BELOW else self.old
        if self.way == EXACTLY or not isBelow(folded, self._foldedNew):
            return name
        made = name[: len(name) - len(self.new)] + self.old
        return made if len(made) <= LONGEST else name


class RewriteCore(InsteadCore):
    """Asks for some names under another one, and gives the answers under the first one."""

    def __init__(self, next: Node, decisions: Decisions, rules: Rules) -> None:
        super().__init__(next, decisions)
        self._rules = rules

    def replace(self, query: Query) -> Other | Answer | None:
        """
        See L{InsteadCore.replace}.

        Where the other name is too long there is no such name: YXDOMAIN, as where a DNAME makes one (RFC 6672
        section 2.2).
        """
        rule = self._rules.find(query)
        if rule is None:
            return None
        how = rule.what
        assert isinstance(how, Renaming)
        question = query.question
        name = how.forth(question[:-4])
        if len(name) > LONGEST:
            return Answer.bare(YXDOMAIN, ((EDE_OTHER, "the name would be over 255 octets when rewritten"),))
        return Other(about(query, name + question[-4:]), how)

    def restore(self, query: Query, other: Other, answer: Answer) -> Answer:
        """See L{InsteadCore.restore}: owners, and names within records of the types that are known."""
        how = other.how
        assert isinstance(how, Renaming)
        if answer.verbatim is not None:
            return answer
        try:
            records = plain(answer, other.query.question)
            kept = [_renamed(each, how) for each in records if each.kind not in _PROOFS]
            return laid(kept, query.question, answer.flags & ~AD, answer.rcode, answer.errors)
        except FormatError:
            return Answer.bare(SERVFAIL, ((EDE_OTHER, "the answer can't be rewritten"),))


def _renamed(record: PlainRecord, how: Renaming) -> PlainRecord:
    record.owner = how.back(record.owner)
    record.names = [how.back(each) for each in record.names]
    return record
