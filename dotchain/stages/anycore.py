"""What C{any} does with each query."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype

from ..node import Later, Node, Outcome
from ..wire.answer import Answer
from ..wire.codes import AD, ANY, HINFO, MAXIMUM, NOERROR, RA
from ..wire.errors import FormatError

if TYPE_CHECKING:
    from ..wire.query import Query

_ANY = ANY.to_bytes(2, "big")
_SAYS = b"\x07RFC8482\0"
# Octets of an answer that is taken apart: 64 kB of names, as anybody may have them, would hold everybody up.
_LONGEST = 4096


class AnyCore(Node):
    """Answers such queries, or makes less of their answers, and passes on all others."""

    def __init__(self, next: Node, ttl: int, subset: bool, transports: frozenset[str]) -> None:
        """
        @param ttl: of the HINFO record, in seconds.
        @param subset: answer with one RRset of the real answer instead.
        @param transports: of clients to which this is done.
        """
        self._next = next
        self._subset = subset
        self._transports = transports
        self._record = HINFO.to_bytes(2, "big"), ttl.to_bytes(4, "big") + b"\0\x09" + _SAYS

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        if query.question[-4:-2] != _ANY or query.signed or query.client.transport not in self._transports:
            return self._next.resolve(query)
        if not self._subset:
            return self._made(query)
        asked = self._next.resolve(query)
        if isinstance(asked, Answer):
            return _oneOf(asked, query.question)
        asked.tell(self)
        return asked

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}."""
        return _oneOf(outcome, query.question) if isinstance(outcome, Answer) else outcome

    def _made(self, query: Query) -> Answer:
        """The HINFO record (RFC 8482 section 4.2)."""
        kind, rest = self._record
        dnsClass = b"\0\1" if query.dnsClass == ANY else query.question[-2:]
        return Answer(RA, NOERROR, b"\0\1\0\0\0\0", b"\xc0\x0c" + kind + dnsClass + rest, (6,))


def _oneOf(answer: Answer, question: bytes) -> Answer:
    """The same with the first RRset of the answer section and its signatures (RFC 8482 section 4.1)."""
    if answer.rcode != NOERROR or answer.counts[:2] <= b"\0\1" or len(answer.body) > _LONGEST:
        return answer
    try:
        message = answer.message(question)
    except FormatError:
        return answer
    first = next((each for each in message.answer if each.rdtype != dns.rdatatype.RRSIG), None)
    if first is None:
        return answer
    message.answer = [
        each
        for each in message.answer
        if each is first or (each.covers == first.rdtype and each.name == first.name)
    ]
    message.authority, message.additional = [], []
    made = Answer.parse(message.to_wire(max_size=MAXIMUM))
    return made.having(flags=answer.flags & ~AD, errors=answer.errors)
