"""A query: an immutable view over the octets that a client sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

import dns.message
import dns.name
import dns.rdatatype
from dns.exception import DNSException

from ..client import NOBODY, Client
from ..compiled import mypyc_attr
from . import edns as _edns
from . import given as _given
from .answer import Answer, readMessage
from .codes import ANY, CD, FORMERR, MAXIMUM, NOTIMP, NXNAME, OPT, RD, REFUSED
from .domains import Name, absolute, domainsOf, nameOf
from .edns import Edns
from .errors import FormatError
from .made import reply
from .names import fold, skipPlainName
from .records import walk

_NO_RECORDS: Final = b"\0\0\0\0\0\0"
_OPT_ONLY: Final = b"\0\0\0\0\0\1"
# No query has more of a section's records: 4,000, which fit in 64 kB, would take milliseconds to read.
_MOST_RECORDS: Final = 16
# The end of a key, by DO; the same with CD.
_MARKS: Final[tuple[bytes, ...]] = (b"\0\0", b"\1\0")
_WITH_CD: Final[tuple[bytes, ...]] = (b"\0\1", b"\1\1")


@mypyc_attr(allow_interpreted_subclasses=True)
class Query:
    """
    One question as a client asked it.

    @ivar wire: the octets that came, without any behind the last record.
    @ivar client: who asked.
    @ivar flags: the header's second word; RD, CD and AD are of interest.
    @ivar question: name in the client's own case, QTYPE and QCLASS, as on the wire.
    @ivar edns: the client's OPT record, or None.
    @ivar signed: it ends in a TSIG or SIG(0): to be passed on octet for octet.
    @ivar key: what makes two queries the same to a cache: the folded question, DO
        and CD (RFC 4035 sections 3.2.1 and 3.2.2).
    @ivar shareable: whether the answer may be shared with others who ask the same: RD=1, not
        signed, and about records that exist.
    @ivar passed: EDNS options that leave with it as they are, put to it by a stage.
    """

    # Asked by C{dotchain explain} in the place of a client.
    explained: ClassVar[bool] = False

    __slots__ = ("client", "edns", "flags", "key", "passed", "question", "shareable", "signed", "wire")

    def __init__(self, wire: bytes, client: Client = NOBODY) -> None:
        """
        @raise FormatError: where there is no query to act on; it carries the RCODE.
        """
        self.wire = wire
        self.client = client
        if len(wire) < 12 or wire[2] & 0x80:
            raise FormatError("a response, or less than a header", None)
        flags = wire[2] << 8 | wire[3]
        if flags & 0x7800:
            # A DSO message with ID 0 wants no response (RFC 8490 section 5.4).
            unidirectional = flags & 0x7800 == 0x3000 and wire[:2] == b"\0\0"
            raise FormatError("opcode is not QUERY", None if unidirectional else NOTIMP)
        if wire[5] != 1 or wire[4]:
            raise FormatError("not exactly one question (RFC 9619)", FORMERR)
        self.flags = flags
        self.edns: Edns | None = None
        self.signed = False
        self.passed = b""
        try:
            end = skipPlainName(wire, 12) + 4
        except IndexError:
            raise FormatError("question is cut off", FORMERR) from None
        question = self.question = wire[12:end]
        if end > len(wire):
            raise FormatError("question is cut off", FORMERR)
        counts = wire[6:12]
        if counts == _OPT_ONLY:
            self.edns = self._takeOpt(end)
        elif counts != _NO_RECORDS:
            self.edns = self._takeRecords(end)
        elif end != len(wire):
            self.wire = wire[:end]
        do = self.edns is not None and self.edns.do
        self.key = fold(question) + (_WITH_CD if flags & CD else _MARKS)[do]
        # Most types are below those that are none.
        shareable = flags & RD != 0 and not self.signed
        self.shareable = shareable and (question[-3] < OPT or not _isMeta(question))

    def _takeOpt(self, end: int) -> Edns | None:
        """Take the only record, which is an OPT, as most clients send it: 2 µs less than by the walk."""
        try:
            return _edns.parseQuery(self.wire[end:])
        except FormatError:
            # It may be another record, or octets behind it that don't belong there.
            return self._takeRecords(end)

    def _takeRecords(self, end: int) -> Edns | None:
        wire = self.wire
        if max(wire[6:12:2]) or max(wire[7:12:2]) > _MOST_RECORDS:
            raise FormatError("thousands of records in a query", FORMERR)
        found = walk(wire, end)
        self.signed = found.signed
        if found.end != len(wire):
            wire = self.wire = wire[: found.end]
            # A name that led behind the end leads nowhere.
            found = walk(wire, end)
        return _edns.parseQuery(wire[found.start : found.stop]) if found.start else None

    @property
    def type(self) -> int:
        """QTYPE."""
        return self.question[-4] << 8 | self.question[-3]

    @property
    def dnsClass(self) -> int:
        """QCLASS."""
        return self.question[-2] << 8 | self.question[-1]

    @property
    def meta(self) -> bool:
        """Whether QTYPE is one that no record can have, ANY aside (RFC 6895 section 3.1)."""
        return _isMeta(self.question)

    @property
    def name(self) -> dns.name.Name:
        """QNAME as dnspython's (about 10 µs)."""
        return dns.name.from_wire(self.question, 0)[0]

    def within(self, names: Iterable[Name] | dns.name.Name) -> bool:
        """
        Whether QNAME is one of these names or below one, label by label, in whatever case.

        The reader C{domains} makes L{Domains <dotchain.wire.domains.Domains>} of an option's value: by
        them a thousand names are told as soon as one.

        @param names: the root among them has every name below it.
        @raise ValueError: where one is no domain name.
        """
        return domainsOf(names).above(self.key[:-6])

    def message(self) -> dns.message.Message:
        """
        The whole query as dnspython's message (about 50 µs).

        @raise FormatError: where a record or an option is not what its type wants.
        """
        return readMessage(self.wire)

    def answer(self, rcode: int, code: int | None = None, text: str = "") -> Answer:
        """
        An answer of our own without records.

        @param code: the extended DNS error that says why (RFC 8914), if any.
        @param text: its EXTRA-TEXT.
        @raise TypeError: for what is no number, or no text.
        @raise ValueError: for a number that is no RCODE, or no extended DNS error.
        """
        return Answer.bare(rcode, () if code is None else ((code, text),))

    def reply(self, *records: str, ttl: int = 60) -> Answer:
        """
        An answer of our own with those of the records that QTYPE asks for; with none it is NODATA.

        @param records: an IP address, or a type and its RDATA such as C{TXT "some text"}, each; a
            CNAME answers every type.
        @param ttl: their TTL in seconds.
        @raise TypeError: for what is no text, or no number.
        @raise ValueError: for a text that is no record, or a number that is no TTL.
        """
        return reply(self.question, records, ttl)

    def about(self, name: Name, kind: str | int | None = None) -> Query:
        """
        The same query with another question: of the same client, with his flags and his OPT record.

        So whatever stands behind treats it as this client's, as it would not one of L{ask}.

        @param name: QNAME.
        @param kind: QTYPE as text or as a number; by default the one of this query.
        @raise TypeError: for what is no name, or no type.
        @raise ValueError: likewise.
        """
        qtype = self.question[-4:-2] if kind is None else _typeOf(kind).to_bytes(2, "big")
        owner = absolute(name).to_wire() or b""
        return about(self, owner + qtype + self.question[-2:])

    def refuse(self, code: int, text: str = "") -> Answer:
        """REFUSED with the extended DNS error that says why; what it raises is L{answer}'s."""
        return self.answer(REFUSED, code, text)


def _isMeta(question: bytes) -> bool:
    """Whether QTYPE is OPT, or from NXNAME up to ANY."""
    kind = question[-3]
    return (kind == OPT or NXNAME <= kind < ANY) and not question[-4]


def _typeOf(kind: str | int) -> int:
    """QTYPE as a number."""
    if isinstance(kind, int):
        return _given.kind(kind)
    try:
        return int(dns.rdatatype.from_text(_given.text(kind, "type to ask for")))
    except (DNSException, ValueError) as error:
        raise ValueError(f"{kind}: {error}") from None


def again(key: bytes) -> Query:
    """A query of our own for what a L{Query.key} stands for."""
    flags = (RD | CD if key[-1] else RD).to_bytes(2, "big")
    counts = b"\0\1\0\0\0\0\0\1"
    return Query(b"".join((b"\0\0", flags, counts, key[:-2], _edns.BARE[key[-2]])))


def about(query: Query, question: bytes) -> Query:
    """
    The same query with another question: of the same client, with his flags and his OPT record.

    @param question: name, QTYPE and QCLASS as on the wire.
    """
    made = _made(query, question, query.edns.options if query.edns is not None else b"")
    made.passed = query.passed
    made.shareable = made.shareable and query.shareable
    return made


def passing(query: Query, options: bytes, passed: bytes, shareable: bool) -> Query:
    """
    The same query with other EDNS options.

    @param options: all that the client is taken to have sent, where he has sent an OPT record.
    @param passed: those that leave with it as they are.
    @param shareable: whether its answer is the same for others who ask the same, as far as this goes.
    """
    made = _made(query, query.question, options)
    made.passed = passed
    made.shareable = query.shareable and shareable
    return made


def _made(query: Query, question: bytes, options: bytes) -> Query:
    edns = query.edns
    if edns is None:
        wire = query.wire[:4] + b"\0\1" + _NO_RECORDS + question
    else:
        wire = query.wire[:4] + b"\0\1" + _OPT_ONLY + question + _edns.record(edns.do, 0, options)
    return type(query)(wire, query.client) if query.explained else Query(wire, query.client)


def ask(name: str, kind: str = "A", flags: int = 0x0100, edns: bytes = b"") -> Query:
    """
    A query of our own, which is no client's: L{Query.about} makes one in the place of a client's.

    @param edns: an OPT record (L{edns.record}), or nothing.
    @raise TypeError: for what is no text, or no number.
    @raise ValueError: for a name or type that is none, and for what makes no query of it.
    """
    name, kind = _given.text(name, "name to ask for"), _given.text(kind, "type to ask for")
    flags = _given.header(flags)
    edns = _given.octets(edns, "OPT record")
    owner = nameOf(name).to_wire() or b""
    try:
        qtype = _typeOf(kind)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None
    header = bytes(2) + flags.to_bytes(2, "big") + b"\0\1" + bytes(5) + (b"\1" if edns else b"\0")
    query = header + owner + qtype.to_bytes(2, "big") + b"\0\1" + edns
    if len(query) > MAXIMUM:
        raise ValueError("this OPT record is too much for one message")
    try:
        return Query(query)
    except FormatError as error:
        raise ValueError(f"this makes no query: {error}") from None
