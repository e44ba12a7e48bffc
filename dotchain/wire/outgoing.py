"""A query as it leaves for an upstream: an OPT of this hop, padded where it is encrypted."""

from __future__ import annotations

from functools import lru_cache
from struct import Struct

from . import edns as _edns
from .codes import AD, CD, KEEPALIVE, MAXIMUM, RD
from .query import Query

_FLAGS = Struct("!H").pack
_COUNTS = b"\0\1\0\0\0\0\0\1"


def outgoing(query: Query, pads: bool, stream: bool = False) -> bytes:
    """
    The query's octets behind the two of the ID.

    Nothing of the client but the question, RD, CD and DO is passed on: size, options
    and padding belong to the hop (RFC 6891 section 6.2.6). AD=1 asks the upstream for
    its verdict (RFC 6840 section 5.7), which each client then gets if he asked for it.
    A signed query goes as it came (RFC 8945 section 5.5).

    @param stream: TCP or TLS: the idle timeout is asked for (RFC 7828 section 3.2.1).
    @param pads: fill up to whole blocks of 128 octets (RFC 8467 section 4.1).
    """
    if query.signed:
        return query.wire[2:]
    question = query.question
    do = query.edns is not None and query.edns.do
    flags = _FLAGS(query.flags & (RD | CD) | AD)
    return flags + _COUNTS + question + _opt(len(question) if pads else 0, do, stream)


@lru_cache(maxsize=1024)
def _opt(length: int, do: bool, stream: bool) -> bytes:
    """Our OPT record behind a question of this length; unpadded for 0."""
    options = _edns.option(KEEPALIVE, b"") if stream else b""
    if length:
        options += _edns.padding(12 + length + 11 + len(options), _edns.QUERY_BLOCK, MAXIMUM)
    return _edns.record(do, 0, options)
