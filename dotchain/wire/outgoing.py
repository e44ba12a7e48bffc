"""A query as it leaves for an upstream: an OPT of this hop, padded where it is encrypted."""

from __future__ import annotations

from typing import Final

from . import edns as _edns
from .codes import AD, CD, DAU, DHU, KEEPALIVE, KEY_TAG, MAXIMUM, N3U, RD, SUBNET
from .query import Query

_PASSED: Final = RD | CD
_COUNTS: Final = b"\0\1\0\0\0\0\0\1"
_NO_OPT: Final = b"\0\1\0\0\0\0\0\0"
# Flags and counts of what leaves, by those of the query's flags that are passed on.
_FRONTS: Final = {flags: (flags | AD).to_bytes(2, "big") + _COUNTS for flags in (0, RD, CD, RD | CD)}

# What a validator behind us says of itself: to be copied by those who don't validate (RFC 6975
# section 4.2.2, RFC 8145). No answer depends on it.
_VALIDATOR: Final = frozenset((DAU, DHU, N3U, KEY_TAG))
# One octet for each algorithm, two for each key; nobody has more.
_LONGEST: Final = 255

SUBNET_PRIVATE: Final = _edns.option(SUBNET, b"\0\1\0\0")
"""No octet of a client's address is to be sent on (RFC 7871 section 7.1.2)."""


def outgoing(query: Query, pads: bool, stream: bool = False, ours: bytes = b"") -> bytes:
    """
    The query's octets behind the two of the ID.

    Nothing of the client but the question, RD, CD, DO, what his validator says of itself and
    what a stage lets pass leaves: size, options and padding belong to the hop (RFC 6891 section 6.2.6).
    AD=1 asks the upstream for its verdict (RFC 6840 section 5.7), which each client then
    gets if he asked for it. A signed query goes as it came (RFC 8945 section 5.5).

    @param stream: TCP or TLS: the idle timeout is asked for (RFC 7828 section 3.2.1).
    @param pads: fill up to whole blocks of 128 octets (RFC 8467 section 4.1).
    @param ours: options of our own, the same for every query.
    """
    if query.signed:
        return query.wire[2:]
    question = query.question
    edns = query.edns
    do = edns is not None and edns.do
    front = _FRONTS[query.flags & _PASSED] + question
    length = len(question) if pads else 0
    # Clients choose these octets: they must not fill the memory.
    if query.passed:
        return front + _opt(length, do, stream, _passed(query, ours))
    if edns is not None and edns.options and not _VALIDATOR.isdisjoint(edns.codes):
        return front + _opt(length, do, stream, ours + _ofValidator(edns))
    known = _remembered.get(ours)
    if known is None:
        known = _remembered[ours] = {}
    kind = length << 2 | do << 1 | stream
    opt = known.get(kind)
    if opt is None:
        opt = known[kind] = _opt(length, do, stream, ours)
    return front + opt


def withoutOpt(query: Query) -> bytes:
    """The same for a server that knows no EDNS (RFC 6891 section 6.2.2)."""
    return (query.flags & _PASSED | AD).to_bytes(2, "big") + _NO_OPT + query.question


def _passed(query: Query, ours: bytes) -> bytes:
    """
    The options of a query that a stage has put some to.

    What is ours says by its presence that nothing of a client's address is to be sent on.
    """
    given = query.passed if ours != SUBNET_PRIVATE else b""
    return ours + given + (_ofValidator(query.edns) if query.edns is not None else b"")


def _ofValidator(edns: _edns.Edns) -> bytes:
    """The options that are copied, as they came."""
    return b"".join(
        _edns.option(code, data)
        for code, data in _edns.eachOption(edns.options)
        if code in _VALIDATOR and len(data) <= _LONGEST
    )


def _opt(length: int, do: bool, stream: bool, ours: bytes) -> bytes:
    """Our OPT record behind a question of this length; unpadded for 0."""
    options = ours + _edns.option(KEEPALIVE, b"") if stream else ours
    if length:
        options += _edns.padding(12 + length + 11 + len(options), _edns.QUERY_BLOCK, MAXIMUM)
    return _edns.record(do, 0, options)


# By our options, of which the configuration has few, then by all else: a question has few lengths.
_remembered: Final[dict[bytes, dict[int, bytes]]] = {}
