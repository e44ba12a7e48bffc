"""A response as one client gets it: his ID, his question, an OPT of this hop."""

from __future__ import annotations

from struct import Struct
from typing import Final

from . import edns as _edns
from .answer import Answer, Errors
from .codes import AD, CD, EDE_NETWORK_ERROR, KEEPALIVE, MAXIMUM, PADDING, RA, RD, SERVFAIL, TC, UDP_SIZE
from .compress import compressed
from .errors import FormatError
from .names import skipPlainName, stepName
from .query import Query
from .records import sightOpt

_FLAGS: Final = Struct("!H").pack
_COUNT: Final = Struct("!H")
_SECTIONS: Final = Struct("!HHH").unpack
_LENGTH: Final = Struct("!8xH").unpack_from
_ONE: Final = b"\0\1"
# Flags, RCODE and QDCOUNT as octets: a thousand of them at the most.
_heads: Final[dict[int, bytes]] = {}


class Hop:
    """
    What the way to the client is like.

    @ivar stream: TCP or TLS: nothing is cut there (RFC 7766 section 8).
    @ivar pads: encrypted, so that Padding has a meaning (RFC 7830 section 6).
    @ivar idle: the idle timeout that edns-tcp-keepalive tells, in units of 100 ms
        (RFC 7828 section 3.1), or None; used on streams only.
    @ivar cookie: the COOKIE option for this one client (RFC 7873), or nothing.
    """

    __slots__ = ("cookie", "idle", "pads", "stream")

    def __init__(
        self, stream: bool = False, pads: bool = False, idle: int | None = None, cookie: bytes = b""
    ) -> None:
        self.stream = stream
        self.pads = pads
        self.idle = idle
        self.cookie = cookie


DATAGRAM: Final = Hop()

_CUT: Final = Answer.bare(SERVFAIL, ((EDE_NETWORK_ERROR, "the upstream's answer was truncated"),))


def render(query: Query, answer: Answer, hop: Hop = DATAGRAM) -> bytes:
    """
    The response's octets, behind the two of the ID.

    The size limit of UDP (RFC 6891 section 6.2.5, RFC 9715) is applied to the message
    as it leaves, OPT and all. What is over it is compressed; then additional records go,
    silently; what does not fit even so goes as header, question and OPT with TC set (RFC
    2181 section 9).
    """
    edns = query.edns
    most = MAXIMUM
    if not hop.stream:
        most = 512 if edns is None else min(edns.size, UDP_SIZE)
    elif answer.flags & TC and answer.verbatim is None:
        # There is no better way left that the client could be sent on.
        answer = _CUT
    if answer.verbatim is not None:
        return _verbatim(query, answer, most)
    rcode = answer.rcode
    if rcode > 15 and edns is None:
        # The upper bits live in the OPT: without it 16 would read as NOERROR.
        rcode = SERVFAIL
    flags = 0x8000 | query.flags & (RD | CD) | answer.flags | rcode & 15
    if flags & AD and not (query.flags & AD or (edns is not None and edns.do)):
        # RFC 6840 section 5.8: AD only to those who asked for it.
        flags &= ~AD
    if edns is not None:
        return _renderExtended(query, answer, hop, flags, most)
    whole = _head(flags) + answer.counts + query.question + answer.body
    if len(whole) + 2 <= most:
        return whole
    fitting = _smaller(answer, query.question, most - 12 - len(query.question))
    if not fitting:
        return _head(flags | TC) + bytes(6) + query.question
    counts, body = fitting[0]
    return _head(flags) + counts + query.question + body


def _head(flags: int) -> bytes:
    """The octets between ID and ANCOUNT."""
    head = _heads.get(flags)
    if head is None:
        head = _heads[flags] = _FLAGS(flags) + _ONE
    return head


def _renderExtended(query: Query, answer: Answer, hop: Hop, flags: int, most: int) -> bytes:
    edns = query.edns
    assert edns is not None
    extended, question = answer.rcode >> 4, query.question
    counts, body, options = answer.counts, answer.body, b""
    taken = 23 + len(question) + len(body)
    if answer.errors or hop.cookie or (edns.options and KEEPALIVE in edns.codes) or answer.told:
        options = answer.told + _options(answer.errors, edns, hop)
    if taken + len(options) > most:
        counts, body, options, cut = _fit(query, answer, hop, options, most - 23 - len(question))
        flags |= cut
        taken = 23 + len(question) + len(body)
    if hop.pads and PADDING in edns.codes:
        options += _edns.padding(taken + len(options), _edns.RESPONSE_BLOCK, MAXIMUM)
    opt = _edns.record(edns.do, extended, options) if options or extended else _edns.BARE[edns.do]
    additionals = counts[4] << 8 | counts[5]
    arcount = (additionals + 1).to_bytes(2, "big") if additionals else _ONE
    # What mypyc makes of this takes 400 instructions less than join() does.
    return b"%b%b%b%b%b%b" % (_head(flags), counts[:4], arcount, question, body, opt)


def _fit(
    query: Query, answer: Answer, hop: Hop, options: bytes, room: int
) -> tuple[bytes, bytes, bytes, int]:
    """
    Counts, records and options that fit, and the TC flag if it must be set for them.

    Extended errors lose their texts, then go before records do (RFC 8914 section 3).

    @param options: all of our OPT record's.
    @param room: octets for records and options.
    """
    edns = query.edns
    assert edns is not None
    codes = tuple([(code, "") for code, _ in answer.errors])
    none = _options((), edns, hop)
    fewer = [(options, 0), (answer.told + _options(codes, edns, hop), 0)]
    fewer.append((none, 0 if hop.stream or not codes else TC))
    records = _smaller(answer, query.question, room)
    for tried, cut in fewer:
        for counts, body in records:
            if len(body) + len(tried) <= room:
                return counts, body, tried, cut
    return bytes(6), b"", none, TC


def _smaller(answer: Answer, question: bytes, room: int) -> list[tuple[bytes, bytes]]:
    """
    Counts and records in so many octets, as complete as may be first: all of them, compressed,
    then the essential ones.
    """
    most = answer.counts, answer.body
    least = _essential(*most)
    sizes = (most,) if least == most else (most, least)
    tight = [(counts, _tight(counts, body, question, room)) for counts, body in sizes]
    return [(counts, body) for counts, body in tight if len(body) <= room]


def _tight(counts: bytes, body: bytes, question: bytes, room: int) -> bytes:
    """Records compressed, where they then have so many octets at the most."""
    wire = bytes(6) + counts + question + body
    made = compressed(wire, 12 + len(question), sum(_SECTIONS(counts)), room)
    return body if made is None else made


def _essential(counts: bytes, body: bytes) -> tuple[bytes, bytes]:
    """
    Counts and records without the additional section (RFC 2181 section 9), unless the
    answer section is empty: the addresses of a referral are needed (RFC 9471).
    """
    answers, authorities, additionals = _SECTIONS(counts)
    if not answers or not additionals:
        return counts, body
    offset = 0
    for _ in range(answers + authorities):
        offset = stepName(body, offset)
        offset += 10 + _LENGTH(body, offset)[0]
    return counts[:4] + bytes(2), body[:offset]


def _options(errors: Errors, edns: _edns.Edns, hop: Hop) -> bytes:
    """The options of our OPT record but for Padding, which comes last."""
    options = hop.cookie + b"".join([_edns.errorOption(code, text) for code, text in errors])
    if hop.stream and hop.idle is not None and KEEPALIVE in edns.codes:
        options += _edns.option(KEEPALIVE, _COUNT.pack(hop.idle))
    return options


def _verbatim(query: Query, answer: Answer, most: int) -> bytes:
    """A signed response: nothing of it may change (RFC 8945 section 5.5)."""
    wire = answer.verbatim
    assert wire is not None
    if len(wire) <= most:
        return wire[2:]
    flags = 0x8000 | query.flags & (RD | CD) | answer.flags | TC | answer.rcode
    opt = _edns.BARE[query.edns.do] if query.edns else b""
    return _FLAGS(flags) + _ONE + bytes(4) + _FLAGS(bool(opt)) + query.question + opt


def errorResponse(wire: bytes, error: FormatError, hop: Hop = DATAGRAM) -> bytes:
    """
    The whole response to octets that are no query: the opcode, RD and CD copied, the
    question where it can be told (RFC 8906 section 3.1.4 promises only the header),
    and an OPT where there was one (RFC 6891 section 7).

    @param error: with an RCODE; without one nothing is to be sent.
    """
    rcode = error.rcode
    assert rcode is not None
    flags = 0x8000 | int.from_bytes(wire[2:4], "big") & (0x7800 | RD | CD) | RA | rcode & 15
    question = opt = b""
    if not flags & 0x7800:
        question = _questionOf(wire)
        opt = _optAgainst(wire, rcode >> 4, 12 + len(question), hop)
    counts = _FLAGS(bool(question)) + bytes(4) + _FLAGS(bool(opt))
    return wire[:2] + _FLAGS(flags) + counts + question + opt


def _optAgainst(wire: bytes, extended: int, taken: int, hop: Hop) -> bytes:
    """Our OPT record if the message has one, whatever is wrong with either."""
    sighted = sightOpt(wire)
    if sighted is None:
        return b""
    try:
        edns = _edns.parse(sighted)
    except FormatError:
        return _edns.record(False, extended)
    options = b""
    if hop.pads and PADDING in edns.codes:
        options = _edns.padding(taken + 11, _edns.RESPONSE_BLOCK, MAXIMUM)
    return _edns.record(edns.do, extended, options)


def _questionOf(wire: bytes) -> bytes:
    """The one question of a message, or nothing where there is no such thing."""
    try:
        end = skipPlainName(wire, 12) + 4
    except (IndexError, FormatError):
        return b""
    return wire[12:end] if wire[4:6] == _ONE and end <= len(wire) else b""
