"""
Answers as they stand in the server: signed, with the time when they came.

In front stands the signature (16 octets) over the key and all that follows: the version (1); the time in
milliseconds since 1970 (42 bits) and the seconds that the answer lives from then (20); the last flush that
was known when it was asked for (8); RCODE, RA and AD as in its header (1); the counts of its
three sections (6); and the records. Their names are compressed for a message that begins with header and
question: only who has the question can read them.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import Final

from ...wire.answer import Answer
from ...wire.codes import AD, NOERROR, NXDOMAIN, RA
from ...wire.edns import errorOption
from ...wire.edns import record as opt
from ...wire.errors import FormatError
from .signature import SIZE, Signature

VERSION: Final = 1
"""Of what is put; it is part of the keys as well, so that machines of two versions don't meet."""

LONGEST: Final = (1 << 20) - 1
"""Seconds that an answer may live: 12 days."""

CLOCKS: Final = 5000
"""Milliseconds that the clock of another machine may be ahead of our own."""

_LIFE_BITS: Final = 20
_VERSION: Final = bytes((VERSION,))
_MOMENT: Final = SIZE + 1
_GENERATION: Final = _MOMENT + 8
_FLAGS: Final = _GENERATION + 8
_COUNTS: Final = _FLAGS + 1
_BODY: Final = _COUNTS + 6
_ONE: Final = b"\0\1"
# An ID, and the first half of the flags, which have nothing to tell.
_HEAD: Final = b"\0\0\0"
# An octet each, by its number.
_OCTET: Final = [bytes((number,)) for number in range(256)]


class Value:
    """
    An answer that was found.

    @ivar answer: as it was put: its TTLs are to be set.
    @ivar put: when that was, in milliseconds since 1970.
    @ivar life: seconds that it lives from then.
    @ivar generation: see L{Flushed<.flushed.Flushed>}.
    """

    __slots__ = ("answer", "generation", "life", "put")

    def __init__(self, answer: Answer, put: int, life: int, generation: int) -> None:
        self.answer = answer
        self.put = put
        self.life = life
        self.generation = generation

    def left(self, now: int) -> int:
        """
        Whole seconds that are left of its life, rather too few; below 1 when that is over.

        @param now: milliseconds since 1970. Where the clock of who has put it was ahead, it is as new.
        """
        age = now - self.put
        return self.life - ((age + 999) // 1000 if age > 0 else 0)


class Values:
    """
    Makes values, and reads them.

    @ivar forged: values that were not of one who knows the secret, were damaged, or are those of another key.
    @ivar future: values that were put later than now: the clocks of two machines differ.
    """

    def __init__(self, signature: Signature, most: int) -> None:
        """@param most: seconds that none is believed to live longer than."""
        self._signature = signature
        self._most = most
        self.forged = 0
        self.future = 0
        self._generation = 0
        self._generationOctets = bytes(8)

    def sealed(self, key: bytes, answer: Answer, put: int, life: int, generation: int) -> bytes:
        """
        An answer as a value.

        @param key: what it will be found by.
        @param put: when it came, in milliseconds since 1970.
        @param life: seconds, at most L{LONGEST}.
        @param generation: of the last flush that was known when it was asked for.
        """
        body, counts = answer.body, answer.counts
        if answer.errors:
            body, counts = _withErrors(answer)
        if generation != self._generation:
            self._generation, self._generationOctets = generation, generation.to_bytes(8, "big")
        moment = (put << _LIFE_BITS | life).to_bytes(8, "big")
        flags = _OCTET[answer.flags & (RA | AD) | answer.rcode]
        content = b"".join((_VERSION, moment, self._generationOctets, flags, counts, body))
        return self._signature.of(key + content) + content

    def opened(self, key: bytes, question: bytes, octets: bytes, now: int) -> Value | None:
        """
        What was found, as far as it can be trusted.

        @param question: that of the query, as on the wire.
        @param now: milliseconds since 1970.
        """
        if len(octets) < _BODY or not compare_digest(octets[:SIZE], self._signature.of(key + octets[SIZE:])):
            self.forged += 1
            return None
        moment = int.from_bytes(octets[_MOMENT:_GENERATION], "big")
        put, life = moment >> _LIFE_BITS, moment & LONGEST
        if put > now + CLOCKS:
            self.future += 1
            return None
        answer = _read(question, octets)
        if answer is None:
            self.forged += 1
            return None
        generation = int.from_bytes(octets[_GENERATION:_FLAGS], "big")
        return Value(answer, put, min(life, self._most), generation)


def _withErrors(answer: Answer) -> tuple[bytes, bytes]:
    """Records and counts with an OPT record of our own, which has its extended errors and nothing else."""
    errors = opt(False, 0, b"".join([errorOption(code, text) for code, text in answer.errors]))
    additional = int.from_bytes(answer.counts[4:], "big") + 1
    return answer.body + errors, answer.counts[:4] + additional.to_bytes(2, "big")


def _read(question: bytes, octets: bytes) -> Answer | None:
    """The answer behind a question; None where it is none: without a secret anybody may have put it."""
    if octets[SIZE] != VERSION:
        return None
    head = _HEAD + octets[_FLAGS:_COUNTS] + _ONE + octets[_COUNTS:_BODY]
    try:
        answer = Answer.parse(head + question + octets[_BODY:], question)
    except FormatError:
        return None
    if answer.rcode not in (NOERROR, NXDOMAIN) or not answer.ttls or answer.verbatim is not None:
        return None
    return answer
