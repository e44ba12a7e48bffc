"""Answers with which nobody need be content: another address, or another upstream, may know better."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import dns.exception
import dns.rcode

from ..options import items

if TYPE_CHECKING:
    from ..wire.answer import Answer
    from .pendingqueries import PendingQueries
    from .pendingquery import PendingQuery

# Extended DNS errors (RFC 8914 section 4) of answers that are meant so: DNSSEC validation
# failed (5 to 12, 25, 27), and blocked, censored, filtered (15 to 17). To ask elsewhere would
# find a resolver that doesn't validate, or doesn't block.
_MEANT = frozenset((*range(5, 13), 15, 16, 17, 25, 27))


def isMeant(answer: Answer) -> bool:
    """Whether an answer says by an extended DNS error that its RCODE is meant so."""
    return any(code in _MEANT for code, _ in answer.errors)


def rcodes(text: str) -> frozenset[int]:
    """RCODEs by their names, such as C{servfail refused}."""
    return frozenset(_rcode(word) for word in items(text))


def _rcode(word: str) -> int:
    try:
        found = dns.rcode.from_text(word.upper())
    except (dns.exception.DNSException, ValueError):
        raise ValueError(f"{word!r} is no RCODE such as servfail or refused") from None
    if found == dns.rcode.NOERROR:
        raise ValueError("noerror is no reason to ask another upstream")
    return int(found)


class NextOn:
    """
    Has another address of an upstream asked where one answers with certain RCODEs.

    Where all say so, what the last one said is the answer. What is signed is never kept back: it
    was meant for whoever signed the query (RFC 8945 section 5.3).

    @ivar count: answers after which another address was asked for.
    """

    def __init__(
        self,
        rcodes: frozenset[int],
        pendingQueries: PendingQueries,
        answered: Callable[[PendingQuery, Answer], None],
        failed: Callable[[PendingQuery, str], None],
    ) -> None:
        """
        @param answered: called with what is an answer all the same.
        @param failed: called with each pending query that is to be asked elsewhere, and why.
        """
        self.count = 0
        self._rcodes = rcodes
        self._pendingQueries = pendingQueries
        self._answered = answered
        self._failed = failed

    def answered(self, pending: PendingQuery, answer: Answer) -> None:
        """See L{UpstreamCommon.answered<.upstreamcommon.UpstreamCommon>}."""
        final = answer.rcode not in self._rcodes or answer.verbatim is not None or isMeant(answer)
        if final or pending not in self._pendingQueries:
            self._answered(pending, answer)
            return
        self.count += 1
        pending.fallback = answer
        self._failed(pending, f"answers {dns.rcode.to_text(dns.rcode.Rcode(answer.rcode))}")
