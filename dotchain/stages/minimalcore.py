"""What C{minimal} does with each answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..wire.answer import Answer
from ..wire.codes import ANY, NOERROR, NS, NSEC, NSEC3, RRSIG, TC
from ..wire.errors import FormatError
from ..wire.names import stepName
from ..wire.plain import ANSWER, AUTHORITY, PlainRecord, laid, plain
from .decidingcore import JudgingCore

if TYPE_CHECKING:
    from mypy_extensions import i64

    from ..wire.query import Query

_NOTHING_MORE: Final = bytes(4)
_PROOFS: Final = (NSEC, NSEC3)


class MinimalCore(JudgingCore):
    """Leaves out of answers what their question did not ask for, and nobody needs."""

    def judge(self, query: Query, answer: Answer) -> Answer | None:
        """
        See L{JudgingCore.judge}.

        Who asks for NS records may be about to ask those servers, at their addresses (RFC 8109 section 4).
        """
        counts = answer.counts
        if counts[2:] == _NOTHING_MORE or answer.flags & TC or answer.verbatim is not None:
            return None
        kind = query.type
        if kind == NS:
            return None
        if answer.rcode == NOERROR and _has(answer, kind):
            edns = query.edns
            if edns is not None and edns.do and counts[2:4] != b"\0\0":
                return _proven(query, answer)
            return _cut(answer, counts[:2] + bytes(4))
        if counts[4:] == b"\0\0" or (counts[:2] == b"\0\0" and answer.negativeTTL is None):
            # A referral is of no use without the addresses of its servers (RFC 9471 section 3).
            return None
        return _cut(answer, counts[:4] + bytes(2))


def _has(answer: Answer, kind: i64) -> bool:
    """Whether a record of the answer section is what was asked for."""
    body, counts = answer.body, answer.counts
    left: i64 = counts[0] << 8 | counts[1]
    offset: i64 = 0
    while left:
        offset = stepName(body, offset)
        if kind == ANY or (body[offset] << 8 | body[offset + 1]) == kind:
            return True
        offset += 10 + (body[offset + 8] << 8 | body[offset + 9])
        left -= 1
    return False


def _cut(answer: Answer, counts: bytes) -> Answer:
    """The same with no more records than these counts say, which are those that stand first."""
    body = answer.body
    total: i64 = (counts[0] << 8 | counts[1]) + (counts[2] << 8 | counts[3])
    left = total
    offset: i64 = 0
    while left:
        offset = stepName(body, offset)
        offset += 10 + (body[offset + 8] << 8 | body[offset + 9])
        left -= 1
    end = offset
    ttls = tuple([at for at in answer.ttls if at < end])
    return Answer(answer.flags, answer.rcode, counts, body[:end], ttls, answer.errors)


def _proven(query: Query, answer: Answer) -> Answer | None:
    """What proves that there is no closer name than a wildcard's stays (RFC 4035 section 3.1.3.3)."""
    try:
        records = plain(answer, query.question)
        kept = [each for each in records if each.section == ANSWER or _isProof(each)]
        if len(kept) == len(records):
            return None
        return laid(kept, query.question, answer.flags, answer.rcode, answer.errors)
    except FormatError:
        return None


def _isProof(record: PlainRecord) -> bool:
    if record.section != AUTHORITY:
        return False
    covered = int.from_bytes(record.before[:2], "big") if record.kind == RRSIG else record.kind
    return covered in _PROOFS
