"""What AAAA records of a name are worth, and how others are made of its A records (RFC 6147 section 5.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv6Network
from typing import TYPE_CHECKING, Final

from ...wire.answer import DROP, Answer
from ...wire.codes import AAAA, AD, NOERROR, NXDOMAIN, RRSIG, TC, A
from ...wire.errors import FormatError
from ...wire.names import stepName
from ...wire.plain import ANSWER, PlainRecord, laid, plain
from .prefix import Prefix

if TYPE_CHECKING:
    from mypy_extensions import i64

    from ...wire.query import Query

# Seconds, where the denial of AAAA records has no SOA (RFC 6147 section 5.1.7).
_LONGEST: Final = 600


class Synthesizer:
    """
    Tells whether a name needs addresses that are made up, and makes them.

    @ivar synthesized: questions for AAAA records of names that have none, be it only observed.
    """

    def __init__(
        self, prefix: Prefix, exclude: Iterable[IPv6Network], observed: Callable[[], None] | None = None
    ) -> None:
        """
        @param exclude: networks whose AAAA records are as good as none (RFC 6147 section 5.1.4).
        @param observed: what is told where nothing is to be made, but would be.
        """
        self._prefix = prefix
        self._observed = observed
        self._excluded = [
            (128 - each.prefixlen, int(each.network_address) >> 128 - each.prefixlen) for each in exclude
        ]
        self.synthesized = 0

    def begins(self) -> bool:
        """Count one name that has no AAAA records; whether some are to be made for it."""
        self.synthesized += 1
        if self._observed is None:
            return True
        self._observed()
        return False

    def sufficient(self, query: Query, answer: Answer) -> Answer | None:
        """
        What a client gets of an answer to his question for AAAA records; None where those are missing.

        An RCODE other than NOERROR and NXDOMAIN is as if there were none (RFC 6147 section 5.1.2).
        """
        if answer.rcode == NXDOMAIN or answer is DROP or answer.verbatim is not None or answer.flags & TC:
            return answer
        if answer.rcode != NOERROR:
            return None
        found, excluded = self._count(answer)
        if not found:
            return None
        return self._without(query, answer) if excluded else answer

    def _count(self, answer: Answer) -> tuple[int, int]:
        """How many good AAAA records there are, and how many others."""
        body, counts = answer.body, answer.counts
        left: i64 = counts[0] << 8 | counts[1]
        offset: i64 = 0
        found = excluded = 0
        while left:
            offset = stepName(body, offset)
            length = body[offset + 8] << 8 | body[offset + 9]
            if body[offset + 1] == AAAA and not body[offset]:
                if self._excludes(body[offset + 10 : offset + 10 + length]):
                    excluded += 1
                else:
                    found += 1
            offset += 10 + length
            left -= 1
        return found, excluded

    def _excludes(self, octets: bytes) -> bool:
        number = int.from_bytes(octets, "big")
        for shift, start in self._excluded:  # noqa: SIM110 - compiled, a loop takes a third of a generator
            if number >> shift == start:
                return True
        return False

    def _without(self, query: Query, answer: Answer) -> Answer:
        """The same without AAAA records that are excluded, and so without their signature."""
        try:
            kept = [
                each
                for each in plain(answer, query.question)
                if not (each.kind == AAAA and self._excludes(each.data)) and not _signs(each, AAAA)
            ]
            return laid(kept, query.question, answer.flags & ~AD, answer.rcode, answer.errors)
        except FormatError:
            return answer

    def made(self, query: Query, denial: Answer | None, answer: Answer) -> Answer:
        """
        What a client gets who has asked for AAAA records.

        @param denial: what there was to say of these; None for a failure.
        @param answer: the answer to the question for A records instead. One without any, be it an error, is
            what the client gets (RFC 6147 section 5.1.6).
        """
        if answer.verbatim is not None or answer.rcode != NOERROR or answer.flags & TC or answer is DROP:
            return _unproven(answer)
        longest = _LONGEST if denial is None or denial.negativeTTL is None else denial.negativeTTL
        try:
            records = plain(answer, query.question)
            made = [each for each in (self._record(one, longest) for one in records) if each is not None]
            if any(each.kind == AAAA for each in made) or denial is None or denial.rcode != NOERROR:
                return laid(made, query.question, answer.flags & ~AD, answer.rcode, answer.errors)
        except FormatError:
            pass
        return _unproven(denial or answer)

    def _record(self, record: PlainRecord, longest: int) -> PlainRecord | None:
        """A record as it is given; None for one that is not (RFC 6147 sections 5.1.7 and 5.3.2)."""
        if record.section != ANSWER:
            return record
        if _signs(record, A):
            return None
        if record.kind != A:
            return record
        four = record.data
        if len(four) != 4 or not self._prefix.represents(four):
            return None
        ttl = min(record.ttl, longest)
        six = self._prefix.embed(four)
        return PlainRecord(ANSWER, record.owner, AAAA, record.dnsClass, ttl, six, [], b"")


def _signs(record: PlainRecord, kind: int) -> bool:
    """Whether it is a signature of records of this type."""
    return record.kind == RRSIG and int.from_bytes(record.before[:2], "big") == kind


def _unproven(answer: Answer) -> Answer:
    """The same without AD: nobody has validated that it answers the client's question."""
    if not answer.flags & AD or answer.verbatim is not None:
        return answer
    return answer.having(flags=answer.flags & ~AD)
