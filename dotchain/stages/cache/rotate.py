"""Addresses in turn: clients that take the first one get each in its turn."""

from __future__ import annotations

from struct import Struct

from ...wire import Answer
from ...wire.codes import AAAA, A
from ...wire.names import stepName

_TYPE_AND_LENGTH = Struct("!H6xH").unpack_from


def rotated(answer: Answer) -> Answer:
    """
    The same with the first address of its last set of A or AAAA records at its end.

    Only the RDATA changes places, which no compression pointer leads into; the order
    within a set has no meaning (RFC 2181 section 5).
    """
    places = _addresses(answer)
    if len(places) < 2:
        return answer
    body = bytearray(answer.body)
    found = [answer.body[place] for place in places]
    for place, data in zip(places, [*found[1:], found[0]], strict=True):
        body[place] = data
    return answer.having(body=bytes(body))


def _addresses(answer: Answer) -> list[slice]:
    """Where the RDATA stands of the last records that have one owner and are addresses."""
    body, offset = answer.body, 0
    places: list[slice] = []
    last = None
    for _ in range(int.from_bytes(answer.counts[:2], "big")):
        start, offset = offset, stepName(body, offset)
        kind, length = _TYPE_AND_LENGTH(body, offset)
        # The owner as written: a set in which it is written differently stays as it is.
        record = (body[start:offset], kind, length)
        offset += 10 + length
        if (kind, length) in ((A, 4), (AAAA, 16)):
            if record != last:
                places = []
            places.append(slice(offset - length, offset))
        last = record
    return places
