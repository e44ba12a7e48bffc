"""The stage C{limit}: how many queries each client may ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any, ClassVar

from ...api import Option, OptionError, Options, one, some, whole
from ...clockwork import boottime
from ...contract.guard import coreOf
from ..deciding import DECIDING, Deciding
from .bucket import Buckets
from .core import LimitCore
from .meter import Meters
from .rate import Per, Rate, part, partOfBurst, parts, per, rate, ratesBy

if TYPE_CHECKING:
    from ...api import IResolver, Match, Query, Reactor, Rule, Rules
    from ...match.listed import ListWord
    from ...node import Node


class Limit(Deciding):
    """
    Let each client ask so many queries, and no more.

    A client is a prefix of addresses, or a name in a certificate. Each has a token bucket for UDP and one for
    TCP and TLS, for each rule others; the memory that all take does not grow with the addresses that come.
    """

    kind = "limit"
    options: ClassVar[Options] = {
        "rate": Option(rate, "50/s", "queries of a client in the long run, by s or m, or unlimited", part),
        "burst": Option(
            some,
            None,
            "queries at once after a rest; by default those of 5 seconds, or of a minute for a rate by m",
            partOfBurst,
            automatic=True,
        ),
        "per": Option(
            per,
            "/32 /56",
            "prefixes of IPv4 and IPv6 that are one client; identity behind them: a certificate's name is",
        ),
        "rules": Option(
            ratesBy, "", "MATCH -> RATE a line: other rates, each with buckets of its own", parts
        ),
        "over": Option(
            one("truncate", "refuse", "drop"),
            "truncate",
            "what is done with queries beyond; over TCP and TLS truncate refuses",
        ),
        "slip": Option(
            whole, "2", "of those beyond over UDP one of so many is truncated, the others dropped"
        ),
        **DECIDING,
    }
    counters: ClassVar[Sequence[str]] = ("decided", "dropped", "forgotten", "refused", "truncated")

    # Of 140 octets each.
    BUCKETS: ClassVar[int] = 131072

    core: LimitCore

    def __init__(
        self,
        next: IResolver,
        reactor: Reactor,
        *,
        rate: Rate,
        burst: int | None,
        per: Per,
        rules: Rules,
        over: str,
        slip: int,
        now: Callable[[], float] = boottime.now,
        **options: Any,
    ) -> None:
        """
        @param now: a clock, in seconds.
        @raise OptionError: where nothing would be limited, or 'burst' is of nothing.
        """
        super().__init__(next, reactor, **options)
        # Whatever else depends on the client, fronts find out by what he has to pay.
        self.replays = next.replays
        if burst is not None and not rate.interval:
            raise OptionError("burst", "goes with 'rate', which is unlimited")
        rates: dict[Rule | None, Rate] = {
            each: each.what for each in rules.rules if isinstance(each.what, Rate)
        }
        rates[None] = rate
        if not any(each.interval for each in rates.values()):
            raise OptionError("rate", "nothing is limited; leave the stage out of the path")
        self._rules, self._per, self._now = rules, per, now
        amounts = {rule: each.bursting(burst, rate).amounts for rule, each in rates.items()}
        buckets = Buckets(self.BUCKETS)
        meters = Meters(self.match, rules, amounts, (per.four, per.six), buckets, per.identity)
        self.core = LimitCore(coreOf(next), self.decisions, meters, over, slip, now)

    def coreBefore(self, next: Node) -> LimitCore:
        """See L{StageShell.coreBefore}: what C{dotchain explain} asks does not count."""
        return self.core.before(next, self.decisions)

    def listWords(self) -> Sequence[ListWord]:
        """See L{Deciding.listWords}."""
        return [*super().listWords(), *self._rules.lists]

    def matches(self) -> Iterator[tuple[str, int, Match]]:
        """See L{Deciding.matches}."""
        yield from super().matches()
        for each in self._rules.rules:
            yield "rules", each.line, each.match

    @property
    def dropped(self) -> int:
        """Queries beyond that got no answer."""
        return self.core.dropped

    @property
    def truncated(self) -> int:
        """Queries beyond whose clients were sent on to TCP."""
        return self.core.truncated

    @property
    def refused(self) -> int:
        """Queries beyond that were refused."""
        return self.core.refused

    @property
    def forgotten(self) -> int:
        """Clients who were forgotten for want of room before their buckets were full."""
        return self.core.meters.buckets.forgotten

    def explain(self, query: Query) -> str:
        """See L{Stage.explain}."""
        return super().explain(query) or self._left(query)

    def _left(self, query: Query) -> str:
        bucket = self.core.meters.look(query)
        if not bucket.interval:
            return "not limited" + self._rule(query)
        return f"{bucket.left(self._now())} left for {self._client(query)}{self._rule(query)}"

    def why(self, query: Query) -> str:
        """See L{Deciding.why}."""
        if self.core.meters.look(query).has(self._now()):
            return ""
        return f"nothing left for {self._client(query)}{self._rule(query)}"

    def _client(self, query: Query) -> str:
        """Who counts as one with this client."""
        if self._per.identity and query.client.identity:
            return f"whoever is {query.client.identity}"
        address = ip_address(query.client.address.partition("%")[0])
        length = self._per.four if address.version == 4 else self._per.six
        network = ip_network((address, length), strict=False)
        return f"{network} over {'UDP' if query.client.transport == 'udp' else 'TCP and TLS'}"

    def _rule(self, query: Query) -> str:
        rule = self.core.meters.rule(query)
        return "" if rule is None else f" by '{' '.join(rule.text.split())}' in line {rule.line}"
