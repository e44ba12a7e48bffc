"""The place of a flush among all flushes."""

from __future__ import annotations

from typing import NamedTuple

from ...valkey.away import Away

# A generation has 63 bits, of which these tell flushes of one millisecond apart.
_BITS = 20
_LAST = (1 << _BITS) - 1
_LAST_TIME = (1 << 43) - 1
# Each part has 64 bits.
_LONGEST = 41


class FlushPlace(NamedTuple):
    """
    What a server gives each record of a stream: more than it gave any before.

    @ivar time: milliseconds since 1970, by the server's clock.
    @ivar number: among those of one millisecond.
    """

    time: int
    number: int

    def __str__(self) -> str:
        return f"{self.time}-{self.number}"

    @property
    def generation(self) -> int:
        """The same as one number."""
        return min(self.time, _LAST_TIME) << _BITS | min(self.number, _LAST)

    @classmethod
    def read(cls, text: object) -> FlushPlace:
        """
        What a server has said.

        @raise Away: where that is no place.
        """
        if isinstance(text, bytes) and len(text) <= _LONGEST:
            time, _, number = text.partition(b"-")
            if time.isdigit() and number.isdigit():
                return cls(int(time), int(number))
        raise Away("its reply has no place")
