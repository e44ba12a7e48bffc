"""What a policy looks at in an answer: aliases, addresses, nameservers, signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...wire.answer import Answer
from ...wire.codes import AAAA, CNAME, NS, NSEC, NSEC3, RRSIG, A
from ...wire.names import nameThere, stepName

if TYPE_CHECKING:
    from mypy_extensions import i64

    from ...wire.query import Query

_HEADER: Final = bytes(12)


def hasAlias(answer: Answer) -> bool:
    """Whether there is a CNAME in the answer section."""
    body, counts = answer.body, answer.counts
    offset: i64 = 0
    left: i64 = counts[0]
    high: i64
    low: i64
    left = left << 8 | counts[1]
    while left:
        offset = stepName(body, offset)
        if body[offset + 1] == CNAME and not body[offset]:
            return True
        high, low = body[offset + 8], body[offset + 9]
        offset += 10 + (high << 8 | low)
        left -= 1
    return False


def aliases(query: Query, answer: Answer) -> list[bytes]:
    """The names that CNAMEs lead to from the one that was asked for, in their order, as they are written."""
    wire = _HEADER + query.question + answer.body
    targets: dict[bytes, bytes] = {}
    for owner, data, _ in _each(wire, query, answer, 1, CNAME):
        targets[nameThere(wire, owner).lower()] = nameThere(wire, data)
    found: list[bytes] = []
    name = query.key[:-6]
    # Each leads on once, so that circles end.
    while (target := targets.pop(name, None)) is not None:
        found.append(target)
        name = target.lower()
    return found


def addresses(query: Query, answer: Answer) -> list[bytes]:
    """The octets of all addresses in the answer section."""
    wire = _HEADER + query.question + answer.body
    found = _each(wire, query, answer, 1, A) + _each(wire, query, answer, 1, AAAA)
    return [wire[data:end] for _, data, end in found]


def nameservers(query: Query, answer: Answer) -> tuple[list[bytes], list[bytes]]:
    """The nameservers that it names, in lower case, and the octets of their addresses, as far as it tells."""
    wire = _HEADER + query.question + answer.body
    names = [nameThere(wire, data).lower() for _, data, _ in _each(wire, query, answer, 3, NS)]
    if not names:
        return [], []
    named = set(names)
    known = _each(wire, query, answer, 3, A) + _each(wire, query, answer, 3, AAAA)
    return names, [wire[data:end] for owner, data, end in known if nameThere(wire, owner).lower() in named]


def isSigned(query: Query, answer: Answer) -> bool:
    """Whether there is any sign of a signature (RFC 4035)."""
    wire = _HEADER + query.question + answer.body
    return any(_each(wire, query, answer, 3, kind) for kind in (RRSIG, NSEC, NSEC3))


def _each(wire: bytes, query: Query, answer: Answer, sections: int, kind: int) -> list[tuple[int, int, int]]:
    """The records of a type in so many sections: where the owner, the RDATA and what follows start."""
    counts = answer.counts
    left = sum([counts[2 * at] << 8 | counts[2 * at + 1] for at in range(sections)])
    offset = 12 + len(query.question)
    found = []
    for _ in range(left):
        owner = offset
        offset = stepName(wire, offset)
        data = offset + 10
        end = data + (wire[offset + 8] << 8 | wire[offset + 9])
        if wire[offset] << 8 | wire[offset + 1] == kind:
            found.append((owner, data, end))
        offset = end
    return found
