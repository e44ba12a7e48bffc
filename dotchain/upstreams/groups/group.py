"""What all groups have in common: their keys, their members, and the order of asking."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import dns.exception
import dns.rcode
from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure
from zope.interface import implementer, provider

from ...clockwork import boottime
from ...clockwork.timers import Timers
from ...contract.guard import Guard
from ...contract.violations import ContractViolations
from ...interfaces import IKind, IPromptResolver, IResolver
from ...options import REQUIRED, Option, OptionError, Options, items, seconds, upstreams
from ...resolver import ResolveError, Result
from ...wire import Answer, Query
from .groupquery import GroupQuery
from .health import HEALTHY
from .member import Member
from .probe import Probe

# Extended DNS errors (RFC 8914 section 4) of answers that are meant so: DNSSEC validation
# failed (5 to 12, 25, 27), and blocked, censored, filtered (15 to 17). To ask elsewhere would
# find a resolver that doesn't validate, or doesn't block.
_MEANT = frozenset((*range(5, 13), 15, 16, 17, 25, 27))


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


@implementer(IPromptResolver)
@provider(IKind)
class Group:
    """
    An upstream over upstreams: kinds say in which order, and when the next one is asked.

    Each query gets one answer or one failure, by its own deadline at the latest. What
    comes after that counts for the members' health, and is otherwise ignored.

    @ivar members: whom it asks, as the key C{over} has them.
    @ivar guarded: whether there are members that may never answer.
    @ivar timeout: seconds that a query may take in all.
    @ivar patience: seconds after which the next member is asked as well.
    @ivar nextOn: RCODEs after which the next one is asked.
    @ivar timers: those of queries that wait.
    @ivar now: a clock, in seconds.
    @cvar atOnce: all members are asked at the same time.
    """

    role: ClassVar[str] = "upstream"
    options: ClassVar[Options] = {
        "over": Option(upstreams, REQUIRED, "the upstreams to ask, best first: names of sections or kinds"),
        "next-on": Option(
            rcodes,
            "servfail refused",
            "RCODEs after which the next one is asked; not where an EDE says that it is meant so",
        ),
        "patience": Option(seconds, "1.5s", "the next one is asked as well after so long without an answer"),
        "timeout": Option(seconds, "4.5s", "how long a query may take in all"),
    }

    # Which member is asked depends on what came before.
    replays = False
    atOnce: ClassVar[bool] = False

    def __init__(
        self,
        reactor: Any,
        *,
        over: Mapping[str, IResolver],
        next_on: frozenset[int],
        patience: float,
        timeout: float,
        now: Callable[[], float] = boottime.now,
        random: Callable[[], float] = random.random,
    ) -> None:
        """
        @param over: the upstreams by their names, best first.
        @param now: a clock, in seconds.
        @param random: a number from 0 up to 1; no secret depends on it.
        @raise OptionError: where no time is left for an answer.
        """
        if timeout <= 0:
            raise OptionError("timeout", "must be above 0")
        self.members = [Member(name, resolver, now, random) for name, resolver in over.items()]
        self.guarded = any(isinstance(resolver, Guard) for resolver in over.values())
        self.nextOn = next_on
        self.patience = patience
        self.timeout = timeout
        self.now = now
        self.timers = Timers(reactor, now)
        self._random = random
        self._contractViolations = ContractViolations("an upstream", now)

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        return GroupQuery(self, query, self.order(query), True).start()

    def attempt(self, query: Query) -> Result:
        """See L{IPromptResolver.attempt}."""
        return GroupQuery(self, query, self.order(query), False).start()

    def order(self, query: Query) -> Sequence[Member]:
        """Whom to ask, best first."""
        return self.healthyFirst(self.members)

    def healthyFirst(self, members: Sequence[Member]) -> Sequence[Member]:
        """The same, with all that are not healthy last; now is the time to find out how these are."""
        for member in members:
            if member.health.state != HEALTHY:
                return self._probed(members)
        return members

    def _probed(self, members: Sequence[Member]) -> Sequence[Member]:
        now = self.now()
        for member in members:
            if not member.probing and member.health.toProbe(now):
                Probe(self, member).start()
        return sorted(members, key=lambda member: member.health.state != HEALTHY)

    def patienceWith(self, member: Member) -> float:
        """How long the first one asked may be silent before the next is asked, in seconds."""
        return self.patience

    def mayHurry(self) -> bool:
        """Whether the next one may be asked before L{patience} is over."""
        return True

    def learn(self, member: Member, took: float | None) -> None:
        """What a member did: seconds that its answer took, or None for none."""
        if took is not None:
            member.learn(took)

    def settles(self, answer: Answer) -> bool:
        """Whether an answer is to be taken in spite of its RCODE."""
        return any(code in _MEANT for code, _ in answer.errors)

    def reason(self, failure: Failure) -> str:
        """Why a member failed, in a few words; any failure but L{ResolveError} is a bug, and logged."""
        if isinstance(failure.value, ResolveError):
            return failure.value.text
        if not isinstance(failure.value, CancelledError):
            self._contractViolations.tell(failure)
            return "internal error"
        return "no answer"
