"""What C{dns64} does with each query."""

from __future__ import annotations

from typing import Final

from ...node import Later, Node
from ...wire.answer import Answer
from ...wire.codes import AAAA, AD, CD, CNAME, NOERROR, PTR
from ...wire.errors import FormatError
from ...wire.plain import ANSWER, PlainRecord, laid, plain
from ...wire.query import Query, about
from ..decidingcore import Decisions
from ..instead import InsteadCore, Other
from .prefix import Prefix
from .reverse import addressOf, nameOf
from .synthesis import Synthesis
from .synthesizer import Synthesizer
from .wellknown import NAME, answered

_IN: Final = b"\0\1"


class DNS64Core(InsteadCore):
    """
    Answers questions for AAAA records with more than there is, those about the prefix's own names, and PTR.

    @ivar synthesizer: what makes AAAA records.
    """

    def __init__(self, next: Node, decisions: Decisions, prefix: Prefix, synthesizer: Synthesizer) -> None:
        super().__init__(next, decisions)
        self._prefix = prefix
        self.synthesizer = synthesizer

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}. Who validates for himself must see what there is (RFC 6147 section 5.5)."""
        kind = query.type
        local = query.key[-21:-6] == NAME
        if kind != AAAA and kind != PTR and not local:  # noqa: PLR1714 - compiled, two numbers are compared
            return self._next.resolve(query)
        if kind == AAAA and not local:
            if query.flags & CD or query.signed or query.question[-2:] != _IN or not self.concerns(query):
                return self._next.resolve(query)
            return self._six(query)
        return super().resolve(query)

    def _six(self, query: Query) -> Answer | Later:
        """The same of AAAA records: where they are at hand nothing is to be waited for."""
        asked = self._next.resolve(query)
        if isinstance(asked, Answer):
            good = self.synthesizer.sufficient(query, asked)
            if good is not None:
                return good
        return Synthesis(query, self._next, self.synthesizer).begin(asked)

    def replace(self, query: Query) -> Other | Answer | None:
        """See L{InsteadCore.replace}."""
        if query.question[-2:] != _IN:
            return None
        local = answered(query, self._prefix)
        if local is not None or query.type != PTR or query.flags & CD:
            return local
        six = addressOf(query.key[:-6])
        four = None if six is None else self._prefix.extract(six)
        if four is None or not self._prefix.represents(four):
            return None
        return Other(about(query, nameOf(four) + query.question[-4:]))

    def restore(self, query: Query, other: Other, answer: Answer) -> Answer:
        """
        See L{InsteadCore.restore}: an alias leads to the name that was asked for instead (RFC 6147 section
        5.3.1), unless there is nothing.
        """
        if answer.verbatim is not None:
            return answer
        try:
            records = plain(answer, other.query.question)
            if answer.rcode == NOERROR and answer.counts[:2] != b"\0\0":
                ttl = min([each.ttl for each in records if each.section == ANSWER])
                target = other.query.question[:-4]
                records.insert(0, PlainRecord(ANSWER, query.question[:-4], CNAME, 1, ttl, b"", [target], b""))
            return laid(records, query.question, answer.flags & ~AD, answer.rcode, answer.errors)
        except FormatError:
            return Answer(answer.flags & ~AD, answer.rcode, errors=answer.errors)
