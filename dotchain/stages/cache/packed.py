"""
Kept answers as octets: one object each instead of a dozen, which would take three times the memory.

In front stand the expiry (34 bits) and its span (28), marks (8), C{seen} and C{failures} (4 each), RCODE (12)
and flags (4); then ANCOUNT, NSCOUNT and ARCOUNT (an octet each, two if that is too little), extended errors
if there are any, and the records. With those of one address that fills 64 octets, which Python's allocation
would otherwise round up to 80.
"""

from __future__ import annotations

from typing import Final

from ...wire.answer import Answer, Errors
from ...wire.codes import NXDOMAIN
from ...wire.names import stepName
from .entry import Entry

# The marks: served since eviction last came by; no longer on trial; a negative answer; one that says of
# its own name that it doesn't exist; the span is no lead, but until the next try; errors follow; the
# counts have two octets.
USED: Final = 1
ESTABLISHED: Final = 2
NEGATIVE: Final = 4
DENIES: Final = 8
_RECHECK: Final = 16
_ERRORS: Final = 32
_WIDE: Final = 64
# An octet each, by its number.
_OCTET: Final = [bytes((number,)) for number in range(256)]

# Where they stand.
MARKS: Final = 8
# Nobody looks whether C{seen} is more.
_MOST: Final = 15
# AD and RA, the flags that are kept, are two of the three bits from here.
_FLAGS_FROM: Final = 5
_FLAGS: Final = 7
# Added to the expiry, which may be before the clock's beginning. With the span it has 62 bits, which mypyc's
# integers hold without an object.
_BIAS: Final = 1 << 32
_EXPIRY_BITS: Final = 34
_SPAN_BITS: Final = 28
_LONGEST_SPAN: Final = (1 << _SPAN_BITS) - 1

# What an answer costs beside its octets and those of its key: the heads of both objects and what their
# allocation is rounded up by (82), its share of the table, which grows in steps (30 to 60), and of a
# queue (8). Checked by the tests.
_OVERHEAD: Final = 148
# What the index of names that don't exist takes for one.
_INDEXED: Final = 96


def pack(answer: Answer, expires: int, span: int, marks: int, counters: int = 0) -> bytes:
    """
    An answer and what is known about it.

    @param span: L{Entry.lead}, of 28 bits.
    @param marks: of L{USED}, L{ESTABLISHED} and L{NEGATIVE} those that are so.
    @param counters: L{Entry.seen} and L{Entry.failures}, four bits each.
    """
    counts, rcode = answer.counts, answer.rcode
    if marks & NEGATIVE and rcode == NXDOMAIN and not counts[0] | counts[1]:
        # NXDOMAIN behind an alias is about the name that it leads to (RFC 2308 section 2.1).
        marks |= DENIES
    expires += _BIAS
    if expires >> _EXPIRY_BITS:
        expires = 0 if expires < 0 else (1 << _EXPIRY_BITS) - 1
    moment = (expires << _SPAN_BITS | span).to_bytes(8, "big")
    told = marks << 24 | counters << 16 | rcode << 4 | answer.flags >> _FLAGS_FROM & _FLAGS
    if answer.errors or counts[0] | counts[2] | counts[4]:
        return moment + _packRare(answer, told)
    narrow = counts[1] << 16 | counts[3] << 8 | counts[5]
    return moment + (told << 24 | narrow).to_bytes(7, "big") + answer.body


def _packRare(answer: Answer, told: int) -> bytes:
    """What stands behind the expiry where there are errors, or more records than an octet counts."""
    told |= _WIDE << 24
    if not answer.errors:
        return told.to_bytes(4, "big") + answer.counts + answer.body
    told |= _ERRORS << 24
    return told.to_bytes(4, "big") + answer.counts + _packErrors(answer.errors) + answer.body


def unpack(key: bytes, packed: bytes) -> Entry:
    """The entry that was packed."""
    moment, marks = int.from_bytes(packed[:8], "big"), packed[MARKS]
    expires, span = (moment >> _SPAN_BITS) - _BIAS, moment & _LONGEST_SPAN
    # Octet by octet, as no from_bytes is native when compiled.
    counters, told = packed[9], packed[10] << 8 | packed[11]
    errors: Errors = ()
    if marks & _WIDE:
        counts, start = packed[12:18], 18
        if marks & _ERRORS:
            errors, start = _unpackErrors(packed, start)
    else:
        counts, start = (packed[12] << 32 | packed[13] << 16 | packed[14]).to_bytes(6, "big"), 15
    body = packed[start:]
    ttls = _places(body, counts)
    answer = Answer((told & _FLAGS) << _FLAGS_FROM, told >> 4, counts, body, ttls, errors)
    entry = Entry(key, answer, 0, expires, bool(marks & NEGATIVE), counters & 15, span)
    entry.seen = counters >> 4
    entry.used = bool(marks & USED)
    if marks & _RECHECK:
        entry.lead, entry.recheckAt = 0, expires + span
    # Its TTLs say which second they are of.
    entry.agedAt = expires - _ttl(body, ttls[0]) if ttls else -1
    return entry


def _ttl(body: bytes, at: int) -> int:
    """The TTL that stands there."""
    return body[at] << 24 | body[at + 1] << 16 | body[at + 2] << 8 | body[at + 3]


def _places(body: bytes, counts: bytes) -> tuple[int, ...]:
    """Where the TTLs stand."""
    places: list[int] = []
    offset = 0
    for _ in range(countOf(counts)):
        offset = stepName(body, offset)
        places.append(offset + 4)
        offset += 10 + (body[offset + 8] << 8 | body[offset + 9])
    return tuple(places)


def countOf(counts: bytes) -> int:
    """How many records there are."""
    return (counts[0] + counts[2] + counts[4] << 8) + counts[1] + counts[3] + counts[5]


def _packErrors(errors: Errors) -> bytes:
    """Their number, and code, length and text of each."""
    texts = [(code, text.encode()) for code, text in errors]
    pieces = [code.to_bytes(2, "big") + len(text).to_bytes(4, "big") + text for code, text in texts]
    return b"".join((len(errors).to_bytes(2, "big"), *pieces))


def _unpackErrors(packed: bytes, start: int) -> tuple[Errors, int]:
    """The errors that stand there, and where they end."""
    found: list[tuple[int, str]] = []
    offset = start + 2
    for _ in range(int.from_bytes(packed[start:offset], "big")):
        code, length = packed[offset : offset + 2], packed[offset + 2 : offset + 6]
        offset += 6 + int.from_bytes(length, "big")
        text = packed[offset - int.from_bytes(length, "big") : offset]
        found.append((int.from_bytes(code, "big"), text.decode()))
    return tuple(found), offset


def expiry(packed: bytes) -> int:
    """The first second in which it may not be served any more."""
    return (int.from_bytes(packed[:8], "big") >> _SPAN_BITS) - _BIAS


def marked(packed: bytes, marks: int) -> bytes:
    """The same with these marks."""
    return packed[:MARKS] + _OCTET[marks] + packed[MARKS + 1 :]


def repacked(packed: bytes, entry: Entry) -> bytes:
    """What an entry has become since it was unpacked; it has as many octets."""
    marks = packed[MARKS] & (ESTABLISHED | NEGATIVE) | (USED if entry.used else 0)
    span = entry.lead
    if entry.recheckAt and entry.recheckAt > entry.expires:
        marks |= _RECHECK
        span = min(entry.recheckAt - entry.expires, _LONGEST_SPAN)
    counters = min(entry.seen, _MOST) << 4 | entry.failures
    return pack(entry.current, entry.expires, span, marks, counters)


def cost(key: bytes, packed: bytes) -> int:
    """Octets that it takes, with a fair share of Python's own overhead."""
    octets = _OVERHEAD + len(key) + len(packed)
    return octets + _INDEXED + len(key) if packed[MARKS] & DENIES else octets
