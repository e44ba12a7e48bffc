"""What is behind an alias: another question, and one answer of two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dns.exception import TooBig

from ...resolver import ResolveError
from ...wire import DROP, Answer, FormatError
from ...wire.codes import EDE_INVALID_DATA, EDE_OTHER, MAXIMUM, TC
from ...wire.query import about

if TYPE_CHECKING:
    from ...wire import Query


def targetQuery(query: Query, target: bytes) -> Query:
    """
    The same client's same question about the name that an alias leads to.

    @param target: in wire form.
    """
    return about(query, target + query.question[-4:])


def joined(question: bytes, said: Answer, other: bytes, behind: Answer) -> Answer | ResolveError:
    """
    An answer that ends in an alias, with what there is at its end (RFC 1034 section 4.3.2).

    AA is that of the first name (RFC 1035 section 4.1.1); nothing in it is authentic, as the alias has
    no signature.

    @param other: the question about the alias's end, as on the wire.
    @param behind: the answer to that.
    """
    if behind is DROP:
        return DROP
    try:
        message, end = said.message(question), behind.message(other)
        message.answer += end.answer
        message.authority, message.additional = end.authority, end.additional
        made = Answer.parse(message.to_wire(max_size=MAXIMUM))
    except FormatError:
        return ResolveError("an alias leads to a record that is malformed", EDE_INVALID_DATA)
    except TooBig:
        return ResolveError("the answer is over 65535 octets", EDE_OTHER)
    return made.having(said.flags | behind.flags & TC, behind.rcode, errors=behind.errors)
