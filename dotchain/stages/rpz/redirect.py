"""What a policy's CNAME leads to, asked for and put behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.exception
import dns.flags

from ...wire.answer import Answer
from ...wire.codes import AD, EDE_OTHER, MAXIMUM, RA, RD, SERVFAIL
from ...wire.errors import FormatError

if TYPE_CHECKING:
    from ...wire.query import Query


def redirected(query: Query, target: bytes) -> Query:
    """
    The same question for another name.

    Signatures are not asked for: nothing of the answer as a whole could be verified by them.
    """
    flags = (query.flags & RD).to_bytes(2, "big")
    wire = b"".join((b"\0\0", flags, b"\0\1\0\0\0\0\0\0", target, query.question[-4:]))
    return type(query)(wire, query.client)


def joined(query: Query, first: Answer, other: Query, second: Answer) -> Answer:
    """
    One answer of two: the records of the first, then those of the second; its RCODE is the second's.

    @param first: ends in a CNAME for what the other query asked for.
    """
    if second.verbatim is not None or not (second.rcode == 0 or second.negative):
        return second.having(flags=second.flags & ~AD)
    try:
        message = first.message(query.question)
        behind = second.message(other.question)
        message.answer += behind.answer
        message.authority = behind.authority
        message.flags |= dns.flags.RA
        made = Answer.parse(message.to_wire(max_size=MAXIMUM))
    except (FormatError, dns.exception.DNSException):
        return Answer.bare(
            SERVFAIL, ((EDE_OTHER, "what the policy's CNAME leads to can't be put behind it"),)
        )
    return made.having(flags=RA, rcode=second.rcode, errors=(*first.errors, *second.errors))
