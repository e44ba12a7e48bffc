"""Queries and answers of text, and text of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from ..api import NOBODY, Answer, Client, Query

Said = Answer | Exception | bytes | str
Line = Said | Callable[[Query], Said]
"""
What a script says: an answer, a failure, or what makes one of the query.

An answer may be the octets of a response, or text: the name of an RCODE, or the lines of the answer
section as a master file has them, none for no record.
"""

Asked = Query | bytes | str
"""A query, the octets of one, or a name and perhaps a type: C{www.example.org. AAAA}."""

SOA = "example.org. 300 IN SOA ns.example.org. hostmaster.example.org. 1 7200 900 1209600 60"
"""A record that the authority section of a negative answer may have."""


def queryOf(asked: Asked, client: Client = NOBODY) -> Query:
    """
    A query of whatever tells it.

    @raise FormatError: for octets that are none.
    """
    if isinstance(asked, str):
        name, _, kind = asked.partition(" ")
        return makeQuery(name if name.endswith(".") else f"{name}.", kind or "A", client=client)
    return Query(asked, client) if isinstance(asked, bytes) else asked


def answerOf(query: Query, said: Said) -> Answer | Exception:
    """What a line of a script comes to, for this query."""
    if isinstance(said, bytes):
        return Answer.parse(said)
    if not isinstance(said, str):
        return said
    lines = said.strip().splitlines()
    if len(lines) == 1 and " " not in lines[0]:
        return makeAnswer(query, rcode=dns.rcode.from_text(lines[0]))
    return makeAnswer(query, *lines)


def makeQuery(
    name: str = "foo.example.org.",
    kind: str = "A",
    *,
    do: bool | None = None,
    flags: int = int(dns.flags.RD),
    identity: int = 0x1234,
    client: Client = NOBODY,
    dnsClass: str = "IN",
) -> Query:
    """
    A query as a client sends it.

    @param do: the DO flag of its OPT record, or None for no OPT.
    @param flags: the flags of the header.
    """
    message = dns.message.make_query(name, kind, dnsClass, flags=flags, id=identity)
    if do is not None:
        message.use_edns(0, int(dns.flags.DO) if do else 0, 1232)
    return Query(message.to_wire(), client)


def makeAnswer(
    query: Query,
    *records: str,
    rcode: int = 0,
    authority: Iterable[str] = (),
    additional: Iterable[str] = (),
    flags: int = 0,
    errors: Iterable[tuple[int, str]] = (),
) -> Answer:
    """
    An upstream's answer, from records as a master file has them.

    @param flags: AA, TC and so on, QR and RA aside.
    @param errors: extended DNS errors.
    """
    message = dns.message.make_response(query.message(), recursion_available=True)
    for lines, section in zip(
        (records, authority, additional), (message.answer, message.authority, message.additional), strict=True
    ):
        section.extend(_rrset(line) for line in lines)
    message.flags |= flags
    options: list[dns.edns.Option] = [
        dns.edns.EDEOption(dns.edns.EDECode.make(code), text) for code, text in errors
    ]
    if options:
        message.use_edns(0, options=options)
    message.set_rcode(dns.rcode.Rcode.make(rcode))
    return Answer.parse(message.to_wire())


def _rrset(line: str) -> dns.rrset.RRset:
    name, ttl, dnsClass, kind, data = line.split(None, 4)
    # Set behind its back, so that any 32 bits pass as TTL.
    made = dns.rrset.from_text(name, 0, dnsClass, kind, data)
    made.ttl = int(ttl)
    return made


def recordsOf(asked: Asked, answer: Answer) -> list[list[str]]:
    """The records of the answer, authority and additional sections as lines of text."""
    message = answer.message(queryOf(asked).question)
    return [
        sorted(line for rrset in section for line in rrset.to_text().splitlines())
        for section in (message.answer, message.authority, message.additional)
    ]


def ttlsOf(answer: Answer) -> list[int]:
    """Each record's TTL in seconds, in the order of the message."""
    return [int.from_bytes(answer.body[at : at + 4], "big") for at in answer.ttls]
