"""Whether two answers to a question say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...wire.errors import FormatError

if TYPE_CHECKING:
    import dns.rrset

    from ...wire.answer import Answer


# Octets of answers that are taken apart: 64 kB of names, as anybody may have them, would hold everybody up.
_LONGEST = 4096


def alike(question: bytes, one: Answer, other: Answer) -> bool:
    """
    Whether RCODE and answer section are the same, whatever TTLs are, and, but in long answers, the order.

    What stands in the other sections is up to each server: two that are right differ there.

    @param question: as on the wire.
    """
    if one.rcode != other.rcode:
        return False
    if one.counts == other.counts and _timeless(one) == _timeless(other):
        return True
    if max(len(one.body), len(other.body)) > _LONGEST:
        return False
    try:
        return _records(question, one) == _records(question, other)
    except FormatError:
        # One of them has a record that is none, which only its own octets are like.
        return False


def _timeless(answer: Answer) -> bytes:
    """The octets of the records without TTLs: most answers that are the same are so octet for octet."""
    return answer.lasting(0).body if answer.verbatim is None else answer.verbatim


def _records(question: bytes, answer: Answer) -> list[dns.rrset.RRset]:
    """The RRsets of the answer section in an order of their own; equal ones may differ in TTLs and order."""
    return sorted(answer.message(question).answer, key=lambda each: (each.name, each.rdtype, each.covers))
