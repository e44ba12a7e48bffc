"""Questions that could not be resolved, remembered for a moment (RFC 9520)."""

from __future__ import annotations

from math import ceil

from ...options import OptionError
from ...wire import Answer
from ...wire.answer import Errors
from ...wire.codes import EDE_CACHED_ERROR
from .store import Store

# RFC 9520 section 3.2, RFC 2308 section 7.
_LONGEST = 300


class Failures:
    """
    Keeps failures as entries like any others, so that a hit costs the same, they make
    room as others do, and the next good answer takes their place.

    An upstream's SERVFAIL is about the name, and so is its silence where it answers others meanwhile;
    that is kept twice as long each time that it comes again. Where no upstream could be asked, or
    where one refuses us or does not understand us, the trouble is ours, for all names alike, and once
    it is over nobody should wait: that is kept for the first time's length only, and upstreams see to
    it themselves that they aren't dialled too often.
    """

    def __init__(self, store: Store, first: float, most: float) -> None:
        """
        @param first: seconds for the first of several failures; 0 keeps none.
        @param most: seconds for any, at the most.
        @raise OptionError: for what RFC 9520 section 3.2 does not allow.
        """
        if 0 < first < 1:
            raise OptionError("failure-ttl", "is at least 1s (RFC 9520 section 3.2), or 0 to ask each time")
        if max(first, most) > _LONGEST:
            key = "failure-ttl" if first > _LONGEST else "max-failure-ttl"
            raise OptionError(key, "is at most 5m (RFC 9520 section 3.2)")
        if most < first:
            raise OptionError("max-failure-ttl", "is below failure-ttl")
        self._store = store
        self._first, self._most = ceil(first), ceil(most)

    def keep(self, key: bytes, rcode: int, errors: Errors, second: int, grows: bool) -> None:
        """
        Remember a failure. Data that the key has, even if it has expired, is the caller's to spare.

        @param rcode: what is told.
        @param errors: what was the reason; the client is told, and that it comes from here.
        @param grows: whether it is kept longer when it is not the first in a row.
        """
        if not self._first:
            return
        old = self._store.look(key)
        again = grows and old is not None and old.failures and second < old.expires + self._most
        # Doubled nine times the shortest is over five minutes.
        count = min(old.failures + 1, 10) if old is not None and again else 1
        life = min(self._first << count - 1, self._most)
        answer = Answer.bare(rcode, (*errors, (EDE_CACHED_ERROR, "")))
        # One second more, since this one is mostly over: it is at least that long.
        self._store.put(key, answer, second, life + 1, negative=True, failures=count)
