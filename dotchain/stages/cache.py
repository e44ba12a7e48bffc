"""The stage C{cache}: answers are kept for as long as they say they may be."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from struct import Struct
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.internet.defer import Deferred, maybeDeferred, succeed

from ..options import Option, OptionError, Options, octets, seconds
from ..resolver import Stage
from ..wire import Answer
from ..wire.codes import AA, ANY, NOERROR, NXDOMAIN, RD, TC
from ..wire.names import stepName
from .store import Entry, Store

if TYPE_CHECKING:
    from twisted.internet.interfaces import IReactorCore

    from ..interfaces import IResolver
    from ..resolver import Result
    from ..wire import Query

_TTL = Struct("!I").unpack_from
_TYPE_AND_LENGTH = Struct("!H6xH").unpack_from


class Cache(Stage):
    """
    Keep whole answers, each for the least TTL in it (RFC 4035 section 4.5).

    An entry answers only the question that it came for, with the same DO and CD; no
    record in it is ever an answer to another question (RFC 2181 section 5.4.1).
    Time is counted in whole seconds, so that a hit gives the same octets all through
    one second. Only hits are given at once: what the next resolver knows at once
    comes as a fired Deferred, since the hit behind it has AA cleared.

    @ivar hits: queries that an entry answered.
    @ivar misses: queries that could have been answered by an entry, but were not.
    """

    kind = "cache"
    replays = True
    options: ClassVar[Options] = {
        "size": Option(octets, "64M", "most octets that kept answers may take, Python's overhead included"),
        "max-ttl": Option(seconds, "1d", "longest time to keep an answer, and the highest TTL given out"),
        "max-negative-ttl": Option(
            seconds, "1h", "longest time to keep NXDOMAIN or an empty answer; 0 keeps none"
        ),
    }

    size: int = 64 << 20
    max_ttl: float = 86400
    max_negative_ttl: float = 3600

    def __init__(
        self,
        next: IResolver,
        reactor: IReactorCore,
        now: Callable[[], float] = time.monotonic,
        **options: Any,
    ) -> None:
        """
        @param now: the time in seconds, never going back.
        @raise OptionError: for a C{max-ttl} under a second.
        """
        super().__init__(next, reactor, **options)
        if self.max_ttl < 1:
            raise OptionError("max-ttl", "less than a second keeps nothing; leave the cache out of the path")
        self.hits = 0
        self.misses = 0
        self._now = now
        self._most = int(self.max_ttl)
        self._mostNegative = int(self.max_negative_ttl)
        self._store = Store(self.size)
        self._find = self._store.find
        # An answer that depends on the client must not come at once: fronts replay it.
        self._passBy = self.next if next.replays else partial(maybeDeferred, self.next)

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        entry = self._find(query.key)
        # Nothing is kept about types that no record has: this is all of Query.shareable.
        if entry is not None and query.flags & RD and not query.signed:
            second = int(self._now())
            if second < entry.expires:
                self.hits += 1
                entry.used = True
                return entry.current if entry.agedAt == second else entry.age(second)
        if not query.shareable:
            return self._passBy(query)
        self.misses += 1
        result = self.next(query)
        if isinstance(result, Deferred):
            return result.addCallback(self._admit, query)
        return succeed(self._admit(result, query))

    def _admit(self, answer: Answer, query: Query) -> Answer:
        """Keep an answer if it may be kept; the same as its first asker gets it."""
        body = answer.body
        ttls = [_TTL(body, at)[0] for at in answer.ttls]
        if not ttls:
            return answer
        life = min(*ttls, self._bound(answer, query.type))
        if life < 1:
            return answer
        if max(ttls) > life:
            # All TTLs alike: RFC 2181 section 5.2, RFC 2308 section 5.
            answer = answer.capped(life)
        kept = answer.having(flags=answer.flags & ~AA) if answer.flags & AA else answer
        second = int(self._now())
        self._store.put(query.key, Entry(query.key, kept, second, life), second)
        return answer

    def _bound(self, answer: Answer, kind: int) -> int:
        """
        The most seconds that an answer to a question of this type may be kept, or 0.

        Not kept: truncated or signed answers, failures (RFC 1035 section 7.4), and
        negative answers without SOA, referrals among them (RFC 2308 section 5). TTLs
        with their first bit set are just long (RFC 8767 section 4).
        """
        if answer.rcode not in (NOERROR, NXDOMAIN) or answer.flags & TC or answer.verbatim is not None:
            return 0
        if answer.rcode == NOERROR and _holds(answer, kind):
            return self._most
        negative = answer.negativeTTL
        return 0 if negative is None else min(negative, self._mostNegative, self._most)

    @property
    def entries(self) -> int:
        """How many answers are kept."""
        return len(self._store)

    @property
    def octets(self) -> int:
        """What they take."""
        return self._store.octets

    @property
    def evictions(self) -> int:
        """How many had to go for room."""
        return self._store.evictions

    def flush(self) -> None:
        """Forget every answer."""
        self._store.clear()


def _holds(answer: Answer, kind: int) -> bool:
    """
    Whether the answer section has a record of the type asked for. Aliases alone lead
    to a name without one: that is a negative answer (RFC 2308 sections 2.1 and 2.2).
    """
    body, offset = answer.body, 0
    for _ in range(int.from_bytes(answer.counts[:2], "big")):
        offset = stepName(body, offset)
        found, length = _TYPE_AND_LENGTH(body, offset)
        if kind in (found, ANY):
            return True
        offset += 10 + length
    return False
