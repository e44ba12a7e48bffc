"""What may be kept, and for how long."""

from __future__ import annotations

from struct import Struct
from typing import Final

from ...options import OptionError
from ...wire import Answer
from ...wire.codes import ANY, NOERROR, NXDOMAIN, TC
from ...wire.names import stepName

_TTL: Final = Struct("!I").unpack_from
_LENGTH: Final = Struct("!8xH").unpack_from
_ANY: Final = ANY.to_bytes(2, "big")

# RFC 2181 section 8: 31 bits.
_LONGEST: Final = 0x7FFFFFFF


class Admission:
    """
    The bounds of how long answers are kept.

    @ivar most: the longest that any answer is kept, in seconds.
    """

    def __init__(self, minTTL: float, maxTTL: float, maxNegativeTTL: float) -> None:
        """
        @raise OptionError: for bounds that leave nothing.
        """
        if maxTTL < 1:
            raise OptionError("max-ttl", "less than a second keeps nothing; leave the cache out of the path")
        if maxTTL > _LONGEST:
            raise OptionError("max-ttl", "a TTL has 31 bits, which is 68 years; 1d to 7d are usual")
        if minTTL > maxTTL:
            raise OptionError("min-ttl", "is above max-ttl")
        self.most = int(maxTTL)
        self._least = int(minTTL)
        self._mostNegative = min(int(maxNegativeTTL), self.most)

    def admit(self, answer: Answer, kind: bytes) -> tuple[Answer, int, bool] | None:
        """
        An answer to a question of this type (two octets) as it is kept and given out, for how
        many seconds, and whether it is negative; None where it must not be kept.

        Not kept: truncated or signed answers, RCODEs that are no answers (RFC 1035 section
        7.4), TTL 0, and negative answers without SOA, referrals among them (RFC 2308
        section 5). TTLs with their first bit set are just long (RFC 8767 section 4).
        """
        if not answer.ttls or answer.rcode not in (NOERROR, NXDOMAIN):
            return None
        if answer.flags & TC or answer.verbatim is not None:
            return None
        # Most answers have one record, and a TTL as it is kept: 1.5 % of the instructions of a miss less.
        body, at = answer.body, answer.ttls[0]
        least = highest = body[at] << 24 | body[at + 1] << 16 | body[at + 2] << 8 | body[at + 3]
        if len(answer.ttls) > 1:
            least, highest = _range(body, answer.ttls)
        negative = isNegative(answer, kind)
        if negative:
            life = min(least, answer.negativeTTL or 0, self._mostNegative)
        else:
            life = least if self._least <= least <= self.most else min(max(least, self._least), self.most)
        if life < 1:
            return None
        if not least == life == highest:
            # All TTLs alike: RFC 2181 section 5.2, RFC 2308 section 5.
            answer = answer.lasting(life)
        return answer, life, negative


def _range(body: bytes, ttls: tuple[int, ...]) -> tuple[int, int]:
    """The least and the highest TTL."""
    found = [_TTL(body, at)[0] for at in ttls]
    return min(found), max(found)


def isNegative(answer: Answer, kind: bytes) -> bool:
    """
    Whether there is no record of the type asked for, given as its two octets. Aliases alone lead
    to a name without one: that is a negative answer (RFC 2308 sections 2.1 and 2.2).
    """
    if answer.rcode != NOERROR:
        return True
    body, counts = answer.body, answer.counts
    count = counts[0] << 8 | counts[1]
    # Nearly always the first record is what was asked for, its owner a pointer to the question.
    if count and (kind == body[2:4] or kind == _ANY) and body[0] == 0xC0:
        return False
    offset = 0
    for _ in range(count):
        offset = stepName(body, offset)
        if kind in (body[offset : offset + 2], _ANY):
            return False
        offset += 10 + _LENGTH(body, offset)[0]
    return True
