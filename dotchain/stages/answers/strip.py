"""What is left of an answer when denied records have been taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...wire.answer import Answer
from ...wire.codes import AD, CNAME, DNAME, EDE_BLOCKED, NOERROR, RRSIG
from ...wire.errors import FormatError
from ...wire.plain import ANSWER, AUTHORITY, PlainRecord, laid, plain

if TYPE_CHECKING:
    from .denied import Denied

_ERRORS = ((EDE_BLOCKED, "denied records were taken out"),)


def stripped(question: bytes, answer: Answer, denied: Denied) -> Answer:
    """
    The same without records that are denied, and without what is true with them alone: their signatures,
    and what only a denied alias leads to.

    Without any record left in the answer section it is NODATA. AD goes, as what is left was not validated so.
    """
    try:
        records = plain(answer, question)
        good = [each for each in records if not _isDenied(each, denied)]
        if any(each.kind == CNAME and _isDenied(each, denied) for each in records):
            good = _reachable(good, question[:-4].lower())
        kept = _signed(records, good)
        if answer.counts[:2] == b"\0\0" or any(each.section == ANSWER for each in kept):
            errors = answer.errors if _answers(kept) == _answers(records) else (*answer.errors, *_ERRORS)
            return laid(kept, question, answer.flags & ~AD, answer.rcode, errors)
    except FormatError:
        pass
    return Answer.bare(NOERROR, _ERRORS)


def _isDenied(record: PlainRecord, denied: Denied) -> bool:
    data = record.data
    return record.section != AUTHORITY and denied.inRecord(record.kind, data, 0, len(data)) is not None


def _reachable(records: list[PlainRecord], name: bytes) -> list[PlainRecord]:
    """Without those of the answer section that no alias leads to any more."""
    aliases = {
        each.owner.lower(): each.names[0].lower() for each in records if each.kind == CNAME and each.names
    }
    reached = {name}
    while name in aliases and aliases[name] not in reached:
        name = aliases[name]
        reached.add(name)
    return [
        each
        for each in records
        if each.section != ANSWER or each.owner.lower() in reached or each.kind in (DNAME, RRSIG)
    ]


def _signed(records: list[PlainRecord], good: list[PlainRecord]) -> list[PlainRecord]:
    """Those that are good, without signatures of RRsets that are no longer what was signed."""
    kept = set(map(id, good))
    touched = {(each.section, each.owner.lower(), each.kind) for each in records if id(each) not in kept}
    whole = {(each.section, each.owner.lower(), each.kind) for each in good} - touched
    return [each for each in good if each.kind != RRSIG or _covered(each) in whole]


def _covered(signature: PlainRecord) -> tuple[int, bytes, int]:
    """The RRset that a signature covers."""
    return signature.section, signature.owner.lower(), int.from_bytes(signature.before[:2], "big")


def _answers(records: list[PlainRecord]) -> int:
    return sum(each.section == ANSWER for each in records)
